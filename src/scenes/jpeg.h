// SPDX-License-Identifier: MIT
//
// JPEG encoding into memory.
#ifndef SCENES_JPEG_H
#define SCENES_JPEG_H

#include "canvas.h"

#include <stdbool.h>
#include <stddef.h>

struct jpeg_buffer {
    unsigned char *bytes; // owned; release with jpeg_buffer_free()
    size_t size;
    size_t capacity;
    bool failed; // memory ran out
};

// False when memory runs out; the buffer is then empty.
bool jpeg_encode(const struct canvas *canvas, int quality, struct jpeg_buffer *buffer);
void jpeg_buffer_free(struct jpeg_buffer *buffer);

#endif
