// SPDX-License-Identifier: MIT
// --sandbox: what was asked for, held against what this build and this system have.
#ifndef CLI_SANDBOX_CHOICE_H
#define CLI_SANDBOX_CHOICE_H

#include "run/options.h"

#include <stdbool.h>

// Fills `sandbox` with what the workers of this run are to enter, and tells what is missing of it.
// False, after a message, when it is demanded and cannot be had. The process must have a single
// thread.
bool sandbox_choose(const struct run_options *run, struct sandbox *sandbox);

#endif
