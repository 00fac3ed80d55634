// SPDX-License-Identifier: MIT
// The tables of names: statuses, types, detectors, formats.
#include "support.h"

#include <edgefetch/status.h>
#include <edgefetch/types.h>

#include <ctype.h>
#include <string.h>

// Goal: every status has a name that scripts can select by, and no two have the same.
TEST(status_names)
{
    for (int i = 0; i < EF_STATUS_COUNT; i++) {
        const char *name = ef_status_name((enum ef_status)i);
        assert_non_null(name);
        assert_true(name[0] != '\0');
        for (const char *c = name; *c != '\0'; c++)
            assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, ef_status_name((enum ef_status)j));
    }
    assert_string_equal(ef_status_name(EF_OK), "ok");
    assert_string_equal(ef_status_name(EF_WORKER_TIMEOUT), "worker_timeout");
}

// Goal: every status has a sentence: no capital at the start, no full stop at the end.
TEST(status_sentences)
{
    for (int i = 0; i < EF_STATUS_COUNT; i++) {
        const char *sentence = ef_status_sentence((enum ef_status)i);
        assert_non_null(sentence);
        assert_true(strlen(sentence) > 3);
        assert_false(isupper((unsigned char)sentence[0]));
        assert_int_not_equal(sentence[strlen(sentence) - 1], '.');
    }
}

// Goal: values that are no status are "internal".
TEST(unknown_status)
{
    static const int unknown[] = {EF_STATUS_COUNT, EF_STATUS_COUNT + 1, -1, 0x7FFFFFFF};
    for (size_t i = 0; i < COUNT(unknown); i++) {
        assert_string_equal(ef_status_name((enum ef_status)unknown[i]), "internal");
        assert_string_equal(ef_status_sentence((enum ef_status)unknown[i]),
                            ef_status_sentence(EF_INTERNAL));
    }
}

// Goal: the types' names and extensions, which stand in manifests and file names.
TEST(types)
{
    static const struct {
        enum ef_type type;
        const char *name, *extension;
    } types[] = {
        {EF_TYPE_JPEG, "jpeg", "jpg"},  {EF_TYPE_PNG, "png", "png"}, {EF_TYPE_GIF, "gif", "gif"},
        {EF_TYPE_BMP, "bmp", "bmp"},    {EF_TYPE_PNM, "pnm", "pnm"}, {EF_TYPE_WEBP, "webp", "webp"},
        {EF_TYPE_AVIF, "avif", "avif"},
    };
    assert_int_equal(COUNT(types) + 1, EF_TYPE_COUNT);
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_string_equal(ef_type_name(types[i].type), types[i].name);
        assert_string_equal(ef_type_extension(types[i].type), types[i].extension);
    }
    assert_string_equal(ef_type_name(EF_TYPE_UNKNOWN), "unknown");
    assert_string_equal(ef_type_name(EF_TYPE_COUNT), "unknown");
    assert_string_equal(ef_type_extension((enum ef_type) - 1), "unknown");
}

// Goal: detectors and formats are found by their own name alone, and stay as they were otherwise.
TEST(from_name)
{
    enum ef_detector detector = EF_DETECTOR_COUNT;
    enum ef_format format;
    assert_true(ef_detector_from_name("neighbor", &detector));
    assert_int_equal(detector, EF_DETECTOR_NEIGHBOR);
    for (int i = 0; i < EF_FORMAT_COUNT; i++) {
        format = EF_FORMAT_COUNT;
        assert_true(ef_format_from_name(ef_format_name((enum ef_format)i), &format));
        assert_int_equal(format, i);
    }
    static const char *const wrong[] = {"", "PNG", "png ", "pn", "jpeg", "unknown", "neighbour"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        format = EF_FORMAT_TGA;
        detector = EF_DETECTOR_COUNT;
        assert_false(ef_format_from_name(wrong[i], &format));
        assert_false(ef_detector_from_name(wrong[i], &detector));
        assert_int_equal(format, EF_FORMAT_TGA);
        assert_int_equal(detector, EF_DETECTOR_COUNT);
    }
    assert_string_equal(ef_format_name(EF_FORMAT_COUNT), "unknown");
    assert_string_equal(ef_detector_name(EF_DETECTOR_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_names),   cmocka_unit_test(status_sentences),
        cmocka_unit_test(unknown_status), cmocka_unit_test(types),
        cmocka_unit_test(from_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
