// SPDX-License-Identifier: MIT
// The bundled pictures of the demo.
#ifndef CLI_SAMPLES_H
#define CLI_SAMPLES_H

#include "run/options.h"

struct samples {
    char *directory;
    struct list_source *sources; // one URL for each picture
    size_t count;
};

// Finds the pictures in `directory`, or, when that is NULL, beside the program: in its source tree
// or where it is installed. Their URLs are `base` and the file name, sorted. Returns 0, or -1 after
// a message.
int samples_find(struct samples *samples, const char *directory, const char *base);
void samples_free(struct samples *samples);

#endif
