// SPDX-License-Identifier: MIT
// `edgefetch bench`: the same list in several ways, measured side by side.
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "run/options.h"

enum { BENCH_VALUES_MAX = 8 }; // of --limits and of --workers

// What a simulated origin serves.
struct simulation {
    unsigned images, width, height; // JPEGs, in pixels
    double latency_s, jitter_s;     // before each answer; at most so much more, by the path
    uint64_t rate;                  // bytes a second of each answer, 0: unlimited
    double fail;                    // share of the paths that is not there
};

struct bench_options {
    enum run_mode modes[RUN_MODE_COUNT];
    unsigned mode_count;
    unsigned limits[BENCH_VALUES_MAX], workers[BENCH_VALUES_MAX];
    unsigned limit_count, worker_count;
    unsigned runs; // of each, after a warm-up
    struct simulation simulation;
    const char *json, *csv; // files, or NULL
};

struct bench_options bench_default_options(void);

struct cli;
struct cli_program;

// Runs and prints. Returns the exit code.
int command_bench(struct cli *cli, const struct cli_program *program);

#endif
