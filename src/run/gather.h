// SPDX-License-Identifier: MIT
// A file that is written in large pieces: every write() costs as much as the copy of some
// kilobytes.
#ifndef RUN_GATHER_H
#define RUN_GATHER_H

#include "run/digest.h"

#include <stddef.h>
#include <stdint.h>

// `bytes` has room for `room` bytes, `used` of which wait to be written. All of it is the caller's.
struct gather {
    int file;
    uint8_t *bytes;
    size_t room, used;
};

// Writes what waits. This and what follows: 0, or -1 with errno.
int gather_flush(struct gather *gather);

// There is room for `size` bytes, which are at most `room`.
int gather_make_room(struct gather *gather, size_t size);

int gather_add(struct gather *gather, const void *data, size_t size);

// Adds `size` bytes of another file, which are at most the room that there is; it must have them.
int gather_read(struct gather *gather, int file, size_t size, uint64_t offset);

// Adds `bytes` bytes of another file, however many, from `offset` on, and hashes them on the way:
// through the buffer rather than a mapping, so that what is large does not take its memory twice.
// `digest` may be NULL.
int gather_copy(struct gather *gather, int file, uint64_t offset, uint64_t bytes,
                struct digest *digest);

#endif
