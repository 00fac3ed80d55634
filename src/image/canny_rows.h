// SPDX-License-Identifier: MIT
// What Canny does to one row: derivatives and magnitudes, then the search for maxima.
//
// There is a plain C reference (canny_rows.c) and AVX2 (canny_rows_avx2.c); both give the same.
// Rows are worked on in blocks of 64 pixels, and the last block reads and writes beyond the row:
// all buffers have room for `width` rounded up to CANNY_WORD, and what is between is of no meaning.
#ifndef IMAGE_CANNY_ROWS_H
#define IMAGE_CANNY_ROWS_H

#include "image/canny_map.h"
#include "image/kernels/kernels.h"

// How large a gradient is. Magnitudes are only compared, so the Euclidean one stays squared.
enum canny_norm { CANNY_L1, CANNY_L2, CANNY_NORM_COUNT };

// The derivatives of a row and their magnitudes, of which one is in use: |x| + |y| in `l1`, x * x +
// y * y in `l2`. Magnitudes have an element before the first, and one after the last.
struct canny_gradient {
    int16_t *x, *y;
    int16_t *l1;
    int32_t *l2;
};

// Above `low` a pixel may be a candidate, above `high` such a candidate is an edge. For CANNY_L1
// both are at most 32767.
struct canny_limits {
    int low, high;
};

struct canny_rows {
    const char *name; // as kernels.h spells its levels

    // The Sobel derivatives of rows[1], the row between rows[0] and rows[2]. Rows have an element
    // before the first pixel and one after the last, which repeat these. Magnitudes before the
    // first and after the last pixel become 0.
    void (*derive[CANNY_NORM_COUNT])(const uint8_t *const rows[3], size_t width,
                                     const struct canny_gradient *out);

    // Decides the pixels of rows[1], the row between rows[0] and rows[2]; of these two only the
    // magnitudes are read. A pixel of magnitude m with derivatives dx and dy is a candidate when m
    // is above limits->low and
    //     |dy| < t |dx|:        m > left   and m >= right
    //     |dy| > (t + 2) |dx|:  m > above  and m >= below
    //     otherwise:            m > both neighbours on the diagonal that dx and dy point along
    // where t is 13573 / 2^15, for tan(22.5 degrees), and tan(67.5 degrees) is 2 more. Writes every
    // word of the row.
    void (*suppress[CANNY_NORM_COUNT])(const struct canny_gradient *const rows[3], size_t width,
                                       const struct canny_limits *limits, struct canny_word *out);

    // 255 for every pixel that is an edge, 0 for the others.
    void (*expand)(const struct canny_word *words, size_t width, uint8_t *out);
};

enum { CANNY_TAN = 13573, CANNY_TAN_SHIFT = 15 };

// Drops the pixels that the last of the words has beyond the row.
static inline void canny_trim(struct canny_word *words, size_t width)
{
    const size_t used = width % CANNY_WORD;
    if (used != 0) {
        const uint64_t row = ((uint64_t)1 << used) - 1;
        words[width / CANNY_WORD].weak &= row;
        words[width / CANNY_WORD].edge &= row;
    }
}

// The fastest that kernels() allows, never NULL.
const struct canny_rows *canny_rows(void);

// Those of one level; NULL where this CPU or this build has none. For tests and benchmarks.
const struct canny_rows *canny_rows_for(enum kernel_level level);

#if defined(__x86_64__)
extern const struct canny_rows canny_rows_avx2;
#endif

#endif
