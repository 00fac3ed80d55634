// SPDX-License-Identifier: MIT
// How much memory a picture will take, told from its header before anything is allocated.
#ifndef IMAGE_MEMORY_H
#define IMAGE_MEMORY_H

#include "image/container.h"

// The most that is held of a picture at once while it is decoded, or made of its compressed data
// even if it is not held, in bytes: what decoder and turning upright keep in proportion to its
// area. An upper bound for well-formed pictures, and close to what is measured. `pixels` is an or
// of enum pixels; with `stb` stb_image decodes it. The container's area is within some limit.
uint64_t memory_of_picture(enum ef_type type, const struct container *container, unsigned pixels,
                           bool stb);

// A limit of limits.h for pictures of usual size, where pictures may have so many pixels.
uint64_t memory_scaled(uint64_t limit, uint64_t max_pixels);

#endif
