// SPDX-License-Identifier: MIT
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

// The version of the program; CMake defines it from project(VERSION).
#ifndef EDGEFETCH_VERSION
#error "EDGEFETCH_VERSION comes from the build"
#endif

#endif
