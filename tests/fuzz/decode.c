// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include "image/container.h"
#include "image/decoder.h"

#include <string.h>

enum { MAX_PIXELS = 1 << 16 };

enum option { OPTION_STB = 4, OPTION_MEND = 8 };

static unsigned pixels_of(unsigned options)
{
    const unsigned pixels = options & (PIXELS_RGB | PIXELS_GRAY);
    return pixels != 0 ? pixels : PIXELS_RGB | PIXELS_GRAY;
}

// Blocks that end with a row: what a decoder writes beyond it is seen.
static void read_all(struct source *source, unsigned pixels)
{
    struct ef_detail detail = {0};
    uint8_t *const rgb = pixels & PIXELS_RGB ? fuzz_alloc((size_t)source->width * 3) : NULL;
    uint8_t *const gray = pixels & PIXELS_GRAY ? fuzz_alloc(source->width) : NULL;
    enum ef_status status = EF_OK;
    for (uint32_t y = 0; y < source->height && status == EF_OK; y++)
        status = source->read(source, rgb, gray, &detail);
    CHECK(status == EF_OK || (status >= EF_NOT_AN_IMAGE && status <= EF_OUT_OF_MEMORY));
    fuzz_check_detail(&detail);
    free(rgb);
    free(gray);
}

// What open.c asks of a container before a decoder sees it.
static bool may_be_decoded(const struct container *container)
{
    const uint64_t pixels = (uint64_t)container->width * container->height;
    return pixels > 0 && pixels <= MAX_PIXELS && container->unsupported == NULL &&
           container->corrupt == NULL && container->whole;
}

static void decode(const uint8_t *data, size_t size, unsigned options)
{
    const enum ef_type type = ef_probe(data, size);
    const struct decoder *const decoder = decoder_for(type, (options & OPTION_STB) != 0);
    if (decoder == NULL)
        return;
    const struct container container = container_read(type, data, size);
    if (!may_be_decoded(&container))
        return;
    struct source *source = NULL;
    struct ef_detail detail = {0};
    const unsigned pixels = pixels_of(options);
    const enum ef_status status = decoder->open(data, size, pixels, &source, &detail);
    fuzz_check_detail(&detail);
    CHECK((status == EF_OK) == (source != NULL));
    if (source == NULL)
        return;
    CHECK(source->width > 0 && source->height > 0);
    if ((uint64_t)source->width * source->height <= MAX_PIXELS)
        read_all(source, pixels);
    source->close(source);
}

void fuzz_decode(const uint8_t *data, size_t size, unsigned options)
{
    if ((options & OPTION_MEND) == 0) {
        decode(data, size, options);
        return;
    }
    struct fuzz_input input = {data, size};
    uint8_t *const mended = fuzz_block(&input, size);
    fuzz_mend_png(mended, size);
    decode(mended, size, options);
    free(mended);
}
