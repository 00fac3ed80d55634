// SPDX-License-Identifier: MIT
// The decoders themselves, for the table in decoders.c; each is struct decoder's `open`.
#ifndef IMAGE_DECODERS_H
#define IMAGE_DECODERS_H

#include "image/decoder.h"

typedef enum ef_status decoder_open(const uint8_t *data, size_t size, unsigned pixels,
                                    struct source **source, struct ef_detail *detail);

// stb_image. RGB JPEGs and four-component ones get their gray from its own weights, which differ
// from ours by one level at most.
decoder_open stb_open; // PNG, GIF, BMP
decoder_open stb_open_jpeg;
decoder_open stb_open_pnm;

decoder_open jpeg_open; // libjpeg-turbo, where HAVE_JPEG
decoder_open png_open;  // libpng, where HAVE_PNG
decoder_open webp_open; // libwebp, where HAVE_WEBP
decoder_open avif_open; // libavif, where HAVE_AVIF

#endif
