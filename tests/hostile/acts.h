// SPDX-License-Identifier: MIT
// What an attacker who owns a decoder may try.
#ifndef HOSTILE_ACTS_H
#define HOSTILE_ACTS_H

#include <sys/types.h>

struct act {
    const char *name;
    // Returns -1 with errno when it was denied, anything else when it was not.
    long (*try)(const char *argument);
};

// The act of this name, or NULL.
const struct act *act_named(const char *name);

extern pid_t act_parent; // the worker's parent

#endif
