// SPDX-License-Identifier: MIT
// ef_process(): from bytes to maps, and what it refuses.
#include "pictures.h"
#include "support.h"

#include "image/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(void *context, const void *data, size_t size)
{
    bytes_add(context, data, size);
    return 0;
}

static int refuse(UNUSED void *context, UNUSED const void *data, UNUSED size_t size)
{
    return -1;
}

static enum ef_status process(const struct bytes *picture, const struct ef_options *options,
                              struct bytes *maps, struct ef_result *result)
{
    struct ef_output outputs[EF_DETECTOR_COUNT];
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        outputs[i] = (struct ef_output){add, &maps[i]};
    return ef_process(picture->bytes, picture->size, options, outputs, result);
}

// Goal: several detectors at once write what each writes alone.
TEST(several_at_once)
{
    struct picture map = map_made(40, 30, 1);
    struct bytes picture = encoded(&map, EF_FORMAT_PNG);
    struct ef_options all = ef_default_options();
    struct bytes together[EF_DETECTOR_COUNT] = {0};
    struct ef_result result;
    all.detector_count = EF_DETECTOR_COUNT;
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        all.detectors[i] = (enum ef_detector)(EF_DETECTOR_COUNT - 1 - i);
    assert_int_equal(process(&picture, &all, together, &result), EF_OK);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        struct ef_options one = ef_default_options();
        struct bytes alone[EF_DETECTOR_COUNT] = {0};
        struct ef_result of_one;
        one.detectors[0] = all.detectors[i];
        assert_int_equal(process(&picture, &one, alone, &of_one), EF_OK);
        assert_int_equal(alone[0].size, together[i].size);
        assert_memory_equal(alone[0].bytes, together[i].bytes, alone[0].size);
        assert_int_equal(of_one.edge_sum[0], result.edge_sum[i]);
        free(alone[0].bytes);
        free(together[i].bytes);
    }
    free(picture.bytes);
    picture_free(&map);
}

// Goal: JPEG and TGA, whose sides have 16 bits, refuse longer ones; PNG and BMP do not.
TEST(sides_beyond_16_bits)
{
    static const struct {
        enum ef_format format;
        enum ef_status status;
    } cases[] = {{EF_FORMAT_JPG, EF_OUTPUT_TOO_LARGE},
                 {EF_FORMAT_TGA, EF_OUTPUT_TOO_LARGE},
                 {EF_FORMAT_PNG, EF_OK},
                 {EF_FORMAT_BMP, EF_OK}};
    struct picture map = map_made(65536, 1, 2);
    struct bytes picture = encoded(&map, EF_FORMAT_PNG);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ef_options options = ef_default_options();
        struct bytes maps[EF_DETECTOR_COUNT] = {0};
        struct ef_result result;
        options.format = cases[i].format;
        assert_int_equal(process(&picture, &options, maps, &result), cases[i].status);
        if (cases[i].status != EF_OK)
            assert_non_null(strstr(result.detail.text, "65536x1"));
        free(maps[0].bytes);
    }
    free(picture.bytes);
    picture_free(&map);
}

// Goal: a write function that refuses, and options that make no sense, are their own statuses.
TEST(refusals)
{
    const struct bytes picture = {(uint8_t *)(uintptr_t)tiny_gif, sizeof tiny_gif};
    struct ef_options options = ef_default_options();
    struct bytes maps[EF_DETECTOR_COUNT] = {0};
    struct ef_result result;
    for (unsigned format = 0; format < EF_FORMAT_COUNT; format++) {
        if (encoder_for((enum ef_format)format) == NULL)
            continue; // not in this build
        options.format = (enum ef_format)format;
        assert_int_equal(ef_process(picture.bytes, picture.size, &options,
                                    &(struct ef_output){refuse, NULL}, &result),
                         EF_OUTPUT_FAILED);
    }
    options = ef_default_options();
    options.detector_count = 0;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options.detector_count = EF_DETECTOR_COUNT + 1;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options = ef_default_options();
    options.quality = 101;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options = ef_default_options();
    options.compression = 10;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options = ef_default_options();
    options.blur = 20.5;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options = ef_default_options();
    options.resize_width = 5; // and no height
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
    options = ef_default_options();
    options.threshold = 766;
    assert_int_equal(process(&picture, &options, maps, &result), EF_INTERNAL);
}

// |dR| + |dG| + |dB| of two pixels.
static int difference(const uint8_t *a, const uint8_t *b)
{
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]);
}

// The default map of a picture, as DESIGN section 7 has it.
static struct picture neighbor_map(const uint8_t *rgb, uint32_t width, uint32_t height)
{
    struct picture map = map_made(width, height, 0);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            const uint8_t *here = rgb + 3 * ((size_t)y * width + x);
            int sum = 0;
            int neighbours = 0;
            if (x + 1 < width && ++neighbours > 0)
                sum += difference(here, here + 3);
            if (y + 1 < height && ++neighbours > 0)
                sum += difference(here, here + 3 * (size_t)width);
            map.pixels[(size_t)y * width + x] = neighbours > 0 && sum / neighbours > 30 ? 255 : 0;
        }
    return map;
}

// A color picture as a PPM.
static struct bytes color_made(uint32_t width, uint32_t height, struct picture *pixels)
{
    struct bytes ppm = {0};
    char header[40];
    snprintf(header, sizeof header, "P6 %u %u 255\n", width, height);
    *pixels = map_made(3 * width, height, width + 10 * height);
    for (size_t i = 0; i < (size_t)3 * width * height; i++)
        pixels->pixels[i] /= 8; // differences around 30
    bytes_add(&ppm, header, strlen(header));
    bytes_add(&ppm, pixels->pixels, (size_t)3 * width * height);
    return ppm;
}

// A PNG is compared by its pixels, because its map is packed; the others as their encoder's bytes.
static void check_file(const struct bytes *file, const struct picture *map, enum ef_format format)
{
    if (format != EF_FORMAT_PNG) {
        struct bytes expected = encoded(map, format);
        assert_int_equal(file->size, expected.size);
        assert_memory_equal(file->bytes, expected.bytes, expected.size);
        free(expected.bytes);
        return;
    }
    struct picture read;
    struct ef_detail detail;
    enum ef_type type;
    assert_int_equal(picture_decode(file->bytes, file->size, 10000, &read, &type, &detail), EF_OK);
    assert_true(read.width == map->width && read.height == map->height);
    for (size_t i = 0; i < (size_t)3 * map->width * map->height; i++)
        assert_int_equal(read.pixels[i], map->pixels[i / 3]);
    picture_free(&read);
}

// Goal: the default map is exactly the one of its definition, in every lossless format and small
// size, and its sum is the sum of its pixels.
TEST(exact_neighbor)
{
    static const enum ef_format formats[] = {EF_FORMAT_PNG, EF_FORMAT_BMP, EF_FORMAT_TGA};
    for (uint32_t width = 1; width <= 19; width += 3)
        for (uint32_t height = 1; height <= 5; height++)
            for (size_t f = 0; f < COUNT(formats); f++) {
                struct ef_options options = ef_default_options();
                struct bytes maps[EF_DETECTOR_COUNT] = {0};
                struct picture pixels;
                struct ef_result result;
                uint64_t sum = 0;
                struct bytes ppm = color_made(width, height, &pixels);
                struct picture map = neighbor_map(pixels.pixels, width, height);
                options.format = formats[f];
                assert_int_equal(process(&ppm, &options, maps, &result), EF_OK);
                check_file(&maps[0], &map, formats[f]);
                for (size_t i = 0; i < (size_t)width * height; i++)
                    sum += map.pixels[i];
                assert_int_equal(result.edge_sum[0], sum);
                assert_int_equal(result.type, EF_TYPE_PNM);
                assert_true(result.width == width && result.height == height);
                free(maps[0].bytes);
                free(ppm.bytes);
                picture_free(&map);
                picture_free(&pixels);
            }
}

// Goal: a picture cut at any place fails, says its type where it has one, and is never OK.
TEST(every_cut_fails)
{
    struct picture map = map_made(12, 11, 9);
    struct ef_options options = ef_default_options();
    options.detectors[1] = EF_DETECTOR_CANNY;
    options.detector_count = 2;
    options.blur = 1;
    options.resize_width = options.resize_height = 9;
    for (unsigned format = 0; format <= EF_FORMAT_BMP; format++) {
        struct bytes picture = encoded(&map, (enum ef_format)format);
        for (size_t cut = 0; cut < picture.size; cut++) {
            struct guarded part = guarded_make(picture.bytes, cut);
            struct bytes maps[EF_DETECTOR_COUNT] = {0};
            struct ef_result result;
            const enum ef_status status =
                process(&(struct bytes){part.bytes, cut}, &options, maps, &result);
            if (status < EF_NOT_AN_IMAGE || status > EF_IMAGE_CORRUPT)
                fail_msg("cut to %zu of %zu: %s", cut, picture.size, ef_status_name(status));
            assert_int_equal(result.type == EF_TYPE_UNKNOWN, status == EF_NOT_AN_IMAGE);
            guarded_free(&part);
            free(maps[0].bytes);
            free(maps[1].bytes);
        }
        free(picture.bytes);
    }
    picture_free(&map);
}

// Goal: as many pixels as the limit says, and not one more; the header of a huge one is enough.
TEST(pixel_limit)
{
    static const char huge[] = "P6 60000 60000 255\n";
    struct picture pixels;
    struct bytes picture = color_made(10, 10, &pixels);
    struct ef_options options = ef_default_options();
    struct bytes maps[EF_DETECTOR_COUNT] = {0};
    struct ef_result result;
    options.max_pixels = 99;
    assert_int_equal(process(&picture, &options, maps, &result), EF_IMAGE_TOO_LARGE);
    assert_string_equal(result.detail.text, "10x10 pixels, the limit is 99");
    options.max_pixels = 100;
    assert_int_equal(process(&picture, &options, maps, &result), EF_OK);
    assert_string_equal(result.detail.text, "");
    options = ef_default_options();
    const struct bytes header = {(uint8_t *)(uintptr_t)huge, sizeof huge - 1};
    assert_int_equal(process(&header, &options, maps, &result), EF_IMAGE_TOO_LARGE);
    free(maps[0].bytes);
    free(picture.bytes);
    picture_free(&pixels);
}

// Goal: the maps have the size of the resized picture, in color and in gray; a flat one has no
// edges.
TEST(resized)
{
    static const uint32_t expected[EF_FIT_COUNT][2] = {{20, 10}, {20, 20}, {20, 20}};
    for (int fit = 0; fit < EF_FIT_COUNT; fit++) {
        struct picture map = map_made(40, 20, 5);
        struct ef_options options = ef_default_options();
        struct bytes maps[EF_DETECTOR_COUNT] = {0};
        struct ef_result result;
        memset(map.pixels, 90, 40 * 20);
        struct bytes picture = encoded(&map, EF_FORMAT_PNG);
        options.detectors[1] = EF_DETECTOR_SOBEL;
        options.detector_count = 2;
        options.resize_width = options.resize_height = 20;
        options.fit = (enum ef_fit)fit;
        assert_int_equal(process(&picture, &options, maps, &result), EF_OK);
        assert_int_equal(result.width, expected[fit][0]);
        assert_int_equal(result.height, expected[fit][1]);
        assert_true(result.edge_sum[0] == 0 && result.edge_sum[1] == 0);
        free(maps[0].bytes);
        free(maps[1].bytes);
        free(picture.bytes);
        picture_free(&map);
    }
}

// Goal: a picture stored on its side comes upright, unless it is not to be turned.
TEST(upright)
{
    static const char turn[] = "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
    static const uint8_t rows[2 * 4] = {0};
    const struct bytes exif = {(uint8_t *)(uintptr_t)turn, sizeof turn - 1};
    struct bytes picture = png_with_exif(3, 2, &exif, rows, sizeof rows);
    for (int stored = 0; stored < 2; stored++) {
        struct ef_options options = ef_default_options();
        struct bytes maps[EF_DETECTOR_COUNT] = {0};
        struct ef_result result;
        options.no_orient = stored;
        assert_int_equal(process(&picture, &options, maps, &result), EF_OK);
        assert_int_equal(result.width, stored ? 3 : 2);
        assert_int_equal(result.height, stored ? 2 : 3);
        free(maps[0].bytes);
    }
    free(picture.bytes);
}

// Goal: options out of their ranges are EF_INTERNAL, whatever the picture is.
TEST(options_out_of_range)
{
    const struct bytes picture = {(uint8_t *)(uintptr_t)tiny_gif, sizeof tiny_gif};
    struct ef_options all[18];
    unsigned accepted = 0;
    for (size_t i = 0; i < COUNT(all); i++)
        all[i] = ef_default_options();
    all[0].detectors[0] = EF_DETECTOR_COUNT;
    all[1].threshold = -2;
    all[2].detectors[0] = EF_DETECTOR_SOBEL;
    all[2].threshold = 256;
    all[3].detectors[0] = EF_DETECTOR_CANNY;
    all[3].low = -1;
    all[4].detectors[0] = EF_DETECTOR_CANNY;
    all[4].high = 65536;
    all[5].format = EF_FORMAT_COUNT;
    all[6].fit = EF_FIT_COUNT;
    all[6].resize_width = all[6].resize_height = 5;
    all[7].detector_count = 2; // neighbor twice
    all[8].quality = 0;
    all[9].quality = 101;
    all[10].compression = -1;
    all[11].compression = 10;
    all[12].blur = 0.05;
    all[13].blur = 20.5;
    all[14].blur = -1;
    all[15].blur = 0.0 / 0.0;
    all[16].resize_width = 65536;
    all[16].resize_height = 1;
    all[17].resize_width = 1;
    all[17].resize_height = 65536;
    for (size_t i = 0; i < COUNT(all); i++) {
        struct bytes maps[EF_DETECTOR_COUNT] = {0};
        struct ef_result result;
        if (all[i].blur != 0) // it is gray that is blurred
            all[i].detectors[0] = EF_DETECTOR_SOBEL;
        if (i == 8 || i == 9)
            all[i].format = EF_FORMAT_JPG;
        const bool told = ef_options_fault(&all[i]) != NULL;
        assert_int_equal(told, all[i].format != EF_FORMAT_COUNT); // which ef_can_write() tells
        const enum ef_status status = process(&picture, &all[i], maps, &result);
        free(maps[0].bytes);
        free(maps[1].bytes);
        if (status != EF_INTERNAL)
            print_error("case %zu: %s\n", i, ef_status_name(status));
        accepted += status != EF_INTERNAL;
    }
    assert_int_equal(accepted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(sides_beyond_16_bits),
        cmocka_unit_test(refusals),
        cmocka_unit_test(exact_neighbor),
        cmocka_unit_test(every_cut_fails),
        cmocka_unit_test(pixel_limit),
        cmocka_unit_test(resized),
        cmocka_unit_test(upright),
        cmocka_unit_test(options_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
