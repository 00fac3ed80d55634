// SPDX-License-Identifier: MIT
#include "image/deflate_runs.h"

#include "base/limits.h"
#include "image/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONGEST = 258,          // of a match
    SHORTEST = 3,           // of a match
    STORED_LARGEST = 65535, // bytes in a stored block
    ROOM = 16               // kept free in the buffer, so that a symbol always fits
};

struct code {
    uint32_t bits; // as they are written, the first in the lowest
    unsigned count;
};

struct runs {
    deflate_put *put;
    void *context;
    bool stored;
    bool begun;    // the header is written
    int previous;  // the last byte; -1 at first
    uint32_t a, b; // Adler-32
    uint64_t bits; // not written yet, the first in the lowest
    unsigned count;
    size_t used; // of `out`
    struct code literal[256];
    struct code match[LONGEST + 1]; // of a length, with the distance 1 behind it
    uint8_t out[LIMIT_PNG_IDAT_BYTES];
};

// ---- the codes (RFC 1951, 3.2.5 and 3.2.6) ----

// Huffman codes are written from their highest bit.
static struct code reversed(uint32_t code, unsigned count)
{
    struct code out = {0, count};
    for (unsigned i = 0; i < count; i++)
        out.bits |= (code >> i & 1) << (count - 1 - i);
    return out;
}

static struct code symbol(unsigned value)
{
    if (value < 144)
        return reversed(0x30 + value, 8);
    if (value < 256)
        return reversed(0x190 + value - 144, 9);
    if (value < 280)
        return reversed(value - 256, 7);
    return reversed(0xC0 + value - 280, 8);
}

static struct code match_of(unsigned length)
{
    enum { LAST = 285, DISTANCE_BITS = 5 }; // distance 1 is five zeros
    if (length == LONGEST) {
        struct code last = symbol(LAST);
        last.count += DISTANCE_BITS;
        return last;
    }
    // The symbols come in groups of four, each group with one more bit behind its symbols than the
    // group before; only the first two have none.
    const unsigned offset = length - SHORTEST;
    unsigned extra = 0;
    while (offset >> extra >= 8)
        extra++;
    struct code code = symbol(257 + 4 * extra + (offset >> extra));
    code.bits |= (offset & ((1u << extra) - 1)) << code.count;
    code.count += extra + DISTANCE_BITS;
    return code;
}

// ---- output ----

static enum ef_status flush(struct runs *runs)
{
    const size_t size = runs->used;
    runs->used = 0;
    return size == 0 ? EF_OK : runs->put(runs->context, runs->out, size);
}

static void write_code(struct runs *runs, struct code code)
{
    runs->bits |= (uint64_t)code.bits << runs->count;
    runs->count += code.count;
    while (runs->count >= 8) {
        runs->out[runs->used++] = (uint8_t)runs->bits;
        runs->bits >>= 8;
        runs->count -= 8;
    }
}

static void begin(struct runs *runs)
{
    if (runs->begun)
        return;
    runs->begun = true;
    write_code(runs, (struct code){0x78, 8}); // deflate, a window of 32 KiB
    write_code(runs, (struct code){0x01, 8}); // fastest, which also makes the check fit
    if (!runs->stored)
        write_code(runs, (struct code){3, 3}); // the last block, with the fixed codes
}

static void update_adler(struct runs *runs, const uint8_t *bytes, size_t size)
{
    enum { MODULUS = 65521, BYTES_WITHOUT_OVERFLOW = 5552 };
    while (size > 0) {
        const size_t part = size < BYTES_WITHOUT_OVERFLOW ? size : BYTES_WITHOUT_OVERFLOW;
        for (size_t i = 0; i < part; i++) {
            runs->a += bytes[i];
            runs->b += runs->a;
        }
        runs->a %= MODULUS;
        runs->b %= MODULUS;
        bytes += part;
        size -= part;
    }
}

static enum ef_status add_compressed(struct runs *runs, const uint8_t *bytes, size_t size)
{
    enum ef_status status = EF_OK;
    for (size_t at = 0; at < size && status == EF_OK;) {
        size_t length = 0;
        while (at + length < size && length < LONGEST && bytes[at + length] == runs->previous)
            length++;
        if (length >= SHORTEST) {
            write_code(runs, runs->match[length]);
            at += length;
        } else {
            write_code(runs, runs->literal[bytes[at]]);
            runs->previous = bytes[at++];
        }
        if (runs->used > sizeof runs->out - ROOM)
            status = flush(runs);
    }
    return status;
}

// A header in whole bytes: the last of all or not, the length, and its complement.
static void write_stored_header(struct runs *runs, bool last, size_t size)
{
    write_code(runs, (struct code){last, 8});
    write_code(runs, (struct code){(uint32_t)size, 16});
    write_code(runs, (struct code){(uint32_t)size ^ 0xFFFF, 16});
}

static enum ef_status add_stored(struct runs *runs, const uint8_t *bytes, size_t size)
{
    enum ef_status status = EF_OK;
    while (size > 0 && status == EF_OK) {
        const size_t part = size < STORED_LARGEST ? size : STORED_LARGEST;
        if (runs->used + part > sizeof runs->out - ROOM)
            status = flush(runs);
        write_stored_header(runs, false, part);
        memcpy(runs->out + runs->used, bytes, part);
        runs->used += part;
        bytes += part;
        size -= part;
    }
    return status;
}

enum ef_status runs_add(struct runs *runs, const uint8_t *bytes, size_t size)
{
    begin(runs);
    update_adler(runs, bytes, size);
    return runs->stored ? add_stored(runs, bytes, size) : add_compressed(runs, bytes, size);
}

enum ef_status runs_finish(struct runs *runs)
{
    enum { END_OF_BLOCK = 256 };
    uint8_t check[4];
    begin(runs);
    if (runs->stored)
        write_stored_header(runs, true, 0);
    else
        write_code(runs, symbol(END_OF_BLOCK));
    if (runs->count > 0) // to the end of the byte
        write_code(runs, (struct code){0, 8 - runs->count});
    put_be32(check, runs->b << 16 | runs->a);
    for (int i = 0; i < 4; i++)
        write_code(runs, (struct code){check[i], 8});
    return flush(runs);
}

struct runs *runs_open(int level, deflate_put *put, void *context)
{
    struct runs *runs = malloc(sizeof *runs);
    if (runs == NULL)
        return NULL;
    memset(runs, 0, offsetof(struct runs, out));
    runs->put = put;
    runs->context = context;
    runs->stored = level == 0;
    runs->previous = -1;
    runs->a = 1;
    for (unsigned value = 0; value < 256; value++)
        runs->literal[value] = symbol(value);
    for (unsigned length = SHORTEST; length <= LONGEST; length++)
        runs->match[length] = match_of(length);
    return runs;
}

void runs_close(struct runs *runs)
{
    free(runs);
}
