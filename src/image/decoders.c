// SPDX-License-Identifier: MIT
#include "image/decoders.h"

#include <string.h>

#define STB_IMAGE "stb_image"

const struct decoder decoders[] = {
#ifdef HAVE_JPEG
    {"libjpeg-turbo", EF_TYPE_JPEG, jpeg_open},
#endif
#ifdef HAVE_PNG
    {"libpng", EF_TYPE_PNG, png_open},
#endif
#ifdef HAVE_WEBP
    {"libwebp", EF_TYPE_WEBP, webp_open},
#endif
#ifdef HAVE_AVIF
    {"libavif", EF_TYPE_AVIF, avif_open},
#endif
    {STB_IMAGE, EF_TYPE_JPEG, stb_open_jpeg},   {STB_IMAGE, EF_TYPE_PNG, stb_open},
    {STB_IMAGE, EF_TYPE_GIF, stb_open},         {STB_IMAGE, EF_TYPE_BMP, stb_open},
    {STB_IMAGE, EF_TYPE_PNM, stb_open_pnm},     {NULL, EF_TYPE_UNKNOWN, NULL},
};

const struct decoder *decoder_for(enum ef_type type, bool stb_only)
{
    for (const struct decoder *decoder = decoders; decoder->library != NULL; decoder++)
        if (decoder->type == type && (!stb_only || strcmp(decoder->library, STB_IMAGE) == 0))
            return decoder;
    return NULL;
}
