// SPDX-License-Identifier: MIT
// Our own PNG writer (W3C PNG, third edition): RGB or gray of 8 bits, or gray of 1 bit where there
// are only two values, which is an eighth of the bytes to compress.
#include "image/encoders.h"

#include "base/limits.h"
#include "image/bytes.h"
#include "image/deflate.h"
#include "image/kernels/kernels.h"
#include "image/png_filter.h"

#include <stdlib.h>
#include <string.h>

// For the maps of gradients "up" and "sub" cost as much and give 5 % more; for bits they are
// meant for nothing.
enum { FILTER_NONE = 0 };

enum { COLOR_GRAY = 0, COLOR_RGB = 2 };

struct png_sink {
    struct sink sink;
    struct encode_settings settings;
    struct deflater *deflater;
    uint8_t *above; // the last row, where rows are filtered; NULL otherwise
    bool begun;     // the chunks before the image data are written
};

static enum ef_status put(const struct png_sink *png, const void *data, size_t size)
{
    return png->settings.write(png->settings.context, data, size) == 0 ? EF_OK : EF_OUTPUT_FAILED;
}

// A chunk: length, type, data, and the CRC of the latter two.
static enum ef_status put_chunk(const struct png_sink *png, const char *type, const uint8_t *data,
                                uint32_t size)
{
    uint8_t head[8];
    uint8_t tail[4];
    put_be32(head, size);
    memcpy(head + 4, type, 4);
    const uint32_t crc = deflate_crc32(0, type, 4);
    put_be32(tail, size > 0 ? deflate_crc32(crc, data, size) : crc); // no data starts a CRC anew
    enum ef_status status = put(png, head, sizeof head);
    if (status == EF_OK && size > 0)
        status = put(png, data, size);
    return status == EF_OK ? put(png, tail, sizeof tail) : status;
}

static enum ef_status put_head(const struct png_sink *png)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    uint8_t header[13] = {0}; // the last three: deflate, the five filters, not interlaced
    put_be32(header, png->settings.width);
    put_be32(header + 4, png->settings.height);
    header[8] = png->settings.two_valued ? 1 : 8;
    header[9] = png->settings.channels == 3 ? COLOR_RGB : COLOR_GRAY;
    const enum ef_status status = put(png, signature, sizeof signature);
    return status == EF_OK ? put_chunk(png, "IHDR", header, sizeof header) : status;
}

// Takes the compressed data, from deflate.
static enum ef_status put_image_data(void *context, const uint8_t *data, size_t size)
{
    struct png_sink *png = context;
    enum ef_status status = png->begun ? EF_OK : put_head(png);
    png->begun = true;
    while (size > 0 && status == EF_OK) {
        const uint32_t part =
            size < LIMIT_PNG_IDAT_BYTES ? (uint32_t)size : (uint32_t)LIMIT_PNG_IDAT_BYTES;
        status = put_chunk(png, "IDAT", data, part);
        data += part;
        size -= part;
    }
    return status;
}

static size_t row_bytes(const struct encode_settings *settings)
{
    const size_t width = settings->width;
    return settings->two_valued ? (width + 7) / 8 : width * settings->channels;
}

static enum ef_status write_row(struct sink *sink, const uint8_t *row)
{
    struct png_sink *png = (struct png_sink *)sink;
    uint8_t *to = deflate_next_row(png->deflater);
    if (to == NULL)
        return deflate_finish(png->deflater);
    if (png->above != NULL) {
        const size_t size = row_bytes(&png->settings);
        png_filter_row(row, png->above, size, png->settings.channels, to);
        memcpy(png->above, row, size);
        return EF_OK;
    }
    to[0] = FILTER_NONE;
    if (png->settings.two_valued)
        kernels()->pack(row, png->settings.width, to + 1);
    else
        memcpy(to + 1, row, png->settings.width);
    return EF_OK;
}

static enum ef_status finish_png(struct sink *sink)
{
    struct png_sink *png = (struct png_sink *)sink;
    const enum ef_status status = deflate_finish(png->deflater);
    return status == EF_OK ? put_chunk(png, "IEND", NULL, 0) : status;
}

static void close_png(struct sink *sink)
{
    struct png_sink *png = (struct png_sink *)sink;
    deflate_close(png->deflater);
    free(png->above);
    free(png);
}

enum ef_status png_sink_open(const struct encode_settings *settings, struct sink **sink)
{
    struct png_sink *png = calloc(1, sizeof *png);
    *sink = NULL;
    if (png == NULL)
        return EF_OUT_OF_MEMORY;
    png->sink = (struct sink){write_row, finish_png, close_png};
    png->settings = *settings;
    png->deflater = deflate_open(&(struct deflate_settings){
        .row_bytes = 1 + row_bytes(settings),
        .rows = settings->height,
        .level = settings->compression,
        .noisy = !settings->two_valued && settings->channels == 1,
        .put = put_image_data,
        .context = png,
    });
    if (settings->channels == 3)
        png->above = calloc(1, row_bytes(settings));
    if (png->deflater == NULL || (settings->channels == 3 && png->above == NULL)) {
        close_png(&png->sink);
        return EF_OUT_OF_MEMORY;
    }
    *sink = &png->sink;
    return EF_OK;
}

const char *png_sink_compressor(void)
{
    return deflate_library();
}
