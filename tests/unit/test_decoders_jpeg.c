// SPDX-License-Identifier: MIT
// libjpeg-turbo's decoder, held against stb_image and against itself.
#include "coded.h"
#include "support.h"

#include "image/decoders.h"
#include "image/open.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_JPEG

#define BOTH (PIXELS_RGB | PIXELS_GRAY)

enum { LARGEST = 80 };

struct jpeg_pixels {
    enum ef_status status;
    uint32_t width, height;
    uint8_t rgb[3 * LARGEST * LARGEST], gray[LARGEST * LARGEST];
    struct ef_detail detail;
};

static void decode(const struct bytes *bytes, unsigned pixels, bool stb_only,
                   struct jpeg_pixels *decoded)
{
    const struct open_settings settings = {pixels, 1000000, stb_only, false};
    struct source *source;
    enum ef_type type;
    struct guarded guarded = guarded_make(bytes->bytes, bytes->size);
    decoded->status =
        picture_open(guarded.bytes, guarded.size, &settings, &source, &type, &decoded->detail);
    if (decoded->status == EF_OK) {
        const size_t width = decoded->width = source->width;
        decoded->height = source->height;
        const bool fits = width <= LARGEST && source->height <= LARGEST; // not where damaged
        for (size_t y = 0; y < source->height && fits && decoded->status == EF_OK; y++)
            decoded->status = source->read(
                source, pixels & PIXELS_RGB ? decoded->rgb + y * width * 3 : NULL,
                pixels & PIXELS_GRAY ? decoded->gray + y * width : NULL, &decoded->detail);
        source->close(source);
    }
    guarded_free(&guarded);
}

static enum ef_status status_of(const struct bytes *bytes)
{
    static struct jpeg_pixels decoded;
    decode(bytes, BOTH, false, &decoded);
    return decoded.status;
}

// Something like a photograph: slopes with noise, and saturated colors.
static void paint(uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                  uint64_t seed)
{
    struct chance chance = {seed};
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t k = 0; k < channels; k++) {
                const uint32_t slope = x * (3 + k) + y * (5 - k) + (x / 16 + y / 16) % 2 * 90 * k;
                *pixels++ = (uint8_t)(slope + chance_below(&chance, 12));
            }
}

static struct bytes some_jpeg(const struct jpeg_kind *kind, uint32_t width, uint32_t height)
{
    static uint8_t pixels[4 * LARGEST * LARGEST];
    const bool ink = kind->color == 'k' || kind->color == 'c';
    paint(pixels, width, height, kind->color == 'g' ? 1 : ink ? 4 : 3, width * 100 + height);
    return jpeg_coded(kind, width, height, pixels);
}

static void check_close(const uint8_t *seen, const uint8_t *expected, size_t count, int most)
{
    for (size_t i = 0; i < count; i++)
        if (abs(seen[i] - expected[i]) > most)
            fail_msg("byte %zu is %d instead of %d", i, seen[i], expected[i]);
}

// Goal: gray and RGB are the same bytes alone and together; gray is within 3 levels of stb_image's.
static void check_kind(const struct jpeg_kind *kind, uint32_t width, uint32_t height)
{
    static struct jpeg_pixels both, gray, rgb, stb;
    const size_t count = (size_t)width * height;
    struct bytes jpeg = some_jpeg(kind, width, height);
    decode(&jpeg, BOTH, false, &both);
    decode(&jpeg, PIXELS_GRAY, false, &gray);
    decode(&jpeg, PIXELS_RGB, false, &rgb);
    assert_int_equal(both.status, EF_OK);
    assert_true(both.width == width && both.height == height);
    assert_memory_equal(both.gray, gray.gray, count);
    assert_memory_equal(both.rgb, rgb.rgb, 3 * count);
    decode(&jpeg, BOTH, true, &stb);
    assert_int_equal(stb.status, EF_OK);
    check_close(both.gray, stb.gray, count, 3);
    if (kind->color != 'y')
        check_close(both.rgb, stb.rgb, 3 * count, 3);
    free(jpeg.bytes);
}

TEST(kinds_agree)
{
    static const struct jpeg_kind kinds[] = {
        {.color = 'g', .quality = 90},
        {.color = 'y', .quality = 75, .across = 2, .down = 2},
        {.color = 'y', .quality = 90, .across = 2},
        {.color = 'y', .quality = 50, .down = 2},
        {.color = 'y', .quality = 100},
        {.color = 'y', .quality = 20, .across = 4, .down = 2, .restart_rows = 1},
        {.color = 'y', .quality = 80, .across = 2, .down = 2, .progressive = true},
        {.color = 'g', .quality = 60, .progressive = true},
        {.color = 'r', .quality = 90},
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (uint32_t side = 1; side <= LARGEST; side += 1 + side / 3) {
            check_kind(&kinds[i], side, LARGEST + 1 - side);
            check_kind(&kinds[i], side, side);
        }
}

// Goal: the RGB that we make of YCbCr is the library's own, for every color there is.
TEST(every_color)
{
    static uint8_t pixels[3 * LARGEST * LARGEST];
    static struct jpeg_pixels both, rgb;
    const struct jpeg_kind kind = {.color = 'y', .quality = 100};
    struct chance chance = {1};
    for (int i = 0; i < 200; i++) { // noise of full range leaves the cube of RGB on all sides
        chance_fill(&chance, pixels, sizeof pixels);
        struct bytes jpeg = jpeg_coded(&kind, LARGEST, LARGEST, pixels);
        decode(&jpeg, BOTH, false, &both);
        decode(&jpeg, PIXELS_RGB, false, &rgb);
        assert_memory_equal(both.rgb, rgb.rgb, sizeof rgb.rgb);
        free(jpeg.bytes);
    }
}

// Goal: ink on paper, as Pillow has it: what is stored is inverted, and black darkens all.
TEST(cmyk)
{
    static const uint8_t inks[][4] = {{255, 255, 255, 255}, {0, 255, 255, 255},
                                      {255, 0, 255, 128},   {200, 100, 50, 255},
                                      {10, 20, 30, 0},      {255, 255, 255, 64}};
    static uint8_t pixels[4 * 16 * 16];
    static struct jpeg_pixels seen;
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < COUNT(inks); i++) {
            const struct jpeg_kind kind = {
                .color = k == 0 ? 'c' : 'k', .quality = 100, .no_adobe = k == 2};
            for (size_t at = 0; at < sizeof pixels; at++)
                pixels[at] = inks[i][at % 4];
            struct bytes jpeg = jpeg_coded(&kind, 16, 16, pixels);
            decode(&jpeg, BOTH, false, &seen);
            assert_int_equal(seen.status, EF_OK);
            for (int channel = 0; channel < 3; channel++)
                assert_in_range(
                    seen.rgb[3 * 100 + channel] + 2 - inks[i][channel] * inks[i][3] / 255, 0, 4);
            assert_int_equal(
                seen.gray[100],
                (4899 * seen.rgb[300] + 9617 * seen.rgb[301] + 1868 * seen.rgb[302] + 8192) >> 14);
            free(jpeg.bytes);
        }
}

// Goal: a cut file is truncated or damaged, also when somebody put an end marker behind it.
static void check_cuts(const struct jpeg_kind *kind)
{
    struct bytes jpeg = some_jpeg(kind, 64, 48);
    for (size_t cut = 0; cut < jpeg.size; cut += 1 + cut / 50) {
        const enum ef_status status = status_of(&(struct bytes){jpeg.bytes, cut});
        assert_true(status == EF_NOT_AN_IMAGE || status == EF_IMAGE_TRUNCATED);
    }
    for (size_t cut = 4; cut < jpeg.size * 95 / 100; cut += 1 + cut / 50) {
        struct bytes ended = {0};
        bytes_add(&ended, jpeg.bytes, cut);
        BYTES_ADD(&ended, "\xFF\xD9");
        const enum ef_status status = status_of(&ended);
        if (!kind->progressive && status == EF_OK)
            fail_msg("cut to %zu of %zu bytes and ended", cut, jpeg.size);
        free(ended.bytes);
    }
    free(jpeg.bytes);
}

TEST(cuts)
{
    check_cuts(&(struct jpeg_kind){.color = 'y', .quality = 90, .across = 2, .down = 2});
    check_cuts(&(struct jpeg_kind){.color = 'g', .quality = 90});
    check_cuts(&(struct jpeg_kind){.color = 'y', .quality = 90, .progressive = true});
}

static void check_damaged(const struct jpeg_kind *kind, uint64_t seed)
{
    struct chance chance = {seed};
    struct bytes jpeg = some_jpeg(kind, 40, 40);
    struct bytes damaged = {malloc(jpeg.size), jpeg.size};
    for (int i = 0; i < 1500; i++) {
        memcpy(damaged.bytes, jpeg.bytes, jpeg.size);
        for (uint64_t n = 1 + chance_below(&chance, 4); n > 0; n--)
            damaged.bytes[chance_below(&chance, jpeg.size)] = (uint8_t)chance_next(&chance);
        const enum ef_status status = status_of(&damaged);
        assert_true(status == EF_OK || (status >= EF_NOT_AN_IMAGE && status <= EF_OUT_OF_MEMORY));
    }
    free(damaged.bytes);
    free(jpeg.bytes);
}

TEST(damage)
{
    check_damaged(&(struct jpeg_kind){.color = 'y', .quality = 90, .across = 2, .down = 2}, 1);
    check_damaged(&(struct jpeg_kind){.color = 'y', .quality = 90, .progressive = true}, 2);
    check_damaged(&(struct jpeg_kind){.color = 'c', .quality = 90}, 3);
}

// The file without its segments of a kind.
static struct bytes without(const struct bytes *jpeg, uint8_t marker)
{
    struct bytes rest = {0};
    size_t at = 2;
    bytes_add(&rest, jpeg->bytes, 2);
    while (jpeg->bytes[at + 1] != 0xDA) {
        const size_t size = 2 + (size_t)(jpeg->bytes[at + 2] << 8 | jpeg->bytes[at + 3]);
        if (jpeg->bytes[at + 1] != marker)
            bytes_add(&rest, jpeg->bytes + at, size);
        at += size;
    }
    bytes_add(&rest, jpeg->bytes + at, jpeg->size - at);
    return rest;
}

// Goal: stb_image is not given a file that lacks tables, with which it would read what nobody
// wrote. libjpeg-turbo has the usual Huffman tables built in, for the frames of cameras' films.
TEST(missing_tables)
{
    static struct jpeg_pixels seen, expected;
    for (int progressive = 0; progressive < 2; progressive++) {
        const struct jpeg_kind kind = {.color = 'y', .quality = 90, .progressive = progressive};
        struct bytes jpeg = some_jpeg(&kind, 30, 20);
        struct bytes no_codes = without(&jpeg, 0xC4);
        struct bytes no_steps = without(&jpeg, 0xDB);
        decode(&no_codes, BOTH, true, &seen);
        assert_int_equal(seen.status, EF_IMAGE_CORRUPT);
        assert_string_equal(seen.detail.text, "a table is missing");
        decode(&no_steps, BOTH, true, &seen);
        assert_int_equal(seen.status, EF_IMAGE_CORRUPT);
        assert_int_equal(status_of(&no_steps), EF_IMAGE_CORRUPT);
        decode(&no_codes, BOTH, false, &seen);
        if (!progressive) {
            decode(&jpeg, BOTH, false, &expected);
            assert_int_equal(seen.status, EF_OK);
            assert_memory_equal(seen.rgb, expected.rgb, 3 * 30 * 20);
        }
        free(no_codes.bytes);
        free(no_steps.bytes);
        free(jpeg.bytes);
    }
}

// Goal: bytes of no meaning behind the pixels, which some cameras write, are no damage.
TEST(extraneous_bytes)
{
    const struct jpeg_kind kind = {.color = 'y', .quality = 90};
    struct bytes jpeg = some_jpeg(&kind, 20, 20);
    jpeg.size -= 2;
    BYTES_ADD(&jpeg, "\0\0\0\0\xFF\xD9");
    assert_int_equal(status_of(&jpeg), EF_OK);
    free(jpeg.bytes);
}

// Goal: a picture of a hundred and more scans is refused, one of many but fewer is not.
TEST(many_scans)
{
    static struct jpeg_pixels seen;
    struct bytes jpeg =
        some_jpeg(&(struct jpeg_kind){.color = 'g', .quality = 90, .many_scans = true}, 40, 40);
    decode(&jpeg, BOTH, false, &seen);
    assert_int_equal(seen.status, EF_IMAGE_CORRUPT);
    assert_string_equal(seen.detail.text, "more than 100 scans");
    free(jpeg.bytes);
}

// Goal: what is not read is named, not damaged.
TEST(unsupported)
{
    static struct jpeg_pixels seen;
    struct bytes jpeg =
        some_jpeg(&(struct jpeg_kind){.color = 'y', .quality = 90, .arithmetic = true}, 40, 40);
    struct source *source;
    struct ef_detail detail = {""};
    assert_int_equal(status_of(&jpeg), EF_IMAGE_UNSUPPORTED);
    assert_int_equal(jpeg_open(jpeg.bytes, jpeg.size, BOTH, &source, &detail),
                     EF_IMAGE_UNSUPPORTED);
    assert_string_equal(detail.text, "arithmetic JPEG");
    free(jpeg.bytes);
    jpeg = some_jpeg(&(struct jpeg_kind){.color = 'y', .quality = 90}, 40, 40);
    uint8_t *frame = memmem(jpeg.bytes, jpeg.size, "\xFF\xC0", 2);
    assert_non_null(frame);
    frame[4] = 12; // bits a sample
    assert_int_equal(status_of(&jpeg), EF_IMAGE_UNSUPPORTED);
    assert_int_equal(jpeg_open(jpeg.bytes, jpeg.size, BOTH, &source, NULL), EF_IMAGE_UNSUPPORTED);
    frame[4] = 8;
    frame[9] = 2; // components
    decode(&jpeg, BOTH, false, &seen);
    assert_true(seen.status == EF_IMAGE_CORRUPT || seen.status == EF_IMAGE_UNSUPPORTED);
    free(jpeg.bytes);
}

#endif

int main(void)
{
#ifdef HAVE_JPEG
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_agree),
        cmocka_unit_test(every_color),
        cmocka_unit_test(cmyk),
        cmocka_unit_test(cuts),
        cmocka_unit_test(damage),
        cmocka_unit_test(missing_tables),
        cmocka_unit_test(extraneous_bytes),
        cmocka_unit_test(many_scans),
        cmocka_unit_test(unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
#else
    return 0;
#endif
}
