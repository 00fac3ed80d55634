// SPDX-License-Identifier: MIT
// What must be true of options, wherever they were read from, and of what is said of them.
#ifndef FUZZ_ACCEPTED_H
#define FUZZ_ACCEPTED_H

#include "fuzz.h"

#include "cli/cli.h"

// How many errors have been told; each was printable. Linked with --wrap=log_error.
extern unsigned fuzz_messages;

// Of each option by itself, before it is known which others there are.
void fuzz_check_ranges(const struct cli *cli);

// Of all of them together.
void fuzz_check_accepted(const struct cli *cli);

#endif
