// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include "image/container.h"
#include "image/decoder.h"

#include <string.h>

enum { MAX_PIXELS = 1 << 16 };

enum option { OPTION_STB = 4, OPTION_MEND = 8, OPTION_TWICE = 16 };

static unsigned pixels_of(unsigned options)
{
    const unsigned pixels = options & (PIXELS_RGB | PIXELS_GRAY);
    return pixels != 0 ? pixels : PIXELS_RGB | PIXELS_GRAY;
}

// What a picture's rows come to.
struct account {
    enum ef_status status; // of opening it, and then of its rows
    uint32_t width, height;
    uint64_t rgb, gray;
};

static uint64_t digest(uint64_t value, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; bytes != NULL && i < size; i++)
        value = (value ^ bytes[i]) * UINT64_C(0x100000001b3);
    return value;
}

// Blocks that end with a row: what a decoder writes beyond it is seen.
static void read_all(struct source *source, unsigned pixels, struct account *account)
{
    struct ef_detail detail = {0};
    const size_t width = account->width = source->width;
    uint8_t *const rgb = pixels & PIXELS_RGB ? fuzz_alloc(width * 3) : NULL;
    uint8_t *const gray = pixels & PIXELS_GRAY ? fuzz_alloc(width) : NULL;
    account->height = source->height;
    for (uint32_t y = 0; y < source->height && account->status == EF_OK; y++) {
        account->status = source->read(source, rgb, gray, &detail);
        if (account->status == EF_OK) {
            account->rgb = digest(account->rgb, rgb, width * 3);
            account->gray = digest(account->gray, gray, width);
        }
    }
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

static struct account decode_with(const struct decoder *decoder, const uint8_t *data, size_t size,
                                  unsigned pixels)
{
    struct account account = {0};
    struct source *source = NULL;
    struct ef_detail detail = {0};
    account.status = decoder->open(data, size, pixels, &source, &detail);
    fuzz_check_detail(&detail);
    CHECK((account.status == EF_OK) == (source != NULL));
    if (source != NULL) {
        CHECK(source->width > 0 && source->height > 0);
        if ((uint64_t)source->width * source->height <= MAX_PIXELS)
            read_all(source, pixels, &account);
        source->close(source);
    }
    CHECK(account.status == EF_OK ||
          (account.status >= EF_NOT_AN_IMAGE && account.status <= EF_OUT_OF_MEMORY));
    return account;
}

// The same pixels come whether the other form is asked for or not.
static void decode_twice(const struct decoder *decoder, const uint8_t *data, size_t size,
                         unsigned pixels)
{
    const struct account both = decode_with(decoder, data, size, PIXELS_RGB | PIXELS_GRAY);
    const struct account one = decode_with(decoder, data, size, pixels);
    if (both.status != EF_OK || one.status != EF_OK)
        return;
    CHECK(both.width == one.width && both.height == one.height);
    CHECK(!(pixels & PIXELS_RGB) || both.rgb == one.rgb);
    CHECK(!(pixels & PIXELS_GRAY) || both.gray == one.gray);
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
    if (options & OPTION_TWICE)
        decode_twice(decoder, data, size, pixels_of(options));
    else
        decode_with(decoder, data, size, pixels_of(options));
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
