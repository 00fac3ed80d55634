// SPDX-License-Identifier: MIT
//
// Collects what stb_image_write's JPEG encoder puts out.
#include "jpeg.h"

#include <stb_image_write.h>
#include <stdlib.h>
#include <string.h>

enum {
    JPEG_FIRST_CAPACITY = 1 << 20,
};

// Called by stb for every few bytes, so the buffer grows by doubling.
static void append(void *context, void *data, int size)
{
    struct jpeg_buffer *buffer = context;
    size_t added = (size_t)size;
    if (buffer->failed) {
        return;
    }
    if (added > buffer->capacity - buffer->size) {
        size_t capacity = buffer->capacity ? buffer->capacity : JPEG_FIRST_CAPACITY;
        while (capacity - buffer->size < added) {
            capacity *= 2;
        }
        unsigned char *bytes = realloc(buffer->bytes, capacity);
        if (!bytes) {
            buffer->failed = true;
            return;
        }
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->size, data, added);
    buffer->size += added;
}

bool jpeg_encode(const struct canvas *canvas, int quality, struct jpeg_buffer *buffer)
{
    *buffer = (struct jpeg_buffer){0};
    unsigned char *rgb_bytes = malloc(CANVAS_BYTES);
    if (!rgb_bytes) {
        return false;
    }
    canvas_to_bytes(canvas, rgb_bytes);
    int written = stbi_write_jpg_to_func(append, buffer, CANVAS_WIDTH, CANVAS_HEIGHT,
                                         CANVAS_CHANNELS, rgb_bytes, quality);
    free(rgb_bytes);
    if (!written || buffer->failed) {
        jpeg_buffer_free(buffer);
        return false;
    }
    return true;
}

void jpeg_buffer_free(struct jpeg_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct jpeg_buffer){0};
}
