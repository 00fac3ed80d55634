// SPDX-License-Identifier: MIT
#include "run/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_GZIP
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

enum packing packing_of(const char *head, size_t size)
{
    if (size >= 3 && memcmp(head, "\x1F\x8B\x08", 3) == 0)
        return PACKING_GZIP;
    if (size >= 4 && memcmp(head, "\x28\xB5\x2F\xFD", 4) == 0)
        return PACKING_ZSTD;
    // What pzstd and others put before the first frame: "skippable", with a number in its first
    // byte.
    if (size >= 4 && ((unsigned char)head[0] & 0xF0) == 0x50 &&
        memcmp(head + 1, "\x2A\x4D\x18", 3) == 0)
        return PACKING_ZSTD;
    return PACKING_NONE;
}

const char *packing_missing(enum packing packing)
{
#ifndef HAVE_GZIP
    if (packing == PACKING_GZIP)
        return "it is compressed with gzip, which this build does not read: 'zcat LIST | edgefetch "
               "-'";
#endif
#ifndef HAVE_ZSTD
    if (packing == PACKING_ZSTD)
        return "it is compressed with zstd, which this build does not read: 'zstdcat LIST | "
               "edgefetch "
               "-'";
#endif
    (void)packing;
    return NULL;
}

const char *packings_built(void)
{
#if defined HAVE_GZIP && defined HAVE_ZSTD
    return "gzip zstd";
#elif defined HAVE_GZIP
    return "gzip";
#elif defined HAVE_ZSTD
    return "zstd";
#else
    return "";
#endif
}

char *unpack_space(struct unpack *unpack, size_t *size)
{
    memmove(unpack->bytes, unpack->bytes + unpack->start, unpack->end - unpack->start);
    unpack->taken += unpack->start;
    unpack->end -= unpack->start;
    unpack->start = 0;
    *size = sizeof unpack->bytes - unpack->end;
    return unpack->bytes + unpack->end;
}

void unpack_fed(struct unpack *unpack, size_t size)
{
    unpack->end += size;
    unpack->fed = true;
}

void unpack_finish(struct unpack *unpack)
{
    unpack->ended = true;
}

bool unpack_is_hungry(const struct unpack *unpack)
{
    return !unpack->fed && !unpack->ended;
}

bool unpack_is_work(const struct unpack *unpack)
{
    const size_t left = unpack->end - unpack->start;
    const enum packing packing = unpack->packing != PACKING_UNKNOWN
                                     ? unpack->packing
                                     : packing_of(unpack->bytes + unpack->start, left);
    return packing != PACKING_NONE;
}

// A step that has given no text: all bytes are used up.
static enum unpack_result without_text(struct unpack *unpack)
{
    unpack->fed = false;
    return unpack->ended ? UNPACK_END : UNPACK_MORE;
}

static enum unpack_result copy(struct unpack *unpack, char *out, size_t size, size_t *made)
{
    const size_t left = unpack->end - unpack->start;
    *made = left < size ? left : size;
    memcpy(out, unpack->bytes + unpack->start, *made);
    unpack->start += *made;
    return *made > 0 ? UNPACK_MADE : without_text(unpack);
}

#if defined HAVE_GZIP || defined HAVE_ZSTD
static enum unpack_result fail(struct unpack *unpack, const char *what, const char *why)
{
    snprintf(unpack->fault, sizeof unpack->fault, "its %s data %s at byte %llu%s%s",
             unpack->packing == PACKING_GZIP ? "gzip" : "zstd", what,
             (unsigned long long)(unpack->taken + unpack->start), why != NULL ? ": " : "",
             why != NULL ? why : "");
    return UNPACK_FAULT;
}

// The same, inside a member or between two.
static enum unpack_result starved(struct unpack *unpack)
{
    if (unpack->ended && unpack->inside)
        return fail(unpack, "ends too early,", NULL);
    return without_text(unpack);
}
#endif

#ifdef HAVE_GZIP
// Behind a member there may be another one, and zeros, as tapes have them.
static void skip_zeros(struct unpack *unpack)
{
    while (!unpack->inside && unpack->taken + unpack->start > 0 && unpack->start < unpack->end &&
           unpack->bytes[unpack->start] == '\0')
        unpack->start++;
}

static enum unpack_result inflate_some(struct unpack *unpack, char *out, size_t size, size_t *made)
{
    z_stream *stream = unpack->decoder;
    if (stream == NULL) {
        unpack->decoder = stream = calloc(1, sizeof *stream);
        if (stream == NULL || inflateInit2(stream, 16 + MAX_WBITS) != Z_OK)
            return fail(unpack, "needs more memory than there is,", NULL);
    }
    for (;;) {
        skip_zeros(unpack);
        if (!unpack->inside && unpack->start == unpack->end)
            return starved(unpack);
        unpack->inside = true;
        stream->next_in = (Bytef *)unpack->bytes + unpack->start;
        stream->avail_in = (uInt)(unpack->end - unpack->start);
        stream->next_out = (Bytef *)out;
        stream->avail_out = (uInt)size;
        const int result = inflate(stream, Z_NO_FLUSH);
        unpack->start = unpack->end - stream->avail_in;
        *made = size - stream->avail_out;
        if (result == Z_STREAM_END) {
            unpack->inside = false;
            inflateReset(stream);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return *made > 0 ? UNPACK_MADE : fail(unpack, "is damaged", stream->msg);
        }
        if (*made > 0)
            return UNPACK_MADE;
        if (unpack->start == unpack->end && unpack->inside)
            return starved(unpack);
    }
}

static void end_inflate(struct unpack *unpack)
{
    inflateEnd(unpack->decoder);
    free(unpack->decoder);
}
#endif

#ifdef HAVE_ZSTD
// The decoder gets what it wants and no more, which is a block at a time: of a call that fails it
// gives no text, not even of sound blocks before.
static enum unpack_result zstd_some(struct unpack *unpack, char *out, size_t size, size_t *made)
{
    ZSTD_DCtx *decoder = unpack->decoder;
    if (decoder == NULL) {
        unpack->decoder = decoder = ZSTD_createDCtx();
        if (decoder == NULL)
            return fail(unpack, "needs more memory than there is,", NULL);
        unpack->wanted = ZSTD_initDStream(decoder);
        ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, LIMIT_LIST_WINDOW_LOG);
    }
    for (;;) {
        if (!unpack->inside && unpack->start == unpack->end)
            return starved(unpack);
        const size_t left = unpack->end - unpack->start;
        ZSTD_inBuffer in = {unpack->bytes + unpack->start,
                            left < unpack->wanted ? left : unpack->wanted, 0};
        ZSTD_outBuffer text = {out, size, 0};
        const size_t result = ZSTD_decompressStream(decoder, &text, &in);
        unpack->start += in.pos;
        *made = text.pos;
        if (ZSTD_isError(result) && *made == 0)
            return fail(unpack, "is damaged", ZSTD_getErrorName(result));
        unpack->inside = result != 0;
        unpack->wanted = result != 0 ? result : ZSTD_initDStream(decoder);
        if (*made > 0)
            return UNPACK_MADE;
        if (unpack->start == unpack->end && unpack->inside)
            return starved(unpack);
    }
}
#endif

static enum unpack_result not_built(struct unpack *unpack)
{
    const char *why = packing_missing(unpack->packing);
    snprintf(unpack->fault, sizeof unpack->fault, "%s", why != NULL ? why : "");
    return UNPACK_FAULT;
}

enum unpack_result unpack_next(struct unpack *unpack, char *out, size_t size, size_t *made)
{
    const size_t left = unpack->end - unpack->start;
    *made = 0;
    if (unpack->packing == PACKING_UNKNOWN) {
        if (left < UNPACK_HEAD_BYTES && !unpack->ended)
            return without_text(unpack);
        unpack->packing = packing_of(unpack->bytes + unpack->start, left);
    }
    switch (unpack->packing) {
#ifdef HAVE_GZIP
    case PACKING_GZIP:
        return inflate_some(unpack, out, size, made);
#endif
#ifdef HAVE_ZSTD
    case PACKING_ZSTD:
        return zstd_some(unpack, out, size, made);
#endif
    case PACKING_NONE:
        return copy(unpack, out, size, made);
    default:
        return not_built(unpack);
    }
}

void unpack_close(struct unpack *unpack)
{
    if (unpack->decoder != NULL) {
#ifdef HAVE_GZIP
        if (unpack->packing == PACKING_GZIP)
            end_inflate(unpack);
#endif
#ifdef HAVE_ZSTD
        if (unpack->packing == PACKING_ZSTD)
            ZSTD_freeDCtx(unpack->decoder);
#endif
    }
    unpack->start = unpack->end = 0;
    unpack->taken = 0;
    unpack->ended = unpack->fed = unpack->inside = false;
    unpack->packing = PACKING_UNKNOWN;
    unpack->decoder = NULL;
    unpack->fault[0] = '\0';
}
