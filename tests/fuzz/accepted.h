// SPDX-License-Identifier: MIT
// What must be true of options, wherever they were read from.
#ifndef FUZZ_ACCEPTED_H
#define FUZZ_ACCEPTED_H

#include "fuzz.h"

#include "cli/cli.h"

void fuzz_check_accepted(const struct cli *cli);

#endif
