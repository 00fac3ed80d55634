// SPDX-License-Identifier: MIT
// The chunks of a WebP file, for those who look for one of them.
#ifndef IMAGE_WEBP_H
#define IMAGE_WEBP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct webp_chunk {
    const uint8_t *type; // four letters
    const uint8_t *body;
    size_t size; // of the body, or of what there is of it
};

enum { WEBP_FIRST_CHUNK = 12 }; // where it begins in a file

// Reads the chunk at `*at` and sets it to the next one's place. False when there is no more.
bool webp_next_chunk(const uint8_t *data, size_t size, size_t *at, struct webp_chunk *chunk);

#endif
