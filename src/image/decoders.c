// SPDX-License-Identifier: MIT
#include "image/decoders.h"

#ifdef HAVE_AVIF
#include "image/avif_library.h"
#endif

#include <string.h>

#define STB_IMAGE "stb_image"

const struct decoder decoders[] = {
#ifdef HAVE_JPEG
    {"libjpeg-turbo", EF_TYPE_JPEG, jpeg_open, NULL, NULL},
#endif
#ifdef HAVE_PNG
    {"libpng", EF_TYPE_PNG, png_open, NULL, NULL},
#endif
#ifdef HAVE_WEBP
    {"libwebp", EF_TYPE_WEBP, webp_open, NULL, NULL},
#endif
#ifdef HAVE_AVIF
    {"libavif", EF_TYPE_AVIF, avif_open, avif_library_load, avif_library_is_loaded},
#endif
    {STB_IMAGE, EF_TYPE_JPEG, stb_open_jpeg, NULL, NULL},
    {STB_IMAGE, EF_TYPE_PNG, stb_open, NULL, NULL},
    {STB_IMAGE, EF_TYPE_GIF, stb_open, NULL, NULL},
    {STB_IMAGE, EF_TYPE_BMP, stb_open, NULL, NULL},
    {STB_IMAGE, EF_TYPE_PNM, stb_open_pnm, NULL, NULL},
    {NULL, EF_TYPE_UNKNOWN, NULL, NULL, NULL},
};

bool decoder_is_stb(const struct decoder *decoder)
{
    return strcmp(decoder->library, STB_IMAGE) == 0;
}

const struct decoder *decoder_for(enum ef_type type, bool stb_only)
{
    for (const struct decoder *decoder = decoders; decoder->library != NULL; decoder++)
        if (decoder->type == type && (!stb_only || decoder_is_stb(decoder)))
            return decoder;
    return NULL;
}

bool ef_load(enum ef_type type)
{
    const struct decoder *decoder = decoder_for(type, false);
    return decoder != NULL && (decoder->load == NULL || decoder->load());
}

bool ef_is_loaded(enum ef_type type)
{
    const struct decoder *decoder = decoder_for(type, false);
    return decoder == NULL || decoder->is_loaded == NULL || decoder->is_loaded();
}
