// SPDX-License-Identifier: MIT
// The bytes of a list as they are stored -> its text: as it is, or unpacked where its first bytes
// say gzip or zstd, whatever its name. Members and frames that follow each other are one text.
// Pure: no files, no loop; memory does not follow the length of the list.
#ifndef RUN_UNPACK_H
#define RUN_UNPACK_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packing { PACKING_UNKNOWN, PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

#define UNPACK_HEAD_BYTES 4 // of a list that tell how it is packed

// What the first bytes of a list say; never PACKING_UNKNOWN.
enum packing packing_of(const char *head, size_t size);

// Why this build cannot read such lists, and what to do; NULL when it can.
const char *packing_missing(enum packing packing);

// The packings that this build reads, for --version.
const char *packings_built(void);

enum unpack_result {
    UNPACK_MADE,  // text
    UNPACK_MORE,  // bytes are needed
    UNPACK_END,   // all text has been given
    UNPACK_FAULT, // the list cannot be read on; unpack.fault says why
};

// All zero is the start of a list. Who knows how it is packed may set that.
struct unpack {
    char bytes[LIMIT_LIST_BLOCK_BYTES]; // not yet unpacked
    size_t start, end;
    uint64_t taken; // bytes of the list before these
    bool ended;     // no more bytes will come
    bool fed;       // something has come since UNPACK_MORE
    bool inside;    // a member or frame, which has to end
    enum packing packing;
    void *decoder;
    size_t wanted; // bytes, by the decoder
    char fault[192];
};

// Where to put the next bytes, and how many fit: never 0 at the start and after UNPACK_MORE.
char *unpack_space(struct unpack *unpack, size_t *size);

// `size` bytes were put there.
void unpack_fed(struct unpack *unpack, size_t size);

// There are no more bytes.
void unpack_finish(struct unpack *unpack);

// True when there is no use in unpack_next() before bytes have come.
bool unpack_is_hungry(const struct unpack *unpack);

// True when unpack_next() has more to do than to copy, and should not keep an event loop.
bool unpack_is_work(const struct unpack *unpack);

// The next text: at most `size` bytes into `out`, `*made` of them. May run in any thread.
enum unpack_result unpack_next(struct unpack *unpack, char *out, size_t size, size_t *made);

// Frees what it holds; it is then at the start of a list.
void unpack_close(struct unpack *unpack);

#endif
