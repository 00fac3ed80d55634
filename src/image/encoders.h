// SPDX-License-Identifier: MIT
// The encoders themselves, for the table in encoders.c; each is struct encoder's `open`.
#ifndef IMAGE_ENCODERS_H
#define IMAGE_ENCODERS_H

#include "image/encoder.h"

typedef enum ef_status encoder_open(const struct encode_settings *settings, struct sink **sink);

encoder_open png_sink_open; // our own, with whatever compresses in this build

// stb_image_write. They hold the map.
encoder_open stb_sink_open_bmp;
encoder_open stb_sink_open_tga;
encoder_open stb_sink_open_jpg; // three equal components, because it knows no other form

encoder_open jpeg_sink_open; // libjpeg-turbo, where HAVE_JPEG
encoder_open webp_sink_open; // libwebp, lossless, where HAVE_WEBP; holds the map

// What png_sink_open compresses with: "libdeflate", "zlib" ...
const char *png_sink_compressor(void);

#endif
