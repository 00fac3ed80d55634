// SPDX-License-Identifier: MIT
// What waits for a package, as package.h tells: samples in files of their own, and series of them.
#ifndef RUN_WAITING_H
#define RUN_WAITING_H

#include "run/folder.h"
#include "run/tar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waiting_sample {
    const char *file;   // in the folder
    uint64_t index;     // of its URL
    uint64_t at, bytes; // its place in the file
};

struct waiting {
    struct folder files;
    struct waiting_sample *samples;
    size_t count, capacity;
};

// Lists what waits in the folder `spool`, whose descriptor stays the caller's, but for series of
// other runs that live (series_is_anothers()). Returns 0, or -1 with errno; waiting_free() is right
// in either case. Blocking.
int waiting_list(struct waiting *waiting, int directory, int partial, int spool);

void waiting_free(struct waiting *waiting);

// True when all that waits is one series.
bool waiting_is_series(const struct waiting *waiting);

// Reads where the samples are, in the order of their indices, each once. Returns 0, or -1 with
// errno. Blocking.
int waiting_read_samples(struct waiting *waiting, int spool);

// Reads the next sample of a file of `bytes`: its place, and its last member, the line of JSON.
// Moves `*at` behind it. Returns 1, 0 when there is no whole one, or -1 with errno. Blocking.
int waiting_next(int file, uint64_t bytes, uint64_t *at, struct waiting_sample *sample,
                 struct tar_member *line);

// The text of a sample's line. NULL when it cannot be read; the caller frees it. Blocking.
char *waiting_line(int file, const struct tar_member *line);

#endif
