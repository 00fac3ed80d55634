// SPDX-License-Identifier: MIT
// What must be true of options, wherever they were read from.
#ifndef FUZZ_ACCEPTED_H
#define FUZZ_ACCEPTED_H

#include "fuzz.h"

#include "cli/cli.h"

// Of each option by itself, before it is known which others there are.
void fuzz_check_ranges(const struct cli *cli);

// Of all of them together.
void fuzz_check_accepted(const struct cli *cli);

#endif
