// SPDX-License-Identifier: MIT
// Small JPEGs of files in the output directory. They are made as everything is made that comes from
// outside: by sandboxed workers, which get the bytes and give back bytes.
#ifndef REPORT_THUMBNAILS_H
#define REPORT_THUMBNAILS_H

#include "proc/forkserver.h"
#include "run/options.h"

#include <stddef.h>
#include <stdint.h>

struct thumbnail {
    char *path;     // of the file, below the directory; owned
    uint8_t *bytes; // a JPEG; owned; NULL: there is none
    size_t size;
};

// Fills in what can be made; what cannot (no such file, no picture, no memory) is left out without
// a word. Workers are made as the options say and are gone afterwards. An interrupt ends it early.
void thumbnails_make(struct thumbnail *thumbnails, size_t count, const char *directory,
                     const struct run_options *options, struct forkserver *forkserver);

void thumbnails_free(struct thumbnail *thumbnails, size_t count);

#endif
