// SPDX-License-Identifier: MIT
#include "image/deflate.h"

#include "base/limits.h"
#include "image/deflate_runs.h"

#include <stdlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

struct deflater {
    struct deflate_settings settings;
    enum ef_status status; // the first failure
    bool gathered;         // `rows` holds all of them, otherwise one band
    uint8_t *rows;
    size_t size, used; // of `rows`, in bytes
#ifdef HAVE_ZLIB
    z_stream stream;
    bool streaming;  // `stream` is to be ended
    uint8_t *output; // LIMIT_PNG_IDAT_BYTES
#else
    struct runs *runs;
#endif
};

// ---- in one go ----

#ifdef HAVE_LIBDEFLATE

static bool is_gathered(uint64_t total)
{
    return total <= LIMIT_PNG_GATHERED_BYTES;
}

static enum ef_status compress_gathered(struct deflater *deflater)
{
    struct libdeflate_compressor *compressor =
        libdeflate_alloc_compressor(deflater->settings.level); // which takes 4 us
    if (compressor == NULL)
        return EF_OUT_OF_MEMORY;
    const size_t bound = libdeflate_zlib_compress_bound(compressor, deflater->used);
    uint8_t *out = malloc(bound);
    enum ef_status status = EF_OUT_OF_MEMORY;
    if (out != NULL) {
        const size_t size =
            libdeflate_zlib_compress(compressor, deflater->rows, deflater->used, out, bound);
        status = deflater->settings.put(deflater->settings.context, out, size);
    }
    free(out);
    libdeflate_free_compressor(compressor);
    return status;
}

#else

static bool is_gathered(uint64_t total)
{
    (void)total;
    return false;
}

static enum ef_status compress_gathered(struct deflater *deflater)
{
    (void)deflater;
    return EF_INTERNAL;
}

#endif

// ---- in bands ----

#ifdef HAVE_ZLIB

static bool stream_open(struct deflater *deflater)
{
    // Of maps of gradients, looking for runs only takes two thirds of the time of looking for what
    // repeats, and gives less. The memory level is zlib's own.
    enum { FAST = 3, WINDOW_BITS = 15, MEMORY_LEVEL = 8 };
    const int level = deflater->settings.level;
    const int strategy = deflater->settings.noisy && level <= FAST ? Z_RLE : Z_DEFAULT_STRATEGY;
    deflater->output = malloc(LIMIT_PNG_IDAT_BYTES);
    deflater->streaming =
        deflater->output != NULL && deflateInit2(&deflater->stream, level, Z_DEFLATED, WINDOW_BITS,
                                                 MEMORY_LEVEL, strategy) == Z_OK;
    if (!deflater->streaming)
        return false;
    deflater->stream.next_out = deflater->output;
    deflater->stream.avail_out = LIMIT_PNG_IDAT_BYTES;
    return true;
}

// Compresses what is in `rows`, and ends the stream if that is the last.
static enum ef_status stream_band(struct deflater *deflater, bool last)
{
    const int flush = last ? Z_FINISH : Z_NO_FLUSH;
    z_stream *stream = &deflater->stream;
    stream->next_in = deflater->rows;
    stream->avail_in = (uInt)deflater->used;
    deflater->used = 0;
    for (;;) {
        const int result = deflate(stream, flush);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return EF_INTERNAL;
        const bool end = result == Z_STREAM_END;
        const bool starved = !last && stream->avail_out != 0;
        if (starved)
            return EF_OK;
        const size_t size = LIMIT_PNG_IDAT_BYTES - stream->avail_out;
        const enum ef_status status =
            size == 0 ? EF_OK
                      : deflater->settings.put(deflater->settings.context, deflater->output, size);
        if (status != EF_OK || end)
            return status;
        stream->next_out = deflater->output;
        stream->avail_out = LIMIT_PNG_IDAT_BYTES;
    }
}

static void stream_close(struct deflater *deflater)
{
    if (deflater->streaming)
        deflateEnd(&deflater->stream);
    free(deflater->output);
}

#else

static bool stream_open(struct deflater *deflater)
{
    const struct deflate_settings *settings = &deflater->settings;
    deflater->runs = runs_open(settings->level, settings->put, settings->context);
    return deflater->runs != NULL;
}

static enum ef_status stream_band(struct deflater *deflater, bool last)
{
    const enum ef_status status = runs_add(deflater->runs, deflater->rows, deflater->used);
    deflater->used = 0;
    return status == EF_OK && last ? runs_finish(deflater->runs) : status;
}

static void stream_close(struct deflater *deflater)
{
    runs_close(deflater->runs);
}

#endif

// ---- either ----

static size_t band_bytes(const struct deflate_settings *settings)
{
    const size_t rows = LIMIT_PNG_BAND_BYTES / settings->row_bytes;
    return (rows > 0 ? rows : 1) * settings->row_bytes;
}

struct deflater *deflate_open(const struct deflate_settings *settings)
{
    uint64_t total;
    struct deflater *deflater = calloc(1, sizeof *deflater);
    if (deflater == NULL)
        return NULL;
    deflater->settings = *settings;
    if (__builtin_mul_overflow((uint64_t)settings->row_bytes, settings->rows, &total)) {
        free(deflater);
        return NULL;
    }
    deflater->gathered = is_gathered(total);
    deflater->size = deflater->gathered ? (size_t)total : band_bytes(settings);
    deflater->rows = malloc(deflater->size);
    if (deflater->rows == NULL || (!deflater->gathered && !stream_open(deflater))) {
        deflate_close(deflater);
        return NULL;
    }
    return deflater;
}

uint8_t *deflate_next_row(struct deflater *deflater)
{
    if (deflater->used + deflater->settings.row_bytes > deflater->size && !deflater->gathered &&
        deflater->status == EF_OK)
        deflater->status = stream_band(deflater, false);
    if (deflater->status != EF_OK || deflater->size - deflater->used < deflater->settings.row_bytes)
        return NULL;
    uint8_t *row = deflater->rows + deflater->used;
    deflater->used += deflater->settings.row_bytes;
    return row;
}

enum ef_status deflate_finish(struct deflater *deflater)
{
    if (deflater->status == EF_OK)
        deflater->status =
            deflater->gathered ? compress_gathered(deflater) : stream_band(deflater, true);
    return deflater->status;
}

void deflate_close(struct deflater *deflater)
{
    if (deflater == NULL)
        return;
    stream_close(deflater);
    free(deflater->rows);
    free(deflater);
}

const char *deflate_library(void)
{
#if defined(HAVE_LIBDEFLATE) && defined(HAVE_ZLIB)
    return "libdeflate, zlib";
#elif defined(HAVE_LIBDEFLATE)
    return "libdeflate";
#elif defined(HAVE_ZLIB)
    return "zlib";
#else
    return "edgefetch";
#endif
}

#if defined(HAVE_LIBDEFLATE)

uint32_t deflate_crc32(uint32_t crc, const void *data, size_t size)
{
    return libdeflate_crc32(crc, data, size);
}

#elif defined(HAVE_ZLIB)

uint32_t deflate_crc32(uint32_t crc, const void *data, size_t size)
{
    return (uint32_t)crc32_z(crc, data, size);
}

#else

uint32_t deflate_crc32(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t value = ~crc;
    // Four bits at a time: a table of 16 is a constant that can be checked by eye.
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    for (size_t i = 0; i < size; i++) {
        value ^= bytes[i];
        value = value >> 4 ^ table[value & 15];
        value = value >> 4 ^ table[value & 15];
    }
    return ~value;
}

#endif
