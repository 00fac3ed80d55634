// SPDX-License-Identifier: MIT
#include "image/encoders.h"

#include <stddef.h>

enum {
    SIDE_JPEG_TURBO = 65500,
    SIDE_16_BIT = 65535,
    SIDE_WEBP = 16383,
    SIDE_31_BIT = 0x7FFFFFFF, // PNG
    SIDE_STB_BMP = 1 << 24,   // stb_image_write counts the file's bytes in an int
};

const struct encoder encoders[] = {
    {EF_FORMAT_PNG, "edgefetch", SIDE_31_BIT, png_sink_open},
#ifdef HAVE_JPEG
    {EF_FORMAT_JPG, "libjpeg-turbo", SIDE_JPEG_TURBO, jpeg_sink_open},
#else
    {EF_FORMAT_JPG, "stb_image_write", SIDE_16_BIT, stb_sink_open_jpg},
#endif
    {EF_FORMAT_BMP, "stb_image_write", SIDE_STB_BMP, stb_sink_open_bmp},
    {EF_FORMAT_TGA, "stb_image_write", SIDE_16_BIT, stb_sink_open_tga},
#ifdef HAVE_WEBP
    {EF_FORMAT_WEBP, "libwebp", SIDE_WEBP, webp_sink_open},
#endif
    {EF_FORMAT_COUNT, NULL, 0, NULL},
};

const struct encoder *encoder_for(enum ef_format format)
{
    for (const struct encoder *encoder = encoders; encoder->library != NULL; encoder++)
        if (encoder->format == format)
            return encoder;
    return NULL;
}
