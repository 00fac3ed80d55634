// SPDX-License-Identifier: MIT
// Every decoder but JPEG's, held against stb_image where that reads the same, and the stage that
// turns pictures upright.
#include "coded.h"
#include "support.h"

#include "image/decoders.h"
#include "image/open.h"
#include "image/oriented.h"

#include <stdlib.h>
#include <string.h>

#define BOTH (PIXELS_RGB | PIXELS_GRAY)

// What is marked as unused is so in builds without the optional libraries.

static struct decoded decode(const struct bytes *bytes, unsigned pixels, bool stb_only)
{
    const struct open_settings settings = {pixels, 1000000, stb_only, false};
    return picture_all(bytes, &settings);
}

static enum ef_status status_of(const struct bytes *bytes)
{
    struct decoded decoded = decode(bytes, BOTH, false);
    all_forget(&decoded);
    return decoded.status;
}

static uint8_t gray_of(const uint8_t *rgb)
{
    return (uint8_t)((4899u * rgb[0] + 9617u * rgb[1] + 1868u * rgb[2] + 8192u) >> 14);
}

UNUSED static uint8_t over_white(unsigned value, unsigned alpha)
{
    return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

UNUSED static void check_gray(const struct decoded *decoded)
{
    for (size_t i = 0; i < (size_t)decoded->width * decoded->height; i++)
        assert_int_equal(decoded->gray[i], gray_of(decoded->rgb + 3 * i));
}

// Whatever the bytes: no crash, no leak, and a failure has a name of its own.
UNUSED static void check_damaged(const struct bytes *bytes, unsigned times, uint64_t seed)
{
    struct chance chance = {seed};
    struct bytes damaged = {malloc(bytes->size), bytes->size};
    for (unsigned i = 0; i < times; i++) {
        memcpy(damaged.bytes, bytes->bytes, bytes->size);
        for (uint64_t n = 1 + chance_below(&chance, 4); n > 0; n--)
            damaged.bytes[chance_below(&chance, damaged.size)] ^=
                (uint8_t)(1 << chance_below(&chance, 8));
        const enum ef_status status = status_of(&damaged);
        assert_true(status == EF_OK || (status >= EF_NOT_AN_IMAGE && status <= EF_OUT_OF_MEMORY));
    }
    free(damaged.bytes);
}

UNUSED static void check_cuts(const struct bytes *bytes)
{
    for (size_t cut = 0; cut < bytes->size; cut += 1 + cut / 64) {
        const enum ef_status status = status_of(&(struct bytes){bytes->bytes, cut});
        if (status < EF_NOT_AN_IMAGE || status > EF_IMAGE_CORRUPT)
            fail_msg("cut to %zu of %zu bytes: %s", cut, bytes->size, ef_status_name(status));
    }
}

// Where the pixel (x, y) of the upright picture is stored, by the definition of the orientations.
static void stored_at(unsigned orientation, uint32_t width, uint32_t height, uint32_t *x,
                      uint32_t *y)
{
    const uint32_t right = width - 1 - *x;
    const uint32_t bottom = height - 1 - *y;
    const uint32_t places[9][2] = {
        {*x, *y}, {*x, *y},    {right, *y},     {right, bottom}, {*x, bottom},
        {*y, *x}, {*y, right}, {bottom, right}, {bottom, *x},
    };
    *x = places[orientation][0];
    *y = places[orientation][1];
}

// ---- PNG ----

#ifdef HAVE_PNG

static void check_png(const struct png_kind *kind, uint32_t width, uint32_t height,
                      struct chance *chance)
{
    uint8_t rows[8 * 2 * 64 * 16];
    chance_fill(chance, rows, sizeof rows);
    if (chance_in(chance, 2)) // so that a transparent color comes up more than once
        memset(rows, rows[0], sizeof rows / 2);
    struct bytes png = png_coded(kind, width, height, rows, chance_next(chance));
    struct decoded expected = decode(&png, BOTH, true);
    struct decoded seen = decode(&png, BOTH, false);
    struct decoded gray = decode(&png, PIXELS_GRAY, false);
    assert_int_equal(expected.status, EF_OK);
    assert_int_equal(seen.status, EF_OK);
    assert_true(seen.width == width && seen.height == height);
    assert_memory_equal(seen.rgb, expected.rgb, 3 * (size_t)width * height);
    assert_memory_equal(seen.gray, expected.gray, (size_t)width * height);
    assert_memory_equal(gray.gray, expected.gray, (size_t)width * height);
    check_gray(&seen);
    all_forget(&expected);
    all_forget(&seen);
    all_forget(&gray);
    free(png.bytes);
}

// Goal: libpng and stb_image give the same pixels for every kind of PNG.
TEST(png_kinds_agree)
{
    static const struct {
        enum png_color color;
        int depths[6];
    } kinds[] = {
        {PNG_GRAY, {1, 2, 4, 8, 16}}, {PNG_RGB, {8, 16}},  {PNG_PALETTE, {1, 2, 4, 8}},
        {PNG_GRAY_ALPHA, {8, 16}},    {PNG_RGBA, {8, 16}},
    };
    struct chance chance = {1};
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (const int *depth = kinds[k].depths; *depth != 0; depth++)
            for (unsigned variety = 0; variety < 4; variety++) {
                const bool has_alpha =
                    kinds[k].color == PNG_GRAY_ALPHA || kinds[k].color == PNG_RGBA;
                const struct png_kind kind = {kinds[k].color, *depth, variety & 1,
                                              (variety & 2) && !has_alpha};
                for (uint32_t width = 1; width <= 19; width++)
                    check_png(&kind, width, 1 + width % 9, &chance);
                check_png(&kind, 64, 16, &chance);
            }
}

static struct bytes some_png(bool interlaced)
{
    const struct png_kind kind = {PNG_RGB, 8, interlaced, false};
    uint8_t rows[3 * 40 * 30];
    struct chance chance = {3};
    chance_fill(&chance, rows, sizeof rows);
    return png_coded(&kind, 40, 30, rows, 0);
}

// Goal: a PNG that is cut or damaged is never taken for a whole one: all of it is under checksums.
TEST(png_damage)
{
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct bytes png = some_png(interlaced);
        check_cuts(&png);
        check_damaged(&png, 1000, 4);
        for (size_t at = 8; at < png.size - 12; at += 7) { // up to IEND
            png.bytes[at] ^= 0x10;
            assert_int_not_equal(status_of(&png), EF_OK);
            png.bytes[at] ^= 0x10;
        }
        free(png.bytes);
    }
}

// Goal: the data end early though every chunk is whole.
TEST(png_with_too_few_rows)
{
    static const uint8_t row[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    struct bytes png = png_made(8, 2, 8, PNG_GRAY, NULL, row, sizeof row);
    assert_int_equal(status_of(&png), EF_IMAGE_CORRUPT);
    free(png.bytes);
}

#endif

// ---- WebP ----

#ifdef HAVE_WEBP

static struct bytes some_webp(uint32_t width, uint32_t height, uint64_t seed, bool opaque,
                              uint8_t *rgba)
{
    struct chance chance = {seed};
    chance_fill(&chance, rgba, 4 * (size_t)width * height);
    for (size_t i = 0; i < (size_t)width * height && opaque; i++)
        rgba[4 * i + 3] = 255;
    return webp_coded(width, height, rgba);
}

static void check_rgba(const struct decoded *decoded, uint32_t x0, uint32_t y0, uint32_t width,
                       uint32_t height, const uint8_t *rgba)
{
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < 3 * width; x++) {
            const uint8_t *pixel = rgba + 4 * ((size_t)y * width + x / 3);
            const size_t at = 3 * ((size_t)(y0 + y) * decoded->width + x0) + x;
            assert_int_equal(decoded->rgb[at], over_white(pixel[x % 3], pixel[3]));
        }
}

// Goal: lossless WebP comes out as it went in, over white.
TEST(webp_lossless)
{
    uint8_t rgba[4 * 33 * 21];
    for (int opaque = 0; opaque < 2; opaque++)
        for (uint32_t width = 1; width <= 33; width += 4) {
            struct bytes webp = some_webp(width, 21, width, opaque, rgba);
            struct decoded seen = decode(&webp, BOTH, false);
            assert_int_equal(seen.status, EF_OK);
            assert_int_equal(seen.type, EF_TYPE_WEBP);
            assert_true(seen.width == width && seen.height == 21);
            check_rgba(&seen, 0, 0, width, 21, rgba);
            check_gray(&seen);
            all_forget(&seen);
            free(webp.bytes);
        }
}

TEST(webp_damage)
{
    uint8_t rgba[4 * 20 * 20];
    struct bytes webp = some_webp(20, 20, 5, false, rgba);
    check_cuts(&webp);
    check_damaged(&webp, 1000, 6);
    free(webp.bytes);
}

static struct bytes animation(uint32_t x, uint32_t y, const struct bytes *first,
                              const struct bytes *second)
{
    struct bytes webp = webp_begin(12, 10, 0x12);
    BYTES_ADD(&webp, "ANIM\6\0\0\0\0\0\0\0\0\0");
    webp_add_frame(&webp, x, y, 7, 5, first);
    if (second != NULL)
        webp_add_frame(&webp, 0, 0, 7, 5, second);
    webp_end(&webp);
    return webp;
}

// Goal: of an animation the first frame, in its place on white.
TEST(webp_animation)
{
    uint8_t rgba[4 * 7 * 5];
    uint8_t other[4 * 7 * 5];
    struct bytes first = some_webp(7, 5, 7, false, rgba);
    struct bytes second = some_webp(7, 5, 8, true, other);
    struct bytes webp = animation(4, 2, &first, &second);
    struct decoded seen = decode(&webp, BOTH, false);
    assert_int_equal(seen.status, EF_OK);
    assert_true(seen.width == 12 && seen.height == 10);
    check_rgba(&seen, 4, 2, 7, 5, rgba);
    for (size_t i = 0; i < 3 * 12 * 10; i++)
        if (i / 36 < 2 || i / 36 > 6 || i / 3 % 12 < 4 || i / 3 % 12 > 10)
            assert_int_equal(seen.rgb[i], 255);
    all_forget(&seen);
    check_cuts(&webp);
    check_damaged(&webp, 1000, 9);
    free(webp.bytes);
    webp = animation(6, 2, &first, NULL); // beyond the right side by one
    assert_int_equal(status_of(&webp), EF_IMAGE_CORRUPT);
    free(webp.bytes);
    free(first.bytes);
    free(second.bytes);
}

// Goal: a canvas is refused for its area before anything is allocated for it.
TEST(webp_canvas)
{
    struct bytes webp = webp_begin(1 << 24, 1 << 24, 0);
    webp_end(&webp);
    assert_int_equal(status_of(&webp), EF_IMAGE_TOO_LARGE);
    free(webp.bytes);
    webp = webp_begin(8, 8, 2); // an animation of nothing
    webp_end(&webp);
    const enum ef_status status = status_of(&webp);
    assert_true(status == EF_IMAGE_CORRUPT || status == EF_IMAGE_TRUNCATED);
    free(webp.bytes);
}

// Goal: Exif turns a WebP; a frame of another size than the canvas is refused.
TEST(webp_extended)
{
    uint8_t rgba[4 * 7 * 5];
    struct bytes still = some_webp(7, 5, 10, true, rgba);
    struct bytes webp = webp_begin(7, 5, 0x08);
    bytes_add(&webp, still.bytes + 12, still.size - 12);
    BYTES_ADD(&webp, "EXIF\x1A\0\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0");
    webp_end(&webp);
    struct decoded seen = decode(&webp, BOTH, false);
    assert_int_equal(seen.status, EF_OK);
    assert_true(seen.width == 5 && seen.height == 7);
    assert_memory_equal(seen.rgb + 3 * 4, rgba, 3); // stored top left is now top right
    all_forget(&seen);
    free(webp.bytes);
    webp = webp_begin(8, 5, 0);
    bytes_add(&webp, still.bytes + 12, still.size - 12);
    webp_end(&webp);
    assert_int_equal(status_of(&webp), EF_IMAGE_CORRUPT);
    free(webp.bytes);
    free(still.bytes);
}

// Goal: what only an optional library reads has its name when that may not be used.
TEST(stb_only)
{
    uint8_t rgba[4];
    struct bytes webp = some_webp(1, 1, 1, true, rgba);
    struct decoded seen = decode(&webp, BOTH, true);
    assert_int_equal(seen.status, EF_IMAGE_UNSUPPORTED);
    assert_int_equal(seen.type, EF_TYPE_WEBP);
    assert_string_equal(seen.detail.text, "WebP");
    free(webp.bytes);
}

#endif

// ---- AVIF ----

#ifdef HAVE_AVIF

// Four flat corners, so that any turn shows and no loss blurs them.
static void fill_corners(uint8_t *rgba, uint32_t width, uint32_t height, uint8_t alpha)
{
    static const uint8_t corners[4][3] = {{250, 5, 5}, {5, 250, 5}, {5, 5, 250}, {120, 120, 120}};
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++, rgba += 4) {
            memcpy(rgba, corners[(y >= height / 2) * 2 + (x >= width / 2)], 3);
            rgba[3] = alpha;
        }
}

static void check_avif(unsigned rotation, int mirror, unsigned orientation)
{
    enum { WIDTH = 32, HEIGHT = 16 };
    uint8_t rgba[4 * WIDTH * HEIGHT];
    fill_corners(rgba, WIDTH, HEIGHT, 255);
    struct bytes avif = avif_coded(WIDTH, HEIGHT, rgba, false, rotation, mirror);
    struct decoded seen = decode(&avif, BOTH, false);
    assert_int_equal(seen.status, EF_OK);
    assert_int_equal(seen.type, EF_TYPE_AVIF);
    assert_int_equal(seen.width, orientation > 4 ? HEIGHT : WIDTH);
    assert_int_equal(seen.height, orientation > 4 ? WIDTH : HEIGHT);
    for (uint32_t i = 0; i < seen.width * seen.height; i++) {
        uint32_t x = i % seen.width;
        uint32_t y = i / seen.width;
        stored_at(orientation, seen.width, seen.height, &x, &y);
        for (uint32_t k = 0; k < 3; k++)
            assert_in_range(seen.rgb[3 * i + k] + 20 - rgba[4 * (y * WIDTH + x) + k], 0, 40);
    }
    check_gray(&seen);
    all_forget(&seen);
    free(avif.bytes);
}

// Goal: all rotations and mirrors: first the one, anticlockwise, then the other.
TEST(avif_turns)
{
    check_avif(0, -1, 1);
    check_avif(1, -1, 8);
    check_avif(2, -1, 3);
    check_avif(3, -1, 6);
    check_avif(0, 0, 4);
    check_avif(0, 1, 2);
    check_avif(1, 0, 5);
    check_avif(1, 1, 7);
    check_avif(2, 0, 2);
    check_avif(2, 1, 4);
    check_avif(3, 0, 7);
    check_avif(3, 1, 5);
}

TEST(avif_alpha)
{
    uint8_t rgba[4 * 16 * 16];
    fill_corners(rgba, 16, 16, 0);
    struct bytes avif = avif_coded(16, 16, rgba, true, 0, -1);
    struct decoded seen = decode(&avif, BOTH, false);
    assert_int_equal(seen.status, EF_OK);
    for (size_t i = 0; i < 3 * 16 * 16; i++)
        assert_in_range(seen.rgb[i], 253, 255);
    all_forget(&seen);
    free(avif.bytes);
}

// Goal: cuts and damage; a header that tells another size than the picture has; a limit.
TEST(avif_damage)
{
    uint8_t rgba[4 * 32 * 16];
    fill_corners(rgba, 32, 16, 255);
    struct bytes avif = avif_coded(32, 16, rgba, false, 0, -1);
    check_cuts(&avif);
    check_damaged(&avif, SANITIZED ? 300 : 1000, 12);
    const struct open_settings tight = {BOTH, 511, false, false};
    struct decoded seen = picture_all(&avif, &tight);
    assert_int_equal(seen.status, EF_IMAGE_TOO_LARGE);
    uint8_t *size = memmem(avif.bytes, avif.size, "ispe\0\0\0\0\0\0\0\x20\0\0\0\x10", 16);
    assert_non_null(size);
    size[11] = 0x10; // libavif scales what is coded to what is told
    seen = decode(&avif, BOTH, false);
    assert_true(seen.status == EF_OK && seen.width == 16 && seen.height == 16);
    all_forget(&seen);
    size[8] = 0x7F;
    assert_int_equal(status_of(&avif), EF_IMAGE_TOO_LARGE);
    free(avif.bytes);
}

#endif

// ---- upright ----

// A source of counted pixels: each tells where it was stored.
struct counted {
    struct source source;
    uint32_t row;
    bool *closed;
};

static enum ef_status read_counted(struct source *source, uint8_t *rgb, uint8_t *gray,
                                   UNUSED struct ef_detail *detail)
{
    struct counted *counted = (struct counted *)source;
    for (uint32_t x = 0; x < source->width; x++) {
        if (gray != NULL)
            gray[x] = (uint8_t)(x * 7 + counted->row * 31);
        if (rgb != NULL)
            memcpy(rgb + (size_t)3 * x, (uint8_t[]){(uint8_t)x, (uint8_t)counted->row, 9}, 3);
    }
    counted->row++;
    return EF_OK;
}

static void close_counted(struct source *source)
{
    *((struct counted *)source)->closed = true;
}

static void check_turned(unsigned orientation, uint32_t width, uint32_t height, unsigned pixels)
{
    bool closed = false;
    struct counted counted = {{width, height, read_counted, close_counted}, 0, &closed};
    struct source *source = &counted.source;
    struct decoded seen = {0};
    assert_int_equal(source_orient(&source, orientation, pixels), EF_OK);
    assert_true((orientation < 2 || orientation > 8) == (source == &counted.source));
    source_all(source, pixels, &seen);
    assert_true(closed);
    assert_int_equal(seen.status, EF_OK);
    assert_int_equal(seen.width, orientation >= 5 && orientation <= 8 ? height : width);
    assert_int_equal(seen.height, orientation >= 5 && orientation <= 8 ? width : height);
    for (uint32_t i = 0; i < seen.width * seen.height; i++) {
        uint32_t x = i % seen.width;
        uint32_t y = i / seen.width;
        stored_at(orientation <= 8 ? orientation : 1, seen.width, seen.height, &x, &y);
        if (seen.gray != NULL)
            assert_int_equal(seen.gray[i], (uint8_t)(x * 7 + y * 31));
        if (seen.rgb != NULL)
            assert_true(seen.rgb[3 * i] == (uint8_t)x && seen.rgb[3 * i + 1] == (uint8_t)y);
    }
    all_forget(&seen);
}

// Goal: all eight orientations, in sizes around the band's, and what is no orientation.
TEST(orientations)
{
    static const uint32_t sides[] = {1, 2, 3, 15, 16, 17, 33, 50};
    for (unsigned orientation = 0; orientation <= 9; orientation++)
        for (size_t i = 0; i < COUNT(sides); i++)
            for (size_t j = 0; j < COUNT(sides); j++)
                for (unsigned pixels = 1; pixels <= BOTH; pixels++)
                    check_turned(orientation, sides[i], sides[j], pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef HAVE_PNG
        cmocka_unit_test(png_kinds_agree),
        cmocka_unit_test(png_damage),
        cmocka_unit_test(png_with_too_few_rows),
#endif
#ifdef HAVE_WEBP
        cmocka_unit_test(webp_lossless),
        cmocka_unit_test(webp_damage),
        cmocka_unit_test(webp_animation),
        cmocka_unit_test(webp_canvas),
        cmocka_unit_test(webp_extended),
        cmocka_unit_test(stb_only),
#endif
#ifdef HAVE_AVIF
        cmocka_unit_test(avif_turns),
        cmocka_unit_test(avif_alpha),
        cmocka_unit_test(avif_damage),
#endif
        cmocka_unit_test(orientations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
