// SPDX-License-Identifier: MIT
// A Gaussian blur on gray rows as they come, so that what follows stays row by row.
#ifndef IMAGE_BLUR_H
#define IMAGE_BLUR_H

#include <stdint.h>

struct blur;

// For a picture of width x height, both at least 1. `sigma` is in pixels, 0.1 to 20 (what is
// outside is cut to that). The kernel reaches ceil(3 sigma) pixels to each side; its weights are
// fixed-point and add up to 1 exactly, so that a constant picture stays as it is, and no result
// depends on the machine. Borders are reflected without repeating the edge pixel, as often as it
// takes. Holds two bytes a pixel for as many rows as the kernel is high. NULL when out of memory.
struct blur *blur_open(double sigma, uint32_t width, uint32_t height);

// Takes the next of `height` rows; it is only read during the call. blur_take() must have returned
// NULL before.
void blur_push(struct blur *blur, const uint8_t *row);

// The next blurred row, if the rows pushed so far decide it; NULL otherwise. It belongs to the blur
// and holds until the next call. After the last push it returns all that are left, one by one.
const uint8_t *blur_take(struct blur *blur);

// Frees the blur; NULL is nothing.
void blur_close(struct blur *blur);

#endif
