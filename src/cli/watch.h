// SPDX-License-Identifier: MIT
// What a run shows while it goes on: failures, with -v every URL, and a line of progress now and
// then.
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/cli.h"
#include "run/engine.h"

struct watch {
    unsigned failures_shown;
    int64_t started_us;
};

// An observer for the run that `cli` asks for. `watch` must live as long.
struct run_observer watch_observer(const struct cli *cli, struct watch *watch);

#endif
