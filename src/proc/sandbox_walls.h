// SPDX-License-Identifier: MIT
// The mechanisms behind sandbox.h, a file each. Each locks the calling process down by one wall and
// returns 0, or -1 with errno and *failed naming the step. Limits come first: the others need "no
// new privileges". Seccomp comes last: it takes away what the others need.
#ifndef PROC_SANDBOX_WALLS_H
#define PROC_SANDBOX_WALLS_H

#include "proc/sandbox.h"

#include <stdbool.h>

int sandbox_limits_enter(const struct sandbox *sandbox, const char **failed);

// ENOSYS or EOPNOTSUPP where the kernel has no Landlock.
int sandbox_landlock_enter(const char **failed);

// The list of system calls as a filter, to be built once. False in a build without libseccomp, on
// an architecture that it does not know, or without memory.
bool sandbox_seccomp_build(struct sandbox_filter *filter);
int sandbox_seccomp_enter(const struct sandbox_filter *filter, const char **failed);

#endif
