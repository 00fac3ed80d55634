// SPDX-License-Identifier: MIT
// What a bench has measured, for people and for programs.
#ifndef CLI_BENCH_TABLE_H
#define CLI_BENCH_TABLE_H

#include "cli/bench_run.h"

#include <stdio.h>

const char *bench_mode_name(enum run_mode mode);

// The median of a way's times, in seconds.
double bench_median_s(const struct bench_way *way);

// The way with the least median time.
const struct bench_way *bench_fastest(const struct bench_way *ways, size_t count);

// A table of medians, bars, and the verdict.
void bench_print(FILE *out, const struct bench_way *ways, size_t count);

// Every sample: as JSON, or as CSV with a line each. Return 0, or -1 after a message.
int bench_write_json(const char *path, const struct bench_way *ways, size_t count);
int bench_write_csv(const char *path, const struct bench_way *ways, size_t count);

#endif
