// SPDX-License-Identifier: MIT
// What a run shows while it goes on: failures, with -v every URL, and how far it is.
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/cli.h"
#include "cli/progress_json.h"
#include "cli/terminal.h"
#include "run/engine.h"

struct watch {
    unsigned failures_shown;
    enum progress_how how; // never PROGRESS_AUTO
    struct progress progress;
    struct pace pace;
    struct progress_told told;
    struct terminal *terminal; // with PROGRESS_BAR
    struct block *block;
};

// An observer for the run that `cli` asks for. `watch` must live as long. Not before
// log_never_wait().
struct run_observer watch_open(const struct cli *cli, struct watch *watch);

// Whatever has become of the run.
void watch_close(struct watch *watch);

#endif
