// SPDX-License-Identifier: MIT
// The row filters of PNG (W3C PNG, third edition, section 9), and the choice among them.
#ifndef IMAGE_PNG_FILTER_H
#define IMAGE_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

// Filters a row of `size` bytes, `pixel` bytes to a pixel, by whichever of Sub, Up and Paeth leaves
// the smallest sum of absolute differences (the standard's own heuristic, section 12.7). `above` is
// the row before it, all zeros for the first. Writes 1 + size bytes: the filter's number and the
// filtered row.
void png_filter_row(const uint8_t *row, const uint8_t *above, size_t size, size_t pixel,
                    uint8_t *out);

#endif
