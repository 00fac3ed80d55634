// SPDX-License-Identifier: MIT
// stb_image_write, which wants the whole picture at once.
#include "image/encoders.h"

#include <stb_image_write.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct stb_sink {
    struct sink sink;
    struct encode_settings settings;
    enum ef_format format;
    uint8_t *pixels;
    uint32_t rows; // that have come
    bool refused;
};

static enum ef_status write_row(struct sink *sink, const uint8_t *row)
{
    struct stb_sink *stb = (struct stb_sink *)sink;
    const size_t row_bytes = (size_t)stb->settings.width * stb->settings.channels;
    if (stb->rows == stb->settings.height)
        return EF_INTERNAL;
    memcpy(stb->pixels + stb->rows++ * row_bytes, row, row_bytes);
    return EF_OK;
}

// stb_image_write has no way to stop or to report: a refusal is remembered and what follows
// ignored.
static void put(void *context, void *data, int size)
{
    struct stb_sink *stb = context;
    if (!stb->refused && size > 0)
        stb->refused = stb->settings.write(stb->settings.context, data, (size_t)size) != 0;
}

static enum ef_status finish_stb(struct sink *sink)
{
    struct stb_sink *stb = (struct stb_sink *)sink;
    const int width = (int)stb->settings.width;
    const int height = (int)stb->settings.height;
    const int channels = (int)stb->settings.channels;
    int written = 0;
    if (stb->rows != stb->settings.height)
        return EF_INTERNAL;
    if (stb->format == EF_FORMAT_JPG)
        written = stbi_write_jpg_to_func(put, stb, width, height, channels, stb->pixels,
                                         stb->settings.quality);
    else if (stb->format == EF_FORMAT_BMP)
        written = stbi_write_bmp_to_func(put, stb, width, height, channels, stb->pixels);
    else
        written = stbi_write_tga_to_func(put, stb, width, height, channels, stb->pixels);
    if (stb->refused)
        return EF_OUTPUT_FAILED;
    return written ? EF_OK : EF_OUT_OF_MEMORY;
}

static void close_stb(struct sink *sink)
{
    struct stb_sink *stb = (struct stb_sink *)sink;
    free(stb->pixels);
    free(stb);
}

static enum ef_status open_stb(const struct encode_settings *settings, enum ef_format format,
                               struct sink **sink)
{
    enum { FILE_BYTES_PER_PIXEL = 4 }; // BMP's three and a row's padding; counted in an int
    const uint64_t pixels = (uint64_t)settings->width * settings->height;
    *sink = NULL;
    if (pixels > INT_MAX / FILE_BYTES_PER_PIXEL - 64)
        return EF_OUT_OF_MEMORY;
    struct stb_sink *stb = calloc(1, sizeof *stb);
    if (stb == NULL)
        return EF_OUT_OF_MEMORY;
    stb->sink = (struct sink){write_row, finish_stb, close_stb};
    stb->settings = *settings;
    stb->format = format;
    stb->pixels = malloc((size_t)pixels * settings->channels);
    if (stb->pixels == NULL) {
        free(stb);
        return EF_OUT_OF_MEMORY;
    }
    *sink = &stb->sink;
    return EF_OK;
}

enum ef_status stb_sink_open_bmp(const struct encode_settings *settings, struct sink **sink)
{
    return open_stb(settings, EF_FORMAT_BMP, sink);
}

enum ef_status stb_sink_open_tga(const struct encode_settings *settings, struct sink **sink)
{
    return open_stb(settings, EF_FORMAT_TGA, sink);
}

enum ef_status stb_sink_open_jpg(const struct encode_settings *settings, struct sink **sink)
{
    return open_stb(settings, EF_FORMAT_JPG, sink);
}
