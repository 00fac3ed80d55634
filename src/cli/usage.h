// SPDX-License-Identifier: MIT
// What a run has used of CPU time and memory.
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include "proc/forkserver.h"
#include "run/engine.h"

// A process that a shell has started by exec goes on with the shell's figures: what it has used
// when it begins is not the run's.
struct usage {
    int64_t cpu_us;
};

struct usage usage_now(void);

// Notes in `result` what main has used since `before`, and what the workers have used.
void usage_note(const struct usage *before, const struct forkserver_usage *workers,
                struct run_result *result);

#endif
