// SPDX-License-Identifier: MIT
#include "image/png_filter.h"

#include <stdlib.h>

enum filter { SUB = 1, UP = 2, PAETH = 4 };

// What the pixel to the left (a), the one above (b) and the one above that (c) predict.
static inline uint8_t predict_paeth(uint8_t a, uint8_t b, uint8_t c)
{
    const int to_a = abs(b - c);
    const int to_b = abs(a - c);
    const int to_c = abs(a + b - 2 * c);
    const uint8_t of_b_and_c = to_b <= to_c ? b : c;
    return to_a <= to_b && to_a <= to_c ? a : of_b_and_c;
}

static inline uint8_t apply(enum filter filter, const uint8_t *row, const uint8_t *above, size_t i,
                            size_t pixel)
{
    const uint8_t prediction = filter == SUB ? row[i - pixel]
                               : filter == UP
                                   ? above[i]
                                   : predict_paeth(row[i - pixel], above[i], above[i - pixel]);
    return (uint8_t)(row[i] - prediction);
}

// The first pixel has none to its left: its predictions are 0, or above[i] where that counts.
static inline uint8_t apply_to_first(enum filter filter, const uint8_t *row, const uint8_t *above,
                                     size_t i)
{
    return (uint8_t)(row[i] - (filter == SUB ? 0 : above[i]));
}

static inline uint32_t magnitude(uint8_t difference)
{
    return difference < 128 ? difference : 256u - difference;
}

static inline __attribute__((always_inline)) uint64_t
cost_of(enum filter filter, const uint8_t *row, const uint8_t *above, size_t size, size_t pixel)
{
    uint64_t cost = 0;
    for (size_t i = pixel; i < size; i++)
        cost += magnitude(apply(filter, row, above, i, pixel));
    return cost;
}

static inline __attribute__((always_inline)) void filter_row(enum filter filter, const uint8_t *row,
                                                             const uint8_t *above, size_t size,
                                                             size_t pixel, uint8_t *restrict out)
{
    out[0] = (uint8_t)filter;
    for (size_t i = 0; i < pixel; i++)
        out[1 + i] = apply_to_first(filter, row, above, i);
    for (size_t i = pixel; i < size; i++)
        out[1 + i] = apply(filter, row, above, i, pixel);
}

void png_filter_row(const uint8_t *row, const uint8_t *above, size_t size, size_t pixel,
                    uint8_t *out)
{
    const uint64_t sub = cost_of(SUB, row, above, size, pixel);
    const uint64_t up = cost_of(UP, row, above, size, pixel);
    const uint64_t paeth = cost_of(PAETH, row, above, size, pixel);
    if (paeth < sub && paeth < up)
        filter_row(PAETH, row, above, size, pixel, out);
    else if (sub < up)
        filter_row(SUB, row, above, size, pixel, out);
    else
        filter_row(UP, row, above, size, pixel, out);
}
