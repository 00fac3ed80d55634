// SPDX-License-Identifier: MIT
// How many transfers and bodies the process's descriptors are enough for.
#ifndef RUN_DESCRIPTORS_H
#define RUN_DESCRIPTORS_H

#include <stdint.h>

struct descriptor_plan {
    uint64_t transfers; // at once
    uint64_t bodies;    // held at once, with those in flight
};

// Raises the soft limit on open files to the hard one and divides what there is. `limit` is --limit
// (0: as many as possible); it is lowered, with a warning, when there are too few descriptors.
struct descriptor_plan descriptors_plan(unsigned limit, unsigned workers);

#endif
