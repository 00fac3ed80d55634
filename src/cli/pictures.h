// SPDX-License-Identifier: MIT
// FILE and DIR arguments as sources of a run on local pictures.
#ifndef CLI_PICTURES_H
#define CLI_PICTURES_H

#include "run/options.h"

// Makes a source of every FILE, whatever it is called, and of every picture file below every DIR,
// sorted, by its extension; hidden files and directories are passed over. Returns 0 and sets
// options->lists, or -1 after a message; then nothing is held.
int pictures_find(char **arguments, size_t count, struct run_options *options);

void pictures_free(struct run_options *options);

#endif
