// SPDX-License-Identifier: MIT
// What a run was waiting for, judged by measured figures, and what to change to make it faster.
#ifndef RUN_VERDICT_H
#define RUN_VERDICT_H

#include "run/engine.h"

enum verdict {
    VERDICT_NETWORK, // downloads are waited for, as many of them as --limit allows
    VERDICT_LIMIT,   // downloads are waited for, and --per-host or --max-memory allows fewer
    VERDICT_CPU,     // pictures wait for workers
    VERDICT_BALANCED,
    VERDICT_COUNT
};

// "network-bound", "limit-bound", "CPU-bound", "balanced".
const char *verdict_name(enum verdict verdict);

// The figures it is judged by: shares of the run's wall time, and means over it.
struct verdict_figures {
    enum run_mode mode;
    double downloads, workers;          // in flight, busy: on average
    double limit_full, workers_full;    // shares of the time
    double by_limit;                    // the same, with URLs waiting
    double by_host, by_memory;          // downloads were held back by these, shares of the time
    double main_cpu, worker_cpu;        // CPUs at work, on average
    unsigned limit, worker_count, cpus; // as used, without workers 0; CPUs this process may use
};

struct verdict_figures verdict_figures(const struct run_result *result);
enum verdict verdict_of(const struct verdict_figures *figures);

// One sentence on what to change, without a full stop; static.
const char *verdict_advice(enum verdict verdict, const struct verdict_figures *figures);

#endif
