// SPDX-License-Identifier: MIT
// ef_process(): from bytes to maps, and what it refuses.
#include "pictures.h"
#include "support.h"

#include "image/encoder.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(sides_beyond_16_bits),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
