// SPDX-License-Identifier: MIT
// Rows of bytes into a zlib stream (RFC 1950), by the best library of this build: libdeflate in one
// go while the rows fit into LIMIT_PNG_GATHERED_BYTES; in bands beyond, or without it, so that
// memory follows the width: by zlib, or without that by deflate_runs.h.
#ifndef IMAGE_DEFLATE_H
#define IMAGE_DEFLATE_H

#include <edgefetch/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Takes the next bytes of the stream.
typedef enum ef_status deflate_put(void *context, const uint8_t *data, size_t size);

struct deflate_settings {
    size_t row_bytes; // at least 1
    uint32_t rows;    // exactly so many will come, at least 1
    int level;        // 0 (none) to 9 (smallest)
    bool noisy;       // such as gray: what repeats is hardly more than runs of a value
    deflate_put *put;
    void *context; // of put
};

struct deflater;

// NULL when there is not enough memory.
struct deflater *deflate_open(const struct deflate_settings *settings);

// Where the next row is to be written, `row_bytes` long, before the next call; called once for each
// row. NULL on failure, which deflate_finish() will then return.
uint8_t *deflate_next_row(struct deflater *deflater);

// Ends the stream. EF_OK, EF_OUT_OF_MEMORY, or what `put` returned.
enum ef_status deflate_finish(struct deflater *deflater);

// Frees it at any time; NULL is allowed.
void deflate_close(struct deflater *deflater);

// "libdeflate", "libdeflate, zlib" ...: what is at work here.
const char *deflate_library(void);

// Continues the CRC of ISO 3309, which begins with 0, over more bytes.
uint32_t deflate_crc32(uint32_t crc, const void *data, size_t size);

#endif
