// SPDX-License-Identifier: MIT
// LIST arguments as sources of a run.
#ifndef CLI_LISTS_H
#define CLI_LISTS_H

#include "run/options.h"

// Opens every LIST: a URL stands for itself, "-" is standard input, all else is a file. Returns 0
// and sets options->lists, or -1 after a message; then none is open.
int lists_open(char **arguments, size_t count, struct run_options *options);

// Closes and frees what lists_open() made.
void lists_close(struct run_options *options);

#endif
