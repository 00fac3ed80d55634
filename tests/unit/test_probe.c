// SPDX-License-Identifier: MIT
// Telling what bytes are.
#include "support.h"

#include "base/probe.h"

#include <edgefetch/edges.h>

#include <string.h>

static enum ef_type probe(const void *data, size_t size)
{
    struct guarded guarded = guarded_make(data, size);
    const enum ef_type type = ef_probe(guarded.bytes, size);
    guarded_free(&guarded);
    return type;
}

static enum ef_status foreign(const void *data, size_t size, const char **what)
{
    struct guarded guarded = guarded_make(data, size);
    const enum ef_status status = probe_foreign(guarded.bytes, size, what);
    guarded_free(&guarded);
    return status;
}

// Goal: every type that is read is known by its first bytes, and by nothing shorter.
TEST(known_types)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum ef_type type;
    } known[] = {
        {"\xFF\xD8\xFF", 3, EF_TYPE_JPEG},
        {"\x89PNG\r\n\x1A\n", 8, EF_TYPE_PNG},
        {"GIF87a", 6, EF_TYPE_GIF},
        {"GIF89a", 6, EF_TYPE_GIF},
        {"BM", 2, EF_TYPE_BMP},
        {"P5 ", 3, EF_TYPE_PNM},
        {"P6\n", 3, EF_TYPE_PNM},
        {"P5\t", 3, EF_TYPE_PNM},
        {"P6\r", 3, EF_TYPE_PNM},
        {"P5#", 3, EF_TYPE_PNM},
        {"RIFF\x24\0\0\0WEBP", 12, EF_TYPE_WEBP},
        {"\0\0\0\x10"
         "ftypavif\0\0\0\0",
         16, EF_TYPE_AVIF},
        {"\0\0\0\x1C"
         "ftypavis\0\0\0\0",
         16, EF_TYPE_AVIF},
        {"\0\0\0\x18"
         "ftypmif1\0\0\0\0miafavif",
         24, EF_TYPE_AVIF},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_int_equal(probe(known[i].bytes, known[i].size), known[i].type);
        for (size_t cut = 0; cut < known[i].size; cut++)
            assert_int_equal(probe(known[i].bytes, cut), EF_TYPE_UNKNOWN);
    }
}

// Goal: what only looks like one of them is unknown.
TEST(near_misses)
{
    static const char *const texts[] = {
        "GIF88a",       "P5x",         "P4 1 1",          "P7\n",          "\xFF\xD8\x00",
        "bm",           "MB",          "\x89PNG\n\x1A\n", " \xFF\xD8\xFF", "P3\n1 1\n255\n",
        "RIFF....WEBQ", "RIFX....WEBP"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(probe(texts[i], strlen(texts[i])), EF_TYPE_UNKNOWN);
}

#define CASE(bytes, status, name)                                                                  \
    {                                                                                              \
        (bytes), sizeof(bytes) - 1, (status), (name)                                               \
    }

// Goal: foreign pictures and the usual things that are no picture are called by their names.
TEST(foreign_types)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum ef_status status;
        const char *name;
    } cases[] = {
        CASE("\0\0\0\x18"
             "ftypheic",
             EF_IMAGE_UNSUPPORTED, "HEIC"),
        CASE("\0\0\0\x18"
             "ftypmif1",
             EF_IMAGE_UNSUPPORTED, "HEIF"),
        CASE("II*\0", EF_IMAGE_UNSUPPORTED, "TIFF"),
        CASE("MM\0*", EF_IMAGE_UNSUPPORTED, "TIFF"),
        CASE("\xFF\x0A", EF_IMAGE_UNSUPPORTED, "JPEG XL"),
        CASE("\0\0\0\x0CJXL \r\n", EF_IMAGE_UNSUPPORTED, "JPEG XL"),
        CASE("\0\0\0\x0CjP  \r\n", EF_IMAGE_UNSUPPORTED, "JPEG 2000"),
        CASE("8BPS\0\1", EF_IMAGE_UNSUPPORTED, "Photoshop"),
        CASE("#?RADIANCE\n", EF_IMAGE_UNSUPPORTED, "Radiance HDR"),
        CASE("\0\0\1\0\1\0", EF_IMAGE_UNSUPPORTED, "ICO"),
        CASE("qoif", EF_IMAGE_UNSUPPORTED, "QOI"),
        CASE("<?xml version='1.0'?>\n<SVG xmlns='...'>", EF_IMAGE_UNSUPPORTED, "SVG"),
        CASE("<!DOCTYPE html><title>404</title>", EF_NOT_AN_IMAGE, "HTML"),
        CASE("\n\n<HTML lang=en>", EF_NOT_AN_IMAGE, "HTML"),
        CASE("%PDF-1.7", EF_NOT_AN_IMAGE, "PDF"),
        CASE("\x1F\x8B\x08", EF_NOT_AN_IMAGE, "gzip"),
        CASE("hello", EF_NOT_AN_IMAGE, NULL),
        CASE("{}", EF_NOT_AN_IMAGE, NULL),
        CASE("", EF_NOT_AN_IMAGE, NULL),
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *what = "not set";
        assert_int_equal(probe(cases[i].bytes, cases[i].size), EF_TYPE_UNKNOWN);
        assert_int_equal(foreign(cases[i].bytes, cases[i].size, &what), cases[i].status);
        if (cases[i].name == NULL)
            assert_null(what);
        else
            assert_string_equal(what, cases[i].name);
    }
}

// Goal: random bytes of every small size are looked at and never read past.
TEST(random_bytes)
{
    struct chance chance = {5};
    for (size_t i = 0; i < 3000; i++) {
        const char *what;
        struct guarded data = guarded_make(NULL, i % 40);
        chance_fill(&chance, data.bytes, data.size);
        if (ef_probe(data.bytes, data.size) == EF_TYPE_UNKNOWN)
            probe_foreign(data.bytes, data.size, &what);
        guarded_free(&data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_types),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(foreign_types),
        cmocka_unit_test(random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
