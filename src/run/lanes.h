// SPDX-License-Identifier: MIT
// Numbers for what goes on at once: who begins takes the lowest free one, so that a picture of the
// run has as many lanes as there ever were jobs side by side.
#ifndef RUN_LANES_H
#define RUN_LANES_H

#include "base/limits.h"

#include <stdint.h>

enum { NO_LANE = -1 };

// All zero is: all free.
struct lanes {
    uint64_t taken[LIMIT_TRANSFERS / 64]; // a bit each
};

// From 0. At most LIMIT_TRANSFERS can be taken.
int lanes_take(struct lanes *lanes);

// Does nothing for NO_LANE.
void lanes_give_back(struct lanes *lanes, int lane);

// How many are taken.
uint64_t lanes_taken(const struct lanes *lanes);

#endif
