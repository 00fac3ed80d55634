// SPDX-License-Identifier: MIT
// The summary that ends every run.
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "run/engine.h"
#include "run/tally.h"

#include <stdio.h>

// Prints it to `out`.
void summary_print(FILE *out, const struct run_result *result);

// Parts of it: the counts by outcome, with a blank line before; the failures by their codes.
void summary_counts(FILE *out, const struct tally *tally);
void summary_failures(FILE *out, const struct tally *tally);

#endif
