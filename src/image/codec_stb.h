// SPDX-License-Identifier: MIT
// stb_image and stb_image_write, the codec that is always there.
#ifndef IMAGE_CODEC_STB_H
#define IMAGE_CODEC_STB_H

#include <edgefetch/edges.h>

// Decodes data whose container has been checked: known type, whole, within the pixel limit. Same
// result as ef_decode().
enum ef_status codec_stb_decode(const uint8_t *data, size_t size, struct ef_image *image,
                                struct ef_detail *detail);

// Same contract as ef_encode(), sizes checked.
enum ef_status codec_stb_encode(const struct ef_image *map, enum ef_format format, ef_write *write,
                                void *context);

// What compresses PNG in this build: "libdeflate" or "stb".
const char *codec_stb_compressor(void);

#endif
