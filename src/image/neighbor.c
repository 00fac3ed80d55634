// SPDX-License-Identifier: MIT
#include "image/neighbor.h"

static unsigned difference(const uint8_t *a, const uint8_t *b)
{
    unsigned sum = 0;
    for (int channel = 0; channel < 3; channel++)
        sum += a[channel] > b[channel] ? (unsigned)(a[channel] - b[channel])
                                       : (unsigned)(b[channel] - a[channel]);
    return sum;
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
    // floor(sum / 2) > t is the same as sum > 2t + 1 for whole numbers, and saves the division.
    const unsigned both = 2 * threshold + 1;
    for (size_t x = 0; x < last; x++) {
        const uint8_t *pixel = row + 3 * x;
        const unsigned sum = difference(pixel, pixel + 3) + difference(pixel, below + 3 * x);
        out[x] = sum > both ? 255 : 0;
    }
    out[last] = difference(row + 3 * last, below + 3 * last) > threshold ? 255 : 0;
}
