// SPDX-License-Identifier: MIT
// A zlib stream (RFC 1950, RFC 1951) by little code, for builds without a library for it: runs of a
// byte become matches, everything has the fixed Huffman codes. About as fast as libdeflate's first
// level on two-valued maps, and two thirds larger; of gray it shortens little but what is black.
#ifndef IMAGE_DEFLATE_RUNS_H
#define IMAGE_DEFLATE_RUNS_H

#include "image/deflate.h"

struct runs;

// `put` gets up to LIMIT_PNG_IDAT_BYTES at a time. Level 0 stores, the others are the same. NULL
// when there is not enough memory.
struct runs *runs_open(int level, deflate_put *put, void *context);

// Takes the next bytes; EF_OK or what `put` returned, after which only `close` may follow.
enum ef_status runs_add(struct runs *runs, const uint8_t *bytes, size_t size);

// Ends the stream.
enum ef_status runs_finish(struct runs *runs);

// Frees it at any time; NULL is allowed.
void runs_close(struct runs *runs);

#endif
