// SPDX-License-Identifier: MIT
#include "image/neighbor.h"

enum { BLOCK = 256 }; // pixels whose differences are kept in the nearest cache

static unsigned absolute(uint8_t a, uint8_t b)
{
    return a > b ? (unsigned)(a - b) : (unsigned)(b - a);
}

static unsigned difference(const uint8_t *a, const uint8_t *b)
{
    return absolute(a[0], b[0]) + absolute(a[1], b[1]) + absolute(a[2], b[2]);
}

// `count` pixels that all have a right and a lower neighbour. In two passes, because compilers
// vectorise the first, which need not know where a pixel begins.
static void block(const uint8_t *restrict row, const uint8_t *restrict below, size_t count,
                  unsigned threshold, uint8_t *restrict out)
{
    uint16_t sums[3 * BLOCK];
    for (size_t i = 0; i < 3 * count; i++)
        sums[i] = (uint16_t)(absolute(row[i], row[i + 3]) + absolute(row[i], below[i]));
    for (size_t x = 0; x < count; x++) {
        const unsigned sum = (unsigned)sums[3 * x] + sums[3 * x + 1] + sums[3 * x + 2];
        // floor(sum / 2) > t is the same as sum > 2t + 1 for whole numbers, and saves the division.
        out[x] = sum > 2 * threshold + 1 ? 255 : 0;
    }
}

void neighbor_row(const uint8_t *restrict row, const uint8_t *restrict below, size_t width,
                  unsigned threshold, uint8_t *restrict out)
{
    const size_t last = width - 1;
    if (below == NULL) {
        for (size_t x = 0; x < last; x++)
            out[x] = difference(row + 3 * x, row + 3 * x + 3) > threshold ? 255 : 0;
        out[last] = 0;
        return;
    }
    for (size_t x = 0; x < last; x += BLOCK) {
        const size_t count = last - x < BLOCK ? last - x : BLOCK;
        block(row + 3 * x, below + 3 * x, count, threshold, out + x);
    }
    out[last] = difference(row + 3 * last, below + 3 * last) > threshold ? 255 : 0;
}
