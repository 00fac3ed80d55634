// SPDX-License-Identifier: MIT
// Tells a person who waits what a quiet run waits for.
#ifndef RUN_WATCHDOG_H
#define RUN_WATCHDOG_H

#include "run/pipeline.h"

// Says with -v, when nothing has been finished since it last looked, which jobs are in hand, the
// oldest first, what each is waiting for and since when. `finished` is what the caller keeps
// between two looks: how many jobs were finished then.
void watchdog_look(const struct pipeline *pipeline, uint64_t *finished, int64_t now_us);

#endif
