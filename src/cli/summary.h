// SPDX-License-Identifier: MIT
// The summary that ends every run.
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "run/engine.h"

#include <stdio.h>

// Prints it to `out`.
void summary_print(FILE *out, const struct run_result *result);

#endif
