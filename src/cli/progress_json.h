// SPDX-License-Identifier: MIT
// How far a run is, for programs: lines of JSON on standard error, whatever the level of messages.
#ifndef CLI_PROGRESS_JSON_H
#define CLI_PROGRESS_JSON_H

#include "cli/progress.h"

// What was told last; all zero: nothing.
struct progress_told {
    int64_t us;
    uint64_t total, done, downloads, held;
    unsigned busy;
};

// Tells what has changed, and now and then that nothing has; with `ended` in any case.
void progress_json(struct progress_told *told, const struct progress *progress, int64_t now_us,
                   bool ended);

#endif
