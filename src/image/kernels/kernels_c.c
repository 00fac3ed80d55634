// SPDX-License-Identifier: MIT
// The reference, in C that compilers vectorise: loops over blocks that stay in the nearest cache,
// the first of which need not know what comes of their results.
#include "image/kernels/levels.h"

enum { BLOCK = 256 }; // pixels

// `count` pixels that all have a right neighbour.
static void neighbor_block(const uint8_t *restrict row, const uint8_t *restrict below, size_t count,
                           unsigned limit, uint8_t *restrict out)
{
    uint16_t sums[3 * BLOCK];
    for (size_t i = 0; i < 3 * count; i++)
        sums[i] = (uint16_t)(abs(row[i] - row[i + 3]) + abs(row[i] - below[i]));
    for (size_t x = 0; x < count; x++) {
        const unsigned sum = (unsigned)sums[3 * x] + sums[3 * x + 1] + sums[3 * x + 2];
        out[x] = sum > limit ? 255 : 0;
    }
}

static void neighbor(const uint8_t *row, const uint8_t *below, size_t width, unsigned threshold,
                     uint8_t *out)
{
    const unsigned limit = neighbor_limit(threshold, below != NULL);
    const uint8_t *const other = below != NULL ? below : row; // no difference to itself
    const size_t last = width - 1;
    for (size_t x = 0; x < last; x += BLOCK) {
        const size_t count = last - x < BLOCK ? last - x : BLOCK;
        neighbor_block(row + 3 * x, other + 3 * x, count, limit, out + x);
    }
    out[last] = neighbor_last(row, below, width, threshold);
}

static void gray(const uint8_t *restrict rgb, size_t width, uint8_t *restrict out)
{
    for (size_t x = 0; x < width; x++)
        out[x] =
            (uint8_t)((4899 * rgb[3 * x] + 9617 * rgb[3 * x + 1] + 1868 * rgb[3 * x + 2] + 8192) >>
                      14);
}

// The gradients of a block, apart, so that the loops that fill them are all that differs between
// operators, and the loop that reads them is all that differs between magnitudes.
struct gradients {
    int16_t x[BLOCK], y[BLOCK];
};

static void set(struct gradients *gradients, size_t i, struct gradient gradient)
{
    gradients->x[i] = (int16_t)gradient.x;
    gradients->y[i] = (int16_t)gradient.y;
}

static struct gradient get(const struct gradients *gradients, size_t i)
{
    return (struct gradient){gradients->x[i], gradients->y[i]};
}

static void write_block(const struct gradients *restrict gradients, size_t count, enum form form,
                        unsigned threshold, uint8_t *restrict out)
{
    // Constants, so that nothing is decided within the loops.
    const struct magnitude l1 = {.l2 = false, .threshold = -1}, l2 = {.l2 = true, .threshold = -1};
    switch (form) {
    case FORM_L1:
        for (size_t i = 0; i < count; i++)
            out[i] = gradient_byte(get(gradients, i), &l1);
        break;
    case FORM_L2:
        for (size_t i = 0; i < count; i++)
            out[i] = gradient_byte(get(gradients, i), &l2);
        break;
    case FORM_L1_EDGE:
        for (size_t i = 0; i < count; i++)
            out[i] = abs(gradients->x[i]) + abs(gradients->y[i]) > (int)threshold ? 255 : 0;
        break;
    case FORM_L2_EDGE:
        for (size_t i = 0; i < count; i++)
            out[i] = l2_square(get(gradients, i)) > l2_limit(threshold) ? 255 : 0;
        break;
    case FORM_BLACK:
        for (size_t i = 0; i < count; i++)
            out[i] = 0;
        break;
    }
}

static ALWAYS_INLINE void stencil_blocks(enum stencil stencil, const uint8_t *const rows[3],
                                         size_t width, const struct magnitude *magnitude,
                                         uint8_t *out)
{
    // A copy of the pointers cannot be changed by what is written through `out`.
    const uint8_t *const own[3] = {rows[0], rows[1], rows[2]};
    const enum form form = form_of(stencil, magnitude);
    const unsigned threshold = (unsigned)magnitude->threshold;
    struct gradients gradients;
    for (size_t first = 0; first < width; first += BLOCK) {
        const size_t end = width - first < BLOCK ? width : first + BLOCK;
        const size_t inner = end < width ? end : width - 1;
        size_t x = first;
        if (first == 0)
            set(&gradients, x++, gradient_reflected(stencil, own, width, 0));
        for (; x < inner; x++)
            set(&gradients, x - first, gradient_at(stencil, own, x - 1, x, x + 1));
        if (x < end)
            set(&gradients, x - first, gradient_reflected(stencil, own, width, x));
        write_block(&gradients, end - first, form, threshold, out + first);
    }
}

static void sobel(const uint8_t *const rows[3], size_t width, const struct magnitude *magnitude,
                  uint8_t *out)
{
    stencil_blocks(STENCIL_SOBEL, rows, width, magnitude, out);
}

static void scharr(const uint8_t *const rows[3], size_t width, const struct magnitude *magnitude,
                   uint8_t *out)
{
    stencil_blocks(STENCIL_SCHARR, rows, width, magnitude, out);
}

static void prewitt(const uint8_t *const rows[3], size_t width, const struct magnitude *magnitude,
                    uint8_t *out)
{
    stencil_blocks(STENCIL_PREWITT, rows, width, magnitude, out);
}

static void roberts(const uint8_t *const rows[3], size_t width, const struct magnitude *magnitude,
                    uint8_t *out)
{
    stencil_blocks(STENCIL_ROBERTS, rows, width, magnitude, out);
}

static void laplacian(const uint8_t *const rows[3], size_t width, const struct magnitude *magnitude,
                      uint8_t *out)
{
    stencil_blocks(STENCIL_LAPLACIAN, rows, width, magnitude, out);
}

static uint64_t sum(const uint8_t *bytes, size_t size)
{
    uint64_t total = 0;
    while (size > 0) {
        // As many bytes as cannot overflow 32 bits.
        const size_t count = size < (1 << 24) ? size : 1 << 24;
        uint32_t part = 0;
        for (size_t i = 0; i < count; i++)
            part += bytes[i];
        total += part;
        bytes += count;
        size -= count;
    }
    return total;
}

static void pack(const uint8_t *restrict bytes, size_t width, uint8_t *restrict out)
{
    for (size_t x = 0; x < width; x += 8) {
        const size_t count = width - x < 8 ? width - x : 8;
        unsigned bits = 0;
        for (size_t i = 0; i < count; i++)
            bits |= (unsigned)(bytes[x + i] >> 7) << (7 - i);
        out[x / 8] = (uint8_t)bits;
    }
}

const struct kernels kernels_c = {
    .name = "c",
    .neighbor = neighbor,
    .gray = gray,
    .stencil = {sobel, scharr, prewitt, roberts, laplacian},
    .sum = sum,
    .pack = pack,
};
