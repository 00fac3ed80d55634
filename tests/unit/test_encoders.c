// SPDX-License-Identifier: MIT
// Every encoder: what it writes is read back, with stb_image where that can.
#include "coded.h"
#include "support.h"

#include "image/decoders.h"
#include "image/deflate.h"
#include "image/deflate_runs.h"
#include "image/encoders.h"

#include "base/limits.h"

#include <stb/stb_image.h>

#include <stdlib.h>
#include <string.h>

static int add(void *context, const void *data, size_t size)
{
    bytes_add(context, data, size);
    return 0;
}

static enum ef_status put_bytes(void *context, const uint8_t *data, size_t size)
{
    bytes_add(context, data, size);
    return EF_OK;
}

// Rows of `map` through an encoder.
static enum ef_status encode(const struct encoder *encoder, const struct encode_settings *settings,
                             const uint8_t *map)
{
    struct sink *sink;
    enum ef_status status = encoder->open(settings, &sink);
    if (status != EF_OK) {
        assert_null(sink);
        return status;
    }
    for (uint32_t y = 0; y < settings->height && status == EF_OK; y++)
        status = sink->write(sink, map + (size_t)y * settings->width * settings->channels);
    if (status == EF_OK)
        status = sink->finish(sink);
    sink->close(sink);
    return status;
}

static struct bytes encoded_as(enum ef_format format, struct encode_settings settings,
                               const uint8_t *map)
{
    struct bytes bytes = {0};
    settings.write = add;
    settings.context = &bytes;
    assert_int_equal(encode(encoder_for(format), &settings, map), EF_OK);
    return bytes;
}

static uint8_t *random_map(uint32_t width, uint32_t height, bool two_valued, uint64_t seed)
{
    const size_t size = (size_t)width * height;
    struct chance chance = {seed};
    uint8_t *map = malloc(size);
    assert_non_null(map);
    chance_fill(&chance, map, size);
    for (size_t i = 0; i < size && two_valued; i++)
        map[i] = map[i] < 40 ? 255 : 0;
    return map;
}

// Decodes gray rows and compares them with a map.
static void check_map(decoder_open *open, const struct bytes *bytes, uint32_t width,
                      uint32_t height, const uint8_t *map, int most)
{
    struct source *source;
    struct ef_detail detail;
    uint8_t *row = malloc(width);
    assert_non_null(row);
    assert_int_equal(open(bytes->bytes, bytes->size, PIXELS_GRAY, &source, &detail), EF_OK);
    assert_true(source->width == width && source->height == height);
    for (uint32_t y = 0; y < height; y++, map += width) {
        assert_int_equal(source->read(source, NULL, row, &detail), EF_OK);
        if (most == 0)
            assert_memory_equal(row, map, width);
        for (uint32_t x = 0; x < width && most > 0; x++)
            assert_in_range(row[x] + most - map[x], 0, 2 * most);
    }
    source->close(source);
    free(row);
}

static uint32_t be32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// The chunks: IHDR as told, IDAT of at most the limit, IEND, and each with its checksum.
static void check_chunks(const struct bytes *png, uint32_t width, uint32_t height, uint8_t depth)
{
    const uint8_t *end = png->bytes + png->size;
    const uint8_t *at = png->bytes + 8;
    const char *expected = "IHDR";
    assert_memory_equal(png->bytes, "\x89PNG\r\n\x1A\n", 8);
    while (at < end) {
        const uint32_t size = be32_at(at);
        assert_true(size <= LIMIT_PNG_IDAT_BYTES && (size_t)(end - at) >= size + 12);
        if (memcmp(at + 4, "IEND", 4) == 0 && memcmp(expected, "IDAT", 4) == 0)
            expected = "IEND";
        assert_memory_equal(at + 4, expected, 4);
        assert_int_equal(deflate_crc32(0, at + 4, size + 4), be32_at(at + 8 + size));
        if (memcmp(expected, "IHDR", 4) == 0) {
            assert_true(size == 13 && be32_at(at + 8) == width && be32_at(at + 12) == height);
            assert_memory_equal(at + 16, ((uint8_t[]){depth, 0, 0, 0, 0}), 5);
            expected = "IDAT";
        }
        at += size + 12;
    }
    assert_ptr_equal(at, end);
    assert_string_equal(expected, "IEND");
}

static void check_png(uint32_t width, uint32_t height, bool two_valued, int level)
{
    uint8_t *map = random_map(width, height, two_valued, width * 10 + (uint32_t)level);
    struct bytes png = encoded_as(EF_FORMAT_PNG,
                                  (struct encode_settings){.channels = 1,
                                                           .width = width,
                                                           .height = height,
                                                           .two_valued = two_valued,
                                                           .compression = level},
                                  map);
    check_chunks(&png, width, height, two_valued ? 1 : 8);
    check_map(stb_open, &png, width, height, map, 0);
#ifdef HAVE_PNG
    check_map(png_open, &png, width, height, map, 0); // which looks at the zlib checksum too
#endif
    free(png.bytes);
    free(map);
}

// Goal: PNGs of every small width, of both depths and all levels, read back exactly.
TEST(png)
{
    for (uint32_t width = 1; width <= 40; width++)
        for (int two_valued = 0; two_valued < 2; two_valued++) {
            check_png(width, 1 + width % 5, two_valued, 1);
            check_png(width, 17, two_valued, (int)(width % 10));
        }
    for (int level = 0; level <= 9; level++)
        for (int two_valued = 0; two_valued < 2; two_valued++) {
            check_png(200, 100, two_valued, level);
            check_png(1000, 700, two_valued, level);
        }
}

// Goal: beyond what is gathered, the streamed PNG is as right; also of few and of very wide rows.
TEST(png_streamed)
{
    check_png(5000, 3500, false, 1);
    check_png(4097, 4200, false, 0);
    check_png(1 << 20, 17, false, 1);
}

// Goal: level 0 writes what there is; the others write less, 9 not more than 1.
TEST(png_levels)
{
    enum { SIDE = 400 };
    uint8_t *map = calloc(SIDE, SIDE);
    size_t sizes[10];
    assert_non_null(map);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        map[i] = (uint8_t)((i % SIDE) * (i / SIDE) / 100);
    for (int level = 0; level <= 9; level++) {
        struct bytes png =
            encoded_as(EF_FORMAT_PNG,
                       (struct encode_settings){
                           .channels = 1, .width = SIDE, .height = SIDE, .compression = level},
                       map);
        sizes[level] = png.size;
        free(png.bytes);
    }
    free(map);
    assert_true(sizes[0] > SIDE * SIDE);
    for (int level = 1; level <= 9; level++)
        assert_true(sizes[level] < sizes[0]);
    assert_true(sizes[9] <= sizes[1]);
}

// Through our own deflate in parts of random size, and back through stb_image's inflate.
static void check_runs(int level, const uint8_t *data, size_t size, struct chance *chance)
{
    struct bytes stream = {0};
    struct runs *runs = runs_open(level, put_bytes, &stream);
    int back_size;
    assert_non_null(runs);
    for (size_t at = 0; at < size;) {
        const size_t left = size - at;
        const size_t part = 1 + chance_below(chance, left < 3000 ? left : left / 2);
        assert_int_equal(runs_add(runs, data + at, part), EF_OK);
        at += part;
    }
    assert_int_equal(runs_finish(runs), EF_OK);
    runs_close(runs);
    char *back = stbi_zlib_decode_malloc((char *)stream.bytes, (int)stream.size, &back_size);
    assert_non_null(back);
    assert_int_equal(back_size, size);
    assert_memory_equal(back, data, size);
    uint32_t a = 1;
    uint32_t b = 0;
    for (size_t i = 0; i < size; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    assert_int_equal(be32_at(stream.bytes + stream.size - 4), b << 16 | a);
    assert_int_equal((stream.bytes[0] << 8 | stream.bytes[1]) % 31, 0);
    stbi_image_free(back);
    free(stream.bytes);
}

// Goal: our own deflate keeps every byte: runs of every length, noise of all values, stored blocks.
TEST(own_deflate)
{
    enum { SIZE = 400000 };
    struct chance chance = {2};
    uint8_t *data = malloc(SIZE);
    assert_non_null(data);
    for (int kind = 0; kind < 3; kind++) {
        for (size_t at = 0, run = 0; at<SIZE; at++, run -= run> 0) {
            if (run == 0 && kind > 0)
                run = 1 + chance_below(&chance, kind == 1 ? 600 : 12);
            data[at] =
                kind == 0 || run == 1 || at == 0 ? (uint8_t)chance_next(&chance) : data[at - 1];
        }
        for (int level = 0; level < 2; level++) {
            check_runs(level, data, SIZE, &chance);
            for (size_t size = 1; size < 700; size += 1 + size / 20)
                check_runs(level, data, size, &chance);
        }
    }
    free(data);
}

// Goal: the checksum that the chunks are checked by is the right one.
TEST(crc)
{
    assert_int_equal(deflate_crc32(0, "123456789", 9), 0xCBF43926); // the check value
    assert_int_equal(deflate_crc32(deflate_crc32(0, "1234", 4), "56789", 5), 0xCBF43926);
    assert_int_equal(deflate_crc32(0, NULL, 0), 0);
}

// Goal: JPEG within what it loses, at several qualities; less at lower ones.
TEST(jpg)
{
    static const int qualities[] = {1, 50, 90, 100};
    uint8_t *map = malloc(61 * 47);
    size_t before = 0;
    assert_non_null(map);
    for (size_t i = 0; i < 61 * 47; i++)
        map[i] = (uint8_t)(2 * (i % 61) + i / 61);
    for (size_t i = 0; i < COUNT(qualities); i++) {
        struct bytes jpg =
            encoded_as(EF_FORMAT_JPG,
                       (struct encode_settings){
                           .channels = 1, .width = 61, .height = 47, .quality = qualities[i]},
                       map);
        check_map(stb_open_jpeg, &jpg, 61, 47, map, qualities[i] == 1 ? 80 : 8);
        assert_true(jpg.size > before);
        before = jpg.size;
        free(jpg.bytes);
    }
    free(map);
}

TEST(bmp)
{
    for (uint32_t width = 1; width <= 9; width++) {
        uint8_t *map = random_map(width, 5, false, width);
        struct bytes bmp =
            encoded_as(EF_FORMAT_BMP,
                       (struct encode_settings){.channels = 1, .width = width, .height = 5}, map);
        check_map(stb_open, &bmp, width, 5, map, 0);
        free(bmp.bytes);
        free(map);
    }
}

#ifdef HAVE_WEBP
TEST(webp)
{
    for (uint32_t width = 1; width <= 40; width += 3)
        for (int two_valued = 0; two_valued < 2; two_valued++) {
            uint8_t *map = random_map(width, 31, two_valued, width);
            struct bytes webp = encoded_as(
                EF_FORMAT_WEBP,
                (struct encode_settings){.channels = 1, .width = width, .height = 31}, map);
            check_map(webp_open, &webp, width, 31, map, 0);
            free(webp.bytes);
            free(map);
        }
}
#endif

// Decodes RGB rows and compares them with pixels.
static void check_colour(const struct bytes *bytes, uint32_t width, uint32_t height,
                         const uint8_t *pixels, int most)
{
    const size_t size = (size_t)width * 3;
    const enum ef_type type = ef_probe(bytes->bytes, bytes->size);
    struct source *source;
    struct ef_detail detail;
    uint8_t *row = malloc(size);
    assert_non_null(row);
    const struct decoder *decoder = decoder_for(type, false);
    assert_int_equal(decoder->open(bytes->bytes, bytes->size, PIXELS_RGB, &source, &detail), EF_OK);
    assert_true(source->width == width && source->height == height);
    for (uint32_t y = 0; y < height; y++, pixels += size) {
        assert_int_equal(source->read(source, row, NULL, &detail), EF_OK);
        for (size_t i = 0; i < size; i++)
            assert_in_range(row[i] + most - pixels[i], 0, 2 * most);
    }
    source->close(source);
    free(row);
}

// A picture of slow changes, which JPEG keeps, with noise in its first rows if so wanted.
static uint8_t *colour_picture(uint32_t width, uint32_t height, uint32_t noisy_rows)
{
    struct chance chance = {width};
    uint8_t *pixels = malloc((size_t)width * height * 3);
    assert_non_null(pixels);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *at = pixels + ((size_t)y * width + x) * 3;
            at[0] = (uint8_t)(40 + x);
            at[1] = (uint8_t)(200 - y);
            at[2] = (uint8_t)(90 + (x + y) / 2);
        }
    chance_fill(&chance, pixels, (size_t)width * noisy_rows * 3);
    return pixels;
}

// Goal: RGB rows come back, from every encoder whose format is read here; all PNG levels.
TEST(colours)
{
    const struct {
        enum ef_format format;
        int most; // levels that may be lost
    } cases[] = {{EF_FORMAT_PNG, 0}, {EF_FORMAT_BMP, 0}, {EF_FORMAT_WEBP, 0}, {EF_FORMAT_JPG, 8}};
    for (uint32_t width = 1; width <= 40; width++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            uint8_t *pixels = colour_picture(width, 33, cases[i].most == 0 ? 20 : 0);
            if (!ef_can_write(cases[i].format)) {
                free(pixels);
                continue;
            }
            struct bytes file = encoded_as(cases[i].format,
                                           (struct encode_settings){.channels = 3,
                                                                    .width = width,
                                                                    .height = 33,
                                                                    .quality = 95,
                                                                    .compression = (int)width % 10},
                                           pixels);
            check_colour(&file, width, 33, pixels, cases[i].most);
            free(file.bytes);
            free(pixels);
        }
}

// Goal: a smooth picture is filtered, so that it shrinks to a fraction; by less where no library
// compresses and our own deflate finds only runs.
TEST(png_filters)
{
    const size_t raw = 200 * 200 * 3;
    const bool own = strcmp(deflate_library(), "edgefetch") == 0;
    uint8_t *pixels = colour_picture(200, 200, 0);
    struct bytes png = encoded_as(
        EF_FORMAT_PNG,
        (struct encode_settings){.channels = 3, .width = 200, .height = 200, .compression = 1},
        pixels);
    assert_true(png.size < (own ? raw * 2 / 3 : raw / 20));
    free(png.bytes);
    free(pixels);
}

struct refusal {
    size_t calls, refuse_at;
};

static int refuse(void *context, UNUSED const void *data, size_t size)
{
    struct refusal *refusal = context;
    assert_true(size > 0);
    assert_true(refusal->calls <= refusal->refuse_at); // never called again after a refusal
    return refusal->calls++ == refusal->refuse_at ? -1 : 0;
}

// Goal: a refused write is reported by every encoder, wherever it comes, and is the last one.
TEST(refused_writes)
{
    uint8_t *map = random_map(900, 300, false, 1);
    for (const struct encoder *encoder = encoders; encoder->library != NULL; encoder++) {
        struct refusal refusal = {0, SIZE_MAX};
        const struct encode_settings settings = {.channels = 3,
                                                 .width = 300,
                                                 .height = 300,
                                                 .quality = 90,
                                                 .compression = 1,
                                                 .write = refuse,
                                                 .context = &refusal};
        assert_int_equal(encode(encoder, &settings, map), EF_OK);
        const size_t calls = refusal.calls;
        for (size_t at = 0; at < calls; at += 1 + at / 8) {
            refusal = (struct refusal){0, at};
            assert_int_equal(encode(encoder, &settings, map), EF_OUTPUT_FAILED);
        }
    }
    free(map);
}

// Goal: the same where the PNG is streamed and the refusal comes between rows.
TEST(refused_while_streaming)
{
    uint8_t *map = random_map(6000, 3000, false, 1);
    for (size_t at = 0; at < 100; at += 31) {
        struct refusal refusal = {0, at};
        const struct encode_settings settings = {.channels = 1,
                                                 .width = 6000,
                                                 .height = 3000,
                                                 .compression = 1,
                                                 .write = refuse,
                                                 .context = &refusal};
        assert_int_equal(encode(encoder_for(EF_FORMAT_PNG), &settings, map), EF_OUTPUT_FAILED);
    }
    free(map);
}

// Goal: a sink can be closed at any time; sides stay within what the encoder says.
TEST(closed_early)
{
    struct bytes bytes = {0};
    const uint8_t row[64] = {0};
    for (const struct encoder *encoder = encoders; encoder->library != NULL; encoder++)
        for (int rows = 0; rows < 3; rows++) {
            const struct encode_settings settings = {.channels = 1,
                                                     .width = 64,
                                                     .height = 64,
                                                     .quality = 90,
                                                     .write = add,
                                                     .context = &bytes};
            struct sink *sink;
            assert_true(encoder->largest_side >= 16383);
            assert_int_equal(encoder->open(&settings, &sink), EF_OK);
            for (int y = 0; y < rows; y++)
                assert_int_equal(sink->write(sink, row), EF_OK);
            sink->close(sink);
        }
    free(bytes.bytes);
    assert_null(encoder_for(EF_FORMAT_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png),
        cmocka_unit_test(png_streamed),
        cmocka_unit_test(png_levels),
        cmocka_unit_test(own_deflate),
        cmocka_unit_test(crc),
        cmocka_unit_test(jpg),
        cmocka_unit_test(bmp),
#ifdef HAVE_WEBP
        cmocka_unit_test(webp),
#endif
        cmocka_unit_test(colours),
        cmocka_unit_test(png_filters),
        cmocka_unit_test(refused_writes),
        cmocka_unit_test(refused_while_streaming),
        cmocka_unit_test(closed_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
