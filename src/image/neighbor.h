// SPDX-License-Identifier: MIT
// The neighbour difference, edgefetch's default detector.
#ifndef IMAGE_NEIGHBOR_H
#define IMAGE_NEIGHBOR_H

#include <stddef.h>
#include <stdint.h>

// One row of the map. For every pixel: over its right and its lower neighbour, where they exist,
// the sum of |dR| + |dG| + |dB|, divided by the number of neighbours (integer division); 255 where
// that is above `threshold`, 0 elsewhere. A pixel without neighbours is 0.
//
// `row` and `below` are `width` RGB pixels; `below` is NULL for the last row. `out` is `width`
// bytes and overlaps neither. width is at least 1.
void neighbor_row(const uint8_t *row, const uint8_t *below, size_t width, unsigned threshold,
                  uint8_t *out);

#endif
