// SPDX-License-Identifier: MIT
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

// The version of the program; CMake defines it from project(VERSION).
#ifndef EDGEFETCH_VERSION
#error "EDGEFETCH_VERSION comes from the build"
#endif

// Where those find out what this is whose servers it asks; from project(HOMEPAGE_URL).
#ifndef EDGEFETCH_HOME
#error "EDGEFETCH_HOME comes from the build"
#endif

#endif
