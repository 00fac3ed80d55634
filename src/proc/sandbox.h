// SPDX-License-Identifier: MIT
// What a worker gives up before it sees its first picture.
#ifndef PROC_SANDBOX_H
#define PROC_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

enum sandbox_level {
    SANDBOX_OFF,    // for valgrind, which cannot run under limits on address space
    SANDBOX_LIMITS, // no new privileges, not dumpable, resource limits
};

struct sandbox_options {
    enum sandbox_level level;
    uint64_t max_pixels; // decides how much address space a decoder may need
};

// Locks the calling process down, for good. Returns 0, or -1 with errno and *failed naming the
// step. In a build with a sanitizer the limit on address space is left out: their shadow memory is
// larger than any limit.
int sandbox_enter(const struct sandbox_options *options, const char **failed);

#endif
