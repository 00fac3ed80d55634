// SPDX-License-Identifier: MIT
// Decoding and encoding, through whatever libraries are built in.
#include "pictures.h"
#include "support.h"

#include "image/encoder.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t roomy = 1000000; // pixels
static struct ef_detail detail;

// Decodes from before a guard page; a failure must leave nothing behind.
static enum ef_status decode(const void *data, size_t size, uint64_t max_pixels,
                             struct picture *image)
{
    struct guarded guarded = guarded_make(data, size);
    enum ef_type type = EF_TYPE_COUNT;
    memset(image, 0xAA, sizeof *image);
    const enum ef_status status =
        picture_decode(guarded.bytes, size, max_pixels, image, &type, &detail);
    guarded_free(&guarded);
    assert_in_range(type, 0, EF_TYPE_COUNT - 1);
    assert_non_null(memchr(detail.text, '\0', sizeof detail.text));
    if (status != EF_OK)
        assert_true(image->pixels == NULL && image->width == 0 && image->height == 0);
    else
        assert_true(image->channels == 3 && image->width > 0 && image->height > 0);
    return status;
}

// Decodes what must decode and compares its pixels, as RGB.
static void check_pixels(const void *data, size_t size, uint32_t width, uint32_t height,
                         const uint8_t *expected)
{
    struct picture image;
    assert_int_equal(decode(data, size, roomy, &image), EF_OK);
    assert_string_equal(detail.text, "");
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    assert_memory_equal(image.pixels, expected, 3 * (size_t)width * height);
    picture_free(&image);
}

static uint8_t *gray_to_rgb(const struct picture *map)
{
    const size_t count = (size_t)map->width * map->height;
    uint8_t *rgb = malloc(3 * count);
    assert_non_null(rgb);
    for (size_t i = 0; i < 3 * count; i++)
        rgb[i] = map->pixels[i / 3];
    return rgb;
}

// Goal: what is written as PNG or BMP reads back pixel for pixel, in all small sizes.
TEST(lossless_round_trip)
{
    for (uint32_t width = 1; width <= 9; width++)
        for (uint32_t height = 1; height <= 9; height += 4) {
            struct picture map = map_made(width, height, width * 10 + height);
            uint8_t *rgb = gray_to_rgb(&map);
            struct bytes png = encoded(&map, EF_FORMAT_PNG);
            struct bytes bmp = encoded(&map, EF_FORMAT_BMP);
            check_pixels(png.bytes, png.size, width, height, rgb);
            check_pixels(bmp.bytes, bmp.size, width, height, rgb);
            free(png.bytes);
            free(bmp.bytes);
            free(rgb);
            picture_free(&map);
        }
}

// The pixels of a one-channel TGA, as its specification has them: 18 bytes of header, then packets.
static void decode_tga(const struct bytes *tga, uint8_t *pixels, size_t count)
{
    const bool bottom_up = (tga->bytes[17] & 0x20) == 0;
    const size_t width = (size_t)(tga->bytes[12] | tga->bytes[13] << 8);
    size_t at = 18;
    assert_true(tga->bytes[2] == 3 || tga->bytes[2] == 11);
    assert_int_equal(tga->bytes[16], 8);
    for (size_t i = 0; i < count;) {
        const uint8_t packet = tga->bytes[2] == 11 ? tga->bytes[at++] : 0;
        for (int n = packet & 0x7F; n >= 0; n--, i++) {
            const size_t row = bottom_up ? count / width - 1 - i / width : i / width;
            assert_true(at < tga->size && i < count);
            pixels[row * width + i % width] = tga->bytes[at];
            at += !(packet & 0x80);
        }
        at += packet >> 7;
    }
}

// Goal: a TGA holds the map's pixels, runs included.
TEST(tga)
{
    struct picture map = map_made(31, 7, 6);
    uint8_t pixels[31 * 7];
    memset(map.pixels + 20, 255, 100);
    struct bytes tga = encoded(&map, EF_FORMAT_TGA);
    assert_int_equal(tga.bytes[12] | tga.bytes[13] << 8, 31);
    assert_int_equal(tga.bytes[14] | tga.bytes[15] << 8, 7);
    decode_tga(&tga, pixels, sizeof pixels);
    assert_memory_equal(pixels, map.pixels, sizeof pixels);
    free(tga.bytes);
    picture_free(&map);
}

// Goal: a JPEG has the size and, within what JPEG loses, the pixels of the map.
TEST(jpg)
{
    struct picture map = map_made(33, 18, 7);
    struct picture image;
    memset(map.pixels, 200, 33 * 9); // two flat halves
    memset(map.pixels + 33 * 9, 40, 33 * 9);
    struct bytes jpg = encoded(&map, EF_FORMAT_JPG);
    assert_int_equal(decode(jpg.bytes, jpg.size, roomy, &image), EF_OK);
    assert_true(image.width == 33 && image.height == 18);
    for (size_t i = 0; i < 3 * 33 * 18; i++)
        assert_in_range(image.pixels[i] + 20 - map.pixels[i / 3], 0, 40);
    free(jpg.bytes);
    picture_free(&image);
    picture_free(&map);
}

// Goal: alpha is composed over white, rounded; a transparent pixel is white whatever its color.
TEST(alpha_over_white)
{
    static const uint8_t rgba[] = {0, 10, 20, 30, 255, 10, 20, 30, 0, 0, 255, 100, 128};
    static const uint8_t from_rgba[] = {10, 20, 30, 255, 255, 255, 127, 255, 177};
    static const uint8_t gray_alpha[] = {0, 50, 255, 50, 0, 50, 128};
    static const uint8_t from_gray_alpha[] = {50, 50, 50, 255, 255, 255, 152, 152, 152};
    struct bytes png = png_made(3, 1, 8, PNG_RGBA, NULL, rgba, sizeof rgba);
    check_pixels(png.bytes, png.size, 3, 1, from_rgba);
    free(png.bytes);
    png = png_made(3, 1, 8, PNG_GRAY_ALPHA, NULL, gray_alpha, sizeof gray_alpha);
    check_pixels(png.bytes, png.size, 3, 1, from_gray_alpha);
    free(png.bytes);
}

// Goal: palettes and small depths are expanded, 16-bit samples cut to 8.
TEST(png_kinds)
{
    const struct bytes palette = {(uint8_t[]){1, 2, 3, 200, 100, 0}, 6};
    static const uint8_t indices[] = {0, 1, 0};
    static const uint8_t bits[] = {0, 0x40};
    static const uint8_t wide[] = {0, 0x12, 0xFF, 0x80, 0x00, 0xFF, 0xFF};
    struct bytes png = png_made(2, 1, 8, PNG_PALETTE, &palette, indices, sizeof indices);
    check_pixels(png.bytes, png.size, 2, 1, (const uint8_t[]){200, 100, 0, 1, 2, 3});
    free(png.bytes);
    png = png_made(2, 1, 1, PNG_GRAY, NULL, bits, sizeof bits);
    check_pixels(png.bytes, png.size, 2, 1, (const uint8_t[]){0, 0, 0, 255, 255, 255});
    free(png.bytes);
    png = png_made(1, 1, 16, PNG_RGB, NULL, wide, sizeof wide);
    check_pixels(png.bytes, png.size, 1, 1, (const uint8_t[]){0x12, 0x80, 0xFF});
    free(png.bytes);
}

// Goal: the smallest GIF and BMP.
TEST(tiny_pictures)
{
    check_pixels(tiny_gif, sizeof tiny_gif, 1, 1, (const uint8_t[]){255, 255, 255});
    check_pixels(tiny_bmp, sizeof tiny_bmp, 2, 1, (const uint8_t[]){255, 0, 0, 0, 0, 255});
}

static void check_pnm(const char *header, const uint8_t *body, size_t size, const uint8_t *expected)
{
    struct bytes pnm = {0};
    bytes_add(&pnm, header, strlen(header));
    bytes_add(&pnm, body, size);
    check_pixels(pnm.bytes, pnm.size, 2, 1, expected);
    free(pnm.bytes);
}

// Goal: PNM samples are scaled from their maximum to 255, and cannot exceed it.
TEST(pnm_maximum)
{
    check_pnm("P5 2 1 255\n", (const uint8_t[]){0, 77}, 2, (const uint8_t[]){0, 0, 0, 77, 77, 77});
    check_pnm("P5 2 1 1\n", (const uint8_t[]){0, 1}, 2, (const uint8_t[]){0, 0, 0, 255, 255, 255});
    check_pnm("P5 2 1 15\n", (const uint8_t[]){7, 15}, 2,
              (const uint8_t[]){119, 119, 119, 255, 255, 255});
    check_pnm("P5 2 1 254\n", (const uint8_t[]){127, 254}, 2,
              (const uint8_t[]){128, 128, 128, 255, 255, 255});
    check_pnm("P5 2 1 100\n", (const uint8_t[]){101, 255}, 2,
              (const uint8_t[]){255, 255, 255, 255, 255, 255});
    check_pnm("P6 2 1 10\n", (const uint8_t[]){0, 5, 10, 1, 2, 3}, 6,
              (const uint8_t[]){0, 128, 255, 26, 51, 77});
    struct picture image;
    assert_int_equal(decode("P5 1 1 65535\n..", 15, roomy, &image), EF_IMAGE_UNSUPPORTED);
    assert_int_equal(decode("P5 1 1 256\n..", 13, roomy, &image), EF_IMAGE_UNSUPPORTED);
}

// Goal: as many pixels as the limit says, and not one more.
TEST(pixel_limit)
{
    struct picture map = map_made(10, 10, 8);
    struct picture image;
    for (unsigned format = 0; format <= EF_FORMAT_BMP; format++) {
        struct bytes bytes = encoded(&map, (enum ef_format)format);
        assert_int_equal(decode(bytes.bytes, bytes.size, 100, &image), EF_OK);
        picture_free(&image);
        assert_int_equal(decode(bytes.bytes, bytes.size, 99, &image), EF_IMAGE_TOO_LARGE);
        assert_non_null(strstr(detail.text, "10x10"));
        free(bytes.bytes);
    }
    picture_free(&map);
}

// Goal: a header alone that promises 60000 x 60000 pixels is refused for its area, with figures.
TEST(huge_header)
{
    static const char pnm[] = "P6 60000 60000 255\n";
    uint8_t bmp[sizeof tiny_bmp];
    struct picture image;
    struct bytes png = png_made(60000, 60000, 8, PNG_RGB, NULL, "", 0);
    memcpy(bmp, tiny_bmp, sizeof bmp);
    memcpy(bmp + 18, "\x60\xEA\0\0\x60\xEA\0\0", 8);
    assert_int_equal(decode(png.bytes, png.size, roomy, &image), EF_IMAGE_TOO_LARGE);
    assert_string_equal(detail.text, "60000x60000 pixels, the limit is 1000000");
    assert_int_equal(decode(png.bytes, 33, roomy, &image), EF_IMAGE_TOO_LARGE);
    assert_int_equal(decode(pnm, sizeof pnm - 1, roomy, &image), EF_IMAGE_TOO_LARGE);
    assert_int_equal(decode(bmp, sizeof bmp, roomy, &image), EF_IMAGE_TOO_LARGE);
    free(png.bytes);
}

static void check_cuts(const uint8_t *data, size_t size)
{
    struct picture image;
    for (size_t cut = 0; cut < size; cut++) {
        const enum ef_status status = decode(data, cut, roomy, &image);
        if (status == EF_OK || status == EF_OUT_OF_MEMORY || status == EF_INTERNAL)
            fail_msg("cut to %zu of %zu bytes: %s", cut, size, ef_status_name(status));
    }
}

// Goal: a picture cut at any place is a failure and never half a picture.
TEST(every_cut_fails)
{
    struct picture map = map_made(12, 11, 9);
    for (unsigned format = 0; format <= EF_FORMAT_BMP; format++) {
        struct bytes bytes = encoded(&map, (enum ef_format)format);
        check_cuts(bytes.bytes, bytes.size);
        free(bytes.bytes);
    }
    check_cuts(tiny_gif, sizeof tiny_gif - 1);
    check_cuts((const uint8_t *)"P6 2 1 255\n......", 17);
    picture_free(&map);
}

// Goal: damaged pictures decode or fail; neither reads outside the data nor leaves memory behind.
TEST(damaged_pictures)
{
    struct picture map = map_made(24, 17, 10);
    struct chance chance = {11};
    for (unsigned format = 0; format <= EF_FORMAT_BMP + 1; format++) {
        struct bytes bytes = {0};
        if (format <= EF_FORMAT_BMP)
            bytes = encoded(&map, (enum ef_format)format);
        else
            bytes_add(&bytes, tiny_gif, sizeof tiny_gif);
        for (int i = 0; i < 500; i++) {
            struct guarded damaged = guarded_make(bytes.bytes, bytes.size);
            struct picture image;
            for (uint64_t n = 1 + chance_below(&chance, 4); n > 0; n--)
                damaged.bytes[chance_below(&chance, damaged.size)] = (uint8_t)chance_next(&chance);
            if (decode(damaged.bytes, damaged.size, roomy, &image) == EF_OK)
                picture_free(&image);
            guarded_free(&damaged);
        }
        free(bytes.bytes);
    }
    picture_free(&map);
}

// Goal: a Huffman table of more codes than there can be is refused. stb_image 2.27 writes past its
// own tables for it; only a build with a sanitizer notices.
TEST(jpeg_with_too_many_codes)
{
    struct picture map = map_made(16, 16, 14);
    struct picture image;
    struct bytes jpg = encoded(&map, EF_FORMAT_JPG);
    uint8_t *table = memmem(jpg.bytes, jpg.size, "\xFF\xC4", 2);
    assert_non_null(table);
    memset(table + 5, 0xFF, 16); // how many codes there are of each length
    assert_int_equal(decode(jpg.bytes, jpg.size, roomy, &image), EF_IMAGE_CORRUPT);
    free(jpg.bytes);
    picture_free(&map);
}

// Goal: what is no picture is said to be none, with what it looks like.
TEST(foreign_bytes)
{
    static const char html[] = "<!DOCTYPE html><html>";
    struct picture image;
    assert_int_equal(decode(html, sizeof html - 1, roomy, &image), EF_NOT_AN_IMAGE);
    assert_string_equal(detail.text, "they look like HTML");
    assert_int_equal(decode("II*\0........", 12, roomy, &image), EF_IMAGE_UNSUPPORTED);
    assert_string_equal(detail.text, "TIFF");
    assert_int_equal(decode("", 0, roomy, &image), EF_NOT_AN_IMAGE);
    assert_string_equal(detail.text, "");
}

// Goal: a detail that is too long is cut, and a null one allowed.
TEST(details)
{
    char longer[2 * EF_DETAIL_BYTES];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    detail_set(&detail, "%s", longer);
    assert_int_equal(strlen(detail.text), EF_DETAIL_BYTES - 1);
    detail_set(NULL, "%s", longer);
    assert_non_null(strstr(ef_codecs(longer, sizeof longer), "png"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossless_round_trip),
        cmocka_unit_test(tga),
        cmocka_unit_test(jpg),
        cmocka_unit_test(alpha_over_white),
        cmocka_unit_test(png_kinds),
        cmocka_unit_test(tiny_pictures),
        cmocka_unit_test(pnm_maximum),
        cmocka_unit_test(pixel_limit),
        cmocka_unit_test(huge_header),
        cmocka_unit_test(every_cut_fails),
        cmocka_unit_test(damaged_pictures),
        cmocka_unit_test(jpeg_with_too_many_codes),
        cmocka_unit_test(foreign_bytes),
        cmocka_unit_test(details),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
