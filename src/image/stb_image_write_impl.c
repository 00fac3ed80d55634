// SPDX-License-Identifier: MIT
// The one translation unit that holds stb_image_write, from the distribution's package, and the
// encode half of the codec, because its settings are variables of that unit.
#include "image/codec_stb.h"

#include <stdlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>

// stb_image_write's hook for a better zlib: its own takes five times as long as the decode. The
// result is released by stb_image_write with free().
static unsigned char *compress_with_libdeflate(unsigned char *data, int size, int *out_size,
                                               int quality)
{
    const int fast = 1; // higher levels gain nothing on edge maps worth their time
    (void)quality;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(fast);
    if (compressor == NULL)
        return NULL;
    const size_t bound = libdeflate_zlib_compress_bound(compressor, (size_t)size);
    unsigned char *out = malloc(bound);
    if (out != NULL)
        *out_size = (int)libdeflate_zlib_compress(compressor, data, (size_t)size, out, bound);
    libdeflate_free_compressor(compressor);
    return out;
}
#define STBIW_ZLIB_COMPRESS compress_with_libdeflate
#endif

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

enum { JPEG_QUALITY = 90, PNG_FILTER_NONE = 0 };

// stb_image_write has no way to stop or to report: a refusal is remembered and what follows
// ignored.
struct sink {
    ef_write *write;
    void *context;
    bool refused;
};

static void put(void *context, void *data, int size)
{
    struct sink *sink = context;
    if (!sink->refused && size > 0)
        sink->refused = sink->write(sink->context, data, (size_t)size) != 0;
}

enum ef_status codec_stb_encode(const struct ef_image *map, enum ef_format format, ef_write *write,
                                void *context)
{
    struct sink sink = {write, context, false};
    const int width = (int)map->width;
    const int height = (int)map->height;
    int written = 0;
    switch (format) {
    case EF_FORMAT_PNG:
        stbi_write_force_png_filter = PNG_FILTER_NONE; // best and fastest for two-valued maps
        written = stbi_write_png_to_func(put, &sink, width, height, 1, map->pixels, width);
        break;
    case EF_FORMAT_JPG:
        written = stbi_write_jpg_to_func(put, &sink, width, height, 1, map->pixels, JPEG_QUALITY);
        break;
    case EF_FORMAT_BMP:
        written = stbi_write_bmp_to_func(put, &sink, width, height, 1, map->pixels);
        break;
    case EF_FORMAT_TGA:
        written = stbi_write_tga_to_func(put, &sink, width, height, 1, map->pixels);
        break;
    case EF_FORMAT_COUNT:
        return EF_INTERNAL;
    }
    if (sink.refused)
        return EF_OUTPUT_FAILED;
    return written ? EF_OK : EF_OUT_OF_MEMORY;
}

const char *codec_stb_compressor(void)
{
#ifdef HAVE_LIBDEFLATE
    return "libdeflate";
#else
    return "stb";
#endif
}
