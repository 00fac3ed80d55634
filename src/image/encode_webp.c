// SPDX-License-Identifier: MIT
// libwebp, lossless. It wants the whole picture, as ARGB.
#include "image/encoders.h"

#include "image/bytes.h"

#include <webp/encode.h>

#include <stdlib.h>

struct webp_sink {
    struct sink sink;
    struct encode_settings settings;
    WebPConfig config;
    WebPPicture picture;
    uint32_t rows; // that have come
};

static enum ef_status write_row(struct sink *base, const uint8_t *row)
{
    struct webp_sink *sink = (struct webp_sink *)base;
    if (sink->rows == sink->settings.height)
        return EF_INTERNAL;
    uint32_t *to = sink->picture.argb + (size_t)sink->rows++ * (size_t)sink->picture.argb_stride;
    if (sink->settings.channels == 3)
        for (uint32_t x = 0; x < sink->settings.width; x++)
            to[x] = 0xFF000000u | be24(row + (size_t)x * 3);
    else
        for (uint32_t x = 0; x < sink->settings.width; x++)
            to[x] = 0xFF000000u | row[x] * 0x010101u;
    return EF_OK;
}

static int put(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    const struct webp_sink *sink = picture->custom_ptr;
    return sink->settings.write(sink->settings.context, data, size) == 0;
}

static enum ef_status status_of(WebPEncodingError error)
{
    switch (error) {
    case VP8_ENC_ERROR_BAD_WRITE:
        return EF_OUTPUT_FAILED;
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
        return EF_OUT_OF_MEMORY;
    case VP8_ENC_ERROR_FILE_TOO_BIG:
        return EF_OUTPUT_TOO_LARGE;
    default:
        return EF_INTERNAL;
    }
}

static enum ef_status finish_webp(struct sink *base)
{
    struct webp_sink *sink = (struct webp_sink *)base;
    if (sink->rows != sink->settings.height)
        return EF_INTERNAL;
    return WebPEncode(&sink->config, &sink->picture) ? EF_OK : status_of(sink->picture.error_code);
}

static void close_webp(struct sink *base)
{
    struct webp_sink *sink = (struct webp_sink *)base;
    WebPPictureFree(&sink->picture);
    free(sink);
}

enum ef_status webp_sink_open(const struct encode_settings *settings, struct sink **opened)
{
    enum { EFFORT = 0 }; // of 0 to 9
    struct webp_sink *sink = calloc(1, sizeof *sink);
    *opened = NULL;
    if (sink == NULL)
        return EF_OUT_OF_MEMORY;
    sink->sink = (struct sink){write_row, finish_webp, close_webp};
    sink->settings = *settings;
    if (!WebPConfigInit(&sink->config) || !WebPConfigLosslessPreset(&sink->config, EFFORT) ||
        !WebPPictureInit(&sink->picture)) { // a library other than the one compiled against
        free(sink);
        return EF_INTERNAL;
    }
    sink->picture.use_argb = 1;
    sink->picture.width = (int)settings->width;
    sink->picture.height = (int)settings->height;
    sink->picture.writer = put;
    sink->picture.custom_ptr = sink;
    if (!WebPPictureAlloc(&sink->picture)) {
        close_webp(&sink->sink);
        return EF_OUT_OF_MEMORY;
    }
    *opened = &sink->sink;
    return EF_OK;
}
