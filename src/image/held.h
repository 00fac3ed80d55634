// SPDX-License-Identifier: MIT
// A picture that is held whole, as a source: for decoders that cannot stream.
#ifndef IMAGE_HELD_H
#define IMAGE_HELD_H

#include "image/rows.h"

#include <stddef.h>

struct held {
    uint32_t width, height;
    uint32_t channels; // of `pixels`: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA
    size_t stride;     // bytes from a row of `pixels` to the next
    uint8_t *pixels;
    uint8_t *luma; // a JPEG's, `width` bytes a row: gray comes from here; NULL: from `pixels`
    void (*release)(void *); // how `pixels` and `luma` are freed
};

// Makes a source of a held picture and takes over its pixels, whatever comes of it. Transparency
// is composed over white.
enum ef_status held_open(const struct held *held, struct source **source);

// One row of `width` pixels in any of those forms as `rgb` and `gray`, each of which may be NULL.
void held_row(const uint8_t *pixels, uint32_t channels, size_t width, uint8_t *rgb, uint8_t *gray);

#endif
