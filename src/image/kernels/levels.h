// SPDX-License-Identifier: MIT
// What the files of kernels share among themselves: their tables, and how single pixels are
// computed. The vector files use the latter at the edges of a row.
#ifndef IMAGE_KERNELS_LEVELS_H
#define IMAGE_KERNELS_LEVELS_H

#include "image/kernels/kernels.h"

#include <stdlib.h>

// A table is linked in only where its instruction set can exist at all; whether the CPU has it is
// a question for kernels.c.
extern const struct kernels kernels_c;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;
#endif
#if defined(__aarch64__)
extern const struct kernels kernels_neon;
#endif

// What a sum of differences over two neighbours, or over one, must exceed to be an edge. This saves
// the division: floor(sum / 2) > t is the same as sum > 2t + 1, for whole numbers.
static inline unsigned neighbor_limit(unsigned threshold, bool two)
{
    return two ? 2 * threshold + 1 : threshold;
}

// What gx * gx + gy * gy must exceed for its rounded root to exceed m. This saves the root, and
// with it every question about its rounding: round(sqrt(s)) > m is the same as sqrt(s) >= m + 1/2,
// and that is s >= m * m + m + 1/4, which for a whole s is s > m * m + m.
//
// Each component may be cut to 255 before: one of 255 alone makes a root of 255, and more is cut to
// that. The sum of the squares may then be cut to 65535, which is more than l2_limit(254). So 16
// bits without a sign are enough.
static inline unsigned l2_limit(unsigned m)
{
    return m * m + m;
}

// The rounded root of `s`, at most 255. Cut s to 65535 before, as above; no product is larger than
// that either. No branches, because nothing predicts them, and compilers can vectorise it so.
static inline uint8_t rounded_root(unsigned s)
{
    uint16_t root = 0;
    for (uint16_t bit = 128; bit != 0; bit /= 2) {
        const uint16_t next = (uint16_t)(root + bit);
        const uint16_t product = (uint16_t)(next * (next - 1));
        root = (uint16_t)(root + bit * ((uint16_t)s > product));
    }
    return (uint8_t)root;
}

static inline int at_most_255(int value)
{
    return value < 255 ? value : 255;
}

struct gradient {
    int x, y;
};

static inline unsigned l2_square(struct gradient gradient)
{
    const int x = at_most_255(abs(gradient.x)), y = at_most_255(abs(gradient.y));
    const int s = x * x + y * y;
    return s < 65535 ? (unsigned)s : 65535;
}

// One byte of a map.
static inline uint8_t gradient_byte(struct gradient gradient, const struct magnitude *magnitude)
{
    const int value = magnitude->l2 ? rounded_root(l2_square(gradient))
                                    : at_most_255(abs(gradient.x) + abs(gradient.y));
    if (magnitude->threshold < 0)
        return (uint8_t)value;
    return value > magnitude->threshold ? 255 : 0;
}

// Functions that take an operator are inlined where it is known, so that nothing is decided for
// each pixel.
#define ALWAYS_INLINE inline __attribute__((always_inline))

// A 3x3 operator smooths by side, middle, side.
struct weights {
    int side, middle;
};

static ALWAYS_INLINE struct weights weights_of(enum stencil stencil)
{
    switch (stencil) {
    case STENCIL_SCHARR:
        return (struct weights){3, 10};
    case STENCIL_PREWITT:
        return (struct weights){1, 1};
    default:
        return (struct weights){1, 2};
    }
}

// The gradient at column x; left and right are the columns of its neighbours. For the Laplacian,
// which has one component, the other is 0.
static ALWAYS_INLINE struct gradient gradient_at(enum stencil stencil, const uint8_t *const rows[3],
                                                 size_t left, size_t x, size_t right)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    if (stencil == STENCIL_ROBERTS)
        return (struct gradient){b[x] - c[right], b[right] - c[x]};
    if (stencil == STENCIL_LAPLACIAN)
        return (struct gradient){a[x] + c[x] + b[left] + b[right] - 4 * b[x], 0};
    // The two diagonals are part of both components.
    const struct weights weights = weights_of(stencil);
    const int p = c[right] - a[left], q = c[left] - a[right];
    return (struct gradient){weights.side * (p - q) + weights.middle * (b[right] - b[left]),
                             weights.side * (p + q) + weights.middle * (c[x] - a[x])};
}

// The same anywhere in a row, its ends included.
static ALWAYS_INLINE struct gradient
gradient_reflected(enum stencil stencil, const uint8_t *const rows[3], size_t width, size_t x)
{
    if (width == 1)
        return gradient_at(stencil, rows, 0, 0, 0);
    return gradient_at(stencil, rows, x > 0 ? x - 1 : 1, x, x < width - 1 ? x + 1 : width - 2);
}

// The byte of the map there.
static ALWAYS_INLINE uint8_t stencil_byte(enum stencil stencil, const uint8_t *const rows[3],
                                          size_t width, size_t x, const struct magnitude *magnitude)
{
    const struct gradient gradient = gradient_reflected(stencil, rows, width, x);
    return gradient_byte(gradient, magnitude);
}

// What there is to compute for a magnitude, known outside the loops.
enum form {
    FORM_L1, // the magnitude itself
    FORM_L2,
    FORM_L1_EDGE, // compared with a threshold of at most 254
    FORM_L2_EDGE,
    FORM_BLACK, // nothing exceeds 255
};

static inline enum form form_of(enum stencil stencil, const struct magnitude *magnitude)
{
    const bool l2 = magnitude->l2 && stencil != STENCIL_LAPLACIAN;
    if (magnitude->threshold < 0)
        return l2 ? FORM_L2 : FORM_L1;
    if (magnitude->threshold >= 255)
        return FORM_BLACK;
    return l2 ? FORM_L2_EDGE : FORM_L1_EDGE;
}

// Where, in a row of `count` pixels, the block after the one at x begins: the last block overlaps
// the one before it so as to end where the row does. From `count` on there is none.
static inline size_t next_block(size_t x, size_t count, size_t block)
{
    const size_t next = x + block;
    return next < count && next > count - block ? count - block : next;
}

// |dR| + |dG| + |dB| of two pixels.
static inline unsigned difference(const uint8_t *a, const uint8_t *b)
{
    return (unsigned)(abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]));
}

// The last pixel of a row of `neighbor`, which has no right neighbour.
static inline uint8_t neighbor_last(const uint8_t *row, const uint8_t *below, size_t width,
                                    unsigned threshold)
{
    const size_t last = 3 * (width - 1);
    return below != NULL && difference(row + last, below + last) > threshold ? 255 : 0;
}

#endif
