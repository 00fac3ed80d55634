// SPDX-License-Identifier: MIT
// What waits for a package, as package.h tells: samples in files of their own, and series of them.
#ifndef RUN_WAITING_H
#define RUN_WAITING_H

#include "run/folder.h"
#include "run/tar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct waiting_sample {
    const char *file;   // in the folder
    size_t age;         // of the file: 0 is the oldest
    uint64_t index;     // of its URL; 0 in a series that is all that waits
    uint64_t at, bytes; // its place in the file
};

struct waiting {
    struct folder files; // the oldest first
    struct waiting_sample *samples;
    size_t count, capacity;
};

// Which of two files was written to last: negative when it is the second, 0 when nobody can tell.
int waiting_compare_ages(const struct timespec *one, const struct timespec *other);

// The plain files in a folder, whose descriptor stays the caller's, those that were written to last
// at the end. Returns 0, or -1 with errno; folder_free() is right in either case. Blocking, as
// everything here.
int waiting_list(struct folder *files, int spool);

// Lists what waits in the folder `spool`, but for series of other runs that live
// (series_is_anothers()). Returns 0, or -1 with errno; waiting_free() is right in either case.
int waiting_open(struct waiting *waiting, int directory, int partial, int spool);

void waiting_free(struct waiting *waiting);

// True when all that waits is one series.
bool waiting_is_series(const struct waiting *waiting);

// Reads where the samples are, in the order of their indices; of one that is there twice the newer
// counts. A series that is all that waits is taken as it is. Returns 0, or -1 with errno (EILSEQ: a
// line is damaged).
int waiting_read_samples(struct waiting *waiting, int spool);

// Reads the next sample of a file of `bytes`: its place, and its last member, the line of JSON.
// Moves `*at` behind it. Returns 1, 0 when there is no whole one, or -1 with errno.
int waiting_next(int file, uint64_t bytes, uint64_t *at, struct waiting_sample *sample,
                 struct tar_member *line);

// The text of a sample's line. NULL with errno when it cannot be read; the caller frees it.
char *waiting_line(int file, const struct tar_member *line);

#endif
