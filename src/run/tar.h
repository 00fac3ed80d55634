// SPDX-License-Identifier: MIT
// POSIX ustar (IEEE 1003.1), as little of it as packages need: plain files, with headers that are
// the same whoever writes them and when. A name of more than 100 bytes has a pax header before it.
#ifndef RUN_TAR_H
#define RUN_TAR_H

#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK_BYTES 512
#define TAR_HEADER_BYTES (3 * TAR_BLOCK_BYTES) // of one member, at most
#define TAR_NAME_BYTES 256                     // of one member, with its terminator
#define TAR_END_BYTES (2 * TAR_BLOCK_BYTES)    // of zeros, behind the last member

struct tar_member {
    char name[TAR_NAME_BYTES];
    uint64_t offset, size; // of its contents
};

// The header of a member. Returns its length, a multiple of the block's; 0 when the name is too
// long, or the member.
size_t tar_header(const char *name, uint64_t size, uint8_t out[TAR_HEADER_BYTES]);

// How many zeros follow contents of that size.
size_t tar_padding(uint64_t size);

// One of our files: open, or, where `data` is not NULL, as its `size` bytes.
struct tar_source {
    int file;
    const uint8_t *data;
    uint64_t size;
};

// Reads the header at `*at` and moves it to the next one. Returns 1, 0 at the end, or -1 with errno
// (EILSEQ: it is none of our files). Blocking.
int tar_next(const struct tar_source *source, uint64_t *at, struct tar_member *member);

#endif
