// SPDX-License-Identifier: MIT
// Pictures as bytes: encoded by the program, written out by hand, or put together chunk by chunk.
#ifndef UNIT_PICTURES_H
#define UNIT_PICTURES_H

#include <edgefetch/edges.h>

#include <stddef.h>
#include <stdint.h>

// Bytes that grow. All zero is empty; the caller frees `bytes`.
struct bytes {
    uint8_t *bytes;
    size_t size;
};
void bytes_add(struct bytes *to, const void *from, size_t size);
#define BYTES_ADD(to, literal) bytes_add((to), (literal), sizeof(literal) - 1)

// A picture in memory: rows without padding, top row first. All zero holds nothing.
struct picture {
    uint32_t width, height, channels; // 3: RGB, 1: gray or an edge map
    uint8_t *pixels;
};
void picture_free(struct picture *picture);

// A one-channel map of random values.
struct picture map_made(uint32_t width, uint32_t height, uint64_t seed);

// A map through the encoder of a format, with all 256 values. Returns what the encoder says.
enum ef_status map_encode(const struct picture *map, enum ef_format format, ef_write *write,
                          void *context);

// The same into memory; it has to succeed.
struct bytes encoded(const struct picture *map, enum ef_format format);

// A picture through picture_open(), as RGB; all zero when it fails.
enum ef_status picture_decode(const uint8_t *data, size_t size, uint64_t max_pixels,
                              struct picture *picture, enum ef_type *type,
                              struct ef_detail *detail);

// A PNG of stored (not compressed) rows. `rows` has the filter byte 0 before each row; `palette` is
// PLTE's content or NULL.
enum png_color { PNG_GRAY = 0, PNG_RGB = 2, PNG_PALETTE = 3, PNG_GRAY_ALPHA = 4, PNG_RGBA = 6 };
struct bytes png_made(uint32_t width, uint32_t height, unsigned depth, enum png_color color,
                      const struct bytes *palette, const void *rows, size_t size);

// An 8-bit gray one with an eXIf chunk.
struct bytes png_with_exif(uint32_t width, uint32_t height, const struct bytes *exif,
                           const void *rows, size_t size);

extern const uint8_t tiny_gif[43]; // 1 x 1, white
extern const uint8_t tiny_bmp[62]; // 2 x 1, 24 bits, red and blue

#endif
