// SPDX-License-Identifier: MIT
// Our side's C, for the programs in C++.
#ifndef BENCH_OURS_HPP
#define BENCH_OURS_HPP

// A function by the name of a structure, which C++ takes for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "image/encoder.h"
#include "image/open.h"
#include "ours.h"
}
#pragma GCC diagnostic pop

#endif
