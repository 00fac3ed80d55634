// SPDX-License-Identifier: MIT
// Making images.
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <edgefetch/edges.h>

#include <stdbool.h>

// Allocates the pixels of a width x height x channels image, not initialised. False when there is
// not enough memory or the size overflows; `image` is then all zero.
bool image_allocate(struct ef_image *image, uint32_t width, uint32_t height, uint32_t channels);

// Writes a formatted detail; a null `detail` is allowed.
void detail_set(struct ef_detail *detail, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
