// SPDX-License-Identifier: MIT
// What containers say of themselves: sizes, completeness at every cut, what is not supported, and
// that no bytes whatever are read past their end (every read is before a guard page).
#include "pictures.h"
#include "support.h"

#include "image/container.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_PICTURES = 20000 };

static struct container read_guarded(enum ef_type type, const void *data, size_t size)
{
    struct guarded guarded = guarded_make(data, size);
    const struct container container = container_read(type, guarded.bytes, size);
    guarded_free(&guarded);
    return container;
}

// Whole from `needed` bytes on; its size is right from `header` bytes on and is 0 or right before.
static void check_cuts(enum ef_type type, const void *data, size_t size, size_t header,
                       size_t needed, uint32_t width, uint32_t height)
{
    for (size_t cut = 0; cut <= size; cut++) {
        const struct container container = read_guarded(type, data, cut);
        if (container.whole != (cut >= needed))
            fail_msg("%s cut to %zu of %zu bytes: whole is %d", ef_type_name(type), cut, size,
                     container.whole);
        if (cut >= header && (container.width != width || container.height != height))
            fail_msg("%s cut to %zu of %zu bytes: %ux%u", ef_type_name(type), cut, size,
                     container.width, container.height);
        assert_null(container.unsupported);
    }
}

// Goal: a JPEG is whole with its EOI and not before; its size stands in the frame header.
TEST(jpeg)
{
    struct picture map = map_made(37, 21, 1);
    struct bytes jpeg = encoded(&map, EF_FORMAT_JPG);
    const uint8_t *frame = memmem(jpeg.bytes, jpeg.size, "\xFF\xC0", 2);
    assert_non_null(frame);
    check_cuts(EF_TYPE_JPEG, jpeg.bytes, jpeg.size, (size_t)(frame - jpeg.bytes) + 9, jpeg.size, 37,
               21);
    BYTES_ADD(&jpeg, "trailing");
    assert_true(read_guarded(EF_TYPE_JPEG, jpeg.bytes, jpeg.size).whole);
    free(jpeg.bytes);
    picture_free(&map);
}

// Goal: a thumbnail inside a segment is not taken for the picture, nor its end for the end.
TEST(jpeg_with_thumbnail)
{
    enum { END = 2 + 32 }; // of SOI and this segment
    static const char thumbnail[] = "\xFF\xE1\x00\x1E"
                                    "Exif\0\0\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x09\x00\x09\xFF\xDA"
                                    "\xFF\xD9\xFF\xD9\xFF\xD9\xFF\xD9\xFF";
    struct picture map = map_made(8, 8, 2);
    struct bytes jpeg = encoded(&map, EF_FORMAT_JPG);
    struct bytes both = {0};
    bytes_add(&both, jpeg.bytes, 2);
    bytes_add(&both, thumbnail, sizeof thumbnail - 1);
    bytes_add(&both, jpeg.bytes + 2, jpeg.size - 2);
    const uint8_t *frame = memmem(both.bytes + END, both.size - END, "\xFF\xC0", 2);
    check_cuts(EF_TYPE_JPEG, both.bytes, both.size, (size_t)(frame - both.bytes) + 9, both.size, 8,
               8);
    free(both.bytes);
    free(jpeg.bytes);
    picture_free(&map);
}

// Goal: stuffed zeros, restarts and fill bytes are part of the scan; its end is a real marker.
TEST(jpeg_scans)
{
    static const uint8_t jpeg[] = {
        0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xC2, 0x00, 0x0B, 8,    0,    5,    0,    4,    1,
        1,    0x11, 0,    0xFF, 0xDA, 0x00, 0x08, 1,    1,    0,    0,    63,   0, // a scan
        1,    2,    0xFF, 0x00, 3,    0xFF, 0xD0, 4,    0xFF, 0xFF, 0xD7, 5,       //
        0xFF, 0xC4, 0x00, 0x04, 0xFF, 0xD9, // a table that looks like an end
        0xFF, 0xDA, 0x00, 0x08, 1,    1,    0,    0,    63,   0,    9,    0xFF, 0xFF, 0xD9};
    check_cuts(EF_TYPE_JPEG, jpeg, sizeof jpeg, 13, sizeof jpeg, 4, 5);
}

// Goal: kinds of JPEG that no codec here reads are told by name.
TEST(jpeg_unsupported)
{
    uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 2, 1, 1, 0x11, 0, 0xFF, 0xD9};
    static const uint8_t lossless_or_arithmetic[] = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9,
                                                     0xCA, 0xCB, 0xCD, 0xCE, 0xCF};
    assert_null(read_guarded(EF_TYPE_JPEG, jpeg, sizeof jpeg).unsupported);
    for (size_t i = 0; i < sizeof lossless_or_arithmetic; i++) {
        jpeg[3] = lossless_or_arithmetic[i];
        const struct container container = read_guarded(EF_TYPE_JPEG, jpeg, sizeof jpeg);
        assert_non_null(container.unsupported);
        assert_true(container.width == 2 && container.height == 1);
    }
    jpeg[3] = 0xC1;
    jpeg[6] = 12;
    assert_non_null(read_guarded(EF_TYPE_JPEG, jpeg, sizeof jpeg).unsupported);
    jpeg[3] = 0xC4; // a Huffman table is no frame
    assert_int_equal(read_guarded(EF_TYPE_JPEG, jpeg, sizeof jpeg).width, 0);
}

// Goal: a PNG is whole with the last byte of IEND and not before.
TEST(png)
{
    struct picture map = map_made(13, 9, 3);
    struct bytes png = encoded(&map, EF_FORMAT_PNG);
    check_cuts(EF_TYPE_PNG, png.bytes, png.size, 29, png.size, 13, 9);
    BYTES_ADD(&png, "trailing");
    assert_true(read_guarded(EF_TYPE_PNG, png.bytes, png.size).whole);
    free(png.bytes);
    picture_free(&map);
}

// Goal: a critical chunk that nobody knows reaches no decoder, whatever bytes its name has; one
// that is not critical, or stands behind the end, is passed over.
TEST(png_unknown_chunks)
{
    static const struct {
        const char *name;
        bool corrupt;
    } cases[] = {{"ABCD", true},  {"\x93\xCD\0\x1F", true}, {"\0\0\0\0", true},
                 {"abCD", false}, {"eXIf", false},          {"PLTE", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t png[] = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\1\0\0\0\2\x08\0\0\0\0crc."
                        "\0\0\0\0????crc.\0\0\0\0IENDcrc.\0\0\0\0WXYZcrc.";
        memcpy(png + 37, cases[i].name, 4);
        const struct container container = read_guarded(EF_TYPE_PNG, png, sizeof png - 1);
        assert_true(container.whole);
        assert_int_equal(container.corrupt != NULL, cases[i].corrupt);
    }
}

// Goal: a chunk that says it is longer than the file, or than any file, ends the reading.
TEST(png_lying_lengths)
{
    static const uint32_t lengths[] = {14,         0x7FFFFFFF, 0x80000000,
                                       0xFFFFFFF3, 0xFFFFFFF4, 0xFFFFFFFF};
    uint8_t png[33] = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\1\0\0\0\2";
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (int byte = 0; byte < 4; byte++)
            png[8 + byte] = (uint8_t)(lengths[i] >> (24 - 8 * byte));
        const struct container container = read_guarded(EF_TYPE_PNG, png, sizeof png);
        assert_false(container.whole);
    }
}

// Goal: a GIF is whole when its first picture's data have ended, trailer or not.
TEST(gif)
{
    check_cuts(EF_TYPE_GIF, tiny_gif, sizeof tiny_gif, 13, sizeof tiny_gif - 1, 1, 1);
}

// Goal: a GIF without a picture is not whole.
TEST(gif_without_picture)
{
    static const uint8_t empty[] = "GIF89a\7\0\5\0\0\0\0;";
    static const uint8_t comment[] = "GIF89a\7\0\5\0\0\0\0\x21\xFE\3abc\0;";
    assert_false(read_guarded(EF_TYPE_GIF, empty, sizeof empty - 1).whole);
    const struct container container = read_guarded(EF_TYPE_GIF, comment, sizeof comment - 1);
    assert_false(container.whole);
    assert_true(container.width == 7 && container.height == 5);
}

// Goal: a BMP is whole with its last row; a negative height is a top-down picture.
TEST(bmp)
{
    uint8_t bmp[sizeof tiny_bmp];
    memcpy(bmp, tiny_bmp, sizeof bmp);
    check_cuts(EF_TYPE_BMP, bmp, sizeof bmp, 30, sizeof bmp, 2, 1);
    memset(bmp + 22, 0xFF, 4); // -1
    check_cuts(EF_TYPE_BMP, bmp, sizeof bmp, 30, sizeof bmp, 2, 1);
    bmp[30] = 1;
    assert_non_null(read_guarded(EF_TYPE_BMP, bmp, sizeof bmp).unsupported);
}

// Goal: the old OS/2 header with its 16-bit sides, and a written BMP of the program's own.
TEST(bmp_others)
{
    static const uint8_t old[26 + 2 * 12] = {
        'B', 'M', [10] = 26, [14] = 12, [18] = 3, [20] = 2, [22] = 1, [24] = 24};
    struct picture map = map_made(7, 5, 4);
    struct bytes bmp = encoded(&map, EF_FORMAT_BMP);
    check_cuts(EF_TYPE_BMP, old, sizeof old, 30, sizeof old, 3, 2);
    check_cuts(EF_TYPE_BMP, bmp.bytes, bmp.size, 30, bmp.size, 7, 5);
    free(bmp.bytes);
    picture_free(&map);
}

// A BMP with a palette that ends at `pixels_at`, of one row of four bytes.
static struct container read_palette_bmp(uint8_t header, uint8_t bits, uint8_t width,
                                         uint16_t pixels_at, const char row[4])
{
    uint8_t bmp[2048] = {
        'B',           'M',         [10] = (uint8_t)pixels_at, [11] = (uint8_t)(pixels_at >> 8),
        [14] = header, [18] = width};
    const size_t sides = header == 12 ? 2 : 4;
    bmp[18 + sides] = bmp[18 + 2 * sides] = 1; // height, planes
    bmp[18 + 2 * sides + 2] = bits;
    memcpy(bmp + pixels_at, row, 4);
    return read_guarded(EF_TYPE_BMP, bmp, (size_t)pixels_at + 4);
}

// Goal: no decoder meets a pixel whose color is not in the palette; a short palette alone is fine,
// and so is what stands in the padding.
TEST(bmp_palettes)
{
    static const struct {
        uint8_t header, bits, width;
        uint16_t pixels_at;
        char row[4];
        bool corrupt, unsupported;
    } cases[] = {
        {40, 8, 3, 54 + 4 * 2, "\1\0\1\xFF", false, false},
        {40, 8, 3, 54 + 4 * 2, "\1\0\2", true, false},
        {40, 8, 4, 54 + 4 * 255, "\0\0\0\xFF", true, false},
        {40, 4, 3, 54 + 4 * 3, "\x21\x2F", false, false},
        {40, 4, 4, 54 + 4 * 3, "\x21\x2F", true, false},
        {40, 1, 3, 54 + 4, "\x1F", false, false},
        {40, 1, 4, 54 + 4, "\x1F", true, false},
        {56, 1, 3, 54 + 8, "", true, false}, // its palette would begin behind the pixels
        {12, 4, 2, 26 + 3 * 16, "\xBB", false, false},
        {12, 4, 2, 26 + 3 * 16, "\xBC", false, true},
        {12, 1, 2, 26 + 3 * 2, "", false, true},
        {40, 24, 1, 54, "\xFF\xFF\xFF", false, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct container bmp = read_palette_bmp(
            cases[i].header, cases[i].bits, cases[i].width, cases[i].pixels_at, cases[i].row);
        assert_true(bmp.whole);
        assert_int_equal(bmp.corrupt != NULL, cases[i].corrupt);
        assert_int_equal(bmp.unsupported != NULL, cases[i].unsupported);
    }
}

// Goal: four thousand million rows without a pixel cost no time.
TEST(bmp_without_width)
{
    uint8_t bmp[58] = {'B', 'M', [10] = 58, [14] = 40, [26] = 1, [28] = 1};
    memset(bmp + 22, 0x7F, 4);
    const struct container container = read_guarded(EF_TYPE_BMP, bmp, sizeof bmp);
    assert_int_equal(container.width, 0);
    assert_null(container.corrupt);
}

// Goal: sides and offsets whose product overflows are not whole.
TEST(bmp_overflow)
{
    uint8_t bmp[sizeof tiny_bmp];
    memcpy(bmp, tiny_bmp, sizeof bmp);
    memset(bmp + 18, 0xFF, 4);
    memset(bmp + 22, 0x7F, 4);
    memset(bmp + 28, 0xFF, 2);
    const struct container container = read_guarded(EF_TYPE_BMP, bmp, sizeof bmp);
    assert_false(container.whole);
    assert_int_equal(container.width, UINT32_MAX);
    memcpy(bmp, tiny_bmp, sizeof bmp);
    memset(bmp + 10, 0xFF, 4);
    assert_false(read_guarded(EF_TYPE_BMP, bmp, sizeof bmp).whole);
}

static void check_pnm(const char *text, size_t header, size_t body, uint32_t width, uint32_t height,
                      uint32_t max_value)
{
    struct bytes pnm = {0};
    bytes_add(&pnm, text, header);
    for (size_t i = 0; i < body; i++)
        BYTES_ADD(&pnm, "0"); // a digit, which must not be taken for one
    check_cuts(EF_TYPE_PNM, pnm.bytes, pnm.size, header, pnm.size, width, height);
    assert_int_equal(read_guarded(EF_TYPE_PNM, pnm.bytes, pnm.size).max_value, max_value);
    free(pnm.bytes);
}

#define CHECK_PNM(text, ...) check_pnm((text), sizeof(text) - 1, __VA_ARGS__)

// Goal: gray and color, with all kinds of white space and comments in the header.
TEST(pnm)
{
    CHECK_PNM("P5 3 2 255\n", 6, 3, 2, 255);
    CHECK_PNM("P6 3 2 255\n", 18, 3, 2, 255);
    CHECK_PNM("P5\n# a comment 9 9\n3\t2\r\n#\n15 ", 6, 3, 2, 15);
    CHECK_PNM("P6#\n1#\n \v\f1 1\n", 3, 1, 1, 1);
}

// Goal: headers that make no sense give no whole picture.
TEST(pnm_nonsense)
{
    static const char *const texts[] = {"P5",
                                        "P5 ",
                                        "P5 3",
                                        "P5 3 2",
                                        "P5 3 2 0\n......",
                                        "P5 # 3 2 1",
                                        "P5 -3 2 255\n",
                                        "P5 3 -2 255\n",
                                        "P5 a b 255\n......",
                                        "P5 99999999999 2 255\n......",
                                        "P5 3 99999999999999999999 255\n......"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct container container = read_guarded(EF_TYPE_PNM, texts[i], strlen(texts[i]));
        if (container.whole && container.width != 0 && container.height != 0)
            fail_msg("\"%s\" is whole: %ux%u", texts[i], container.width, container.height);
    }
    assert_non_null(read_guarded(EF_TYPE_PNM, "P5 1 1 256\n..", 13).unsupported);
    assert_false(read_guarded(EF_TYPE_PNM, "P6 999999999 999999999 255\n.", 28).whole);
}

// Goal: an unknown type says nothing.
TEST(unknown_type)
{
    const struct container container = read_guarded(EF_TYPE_UNKNOWN, tiny_gif, sizeof tiny_gif);
    assert_true(container.width == 0 && container.height == 0 && !container.whole);
    assert_int_equal(read_guarded(EF_TYPE_COUNT, tiny_gif, sizeof tiny_gif).width, 0);
}

// Goal: random bytes behind a right beginning are never read past their end.
TEST(random_bytes)
{
    static const struct {
        enum ef_type type;
        const char *start;
        size_t size;
    } starts[] = {
        {EF_TYPE_JPEG, "\xFF\xD8\xFF", 3}, {EF_TYPE_PNG, "\x89PNG\r\n\x1A\n", 8},
        {EF_TYPE_GIF, "GIF89a", 6},        {EF_TYPE_BMP, "BM", 2},
        {EF_TYPE_PNM, "P6 ", 3},
    };
    static const uint8_t telling[] = {0xFF, 0x00, 0xDA, 0xC0, 0xD9, 0x21, 0x2C, '#', '1', ' '};
    struct chance chance = {99};
    for (unsigned i = 0; i < RANDOM_PICTURES; i++) {
        const size_t which = chance_below(&chance, COUNT(starts));
        const size_t size = chance_below(&chance, 120);
        struct guarded data = guarded_make(NULL, size);
        for (size_t at = 0; at < size; at++)
            data.bytes[at] = chance_in(&chance, 2) ? telling[chance_below(&chance, sizeof telling)]
                                                   : (uint8_t)chance_next(&chance);
        memcpy(data.bytes, starts[which].start,
               size < starts[which].size ? size : starts[which].size);
        container_read(starts[which].type, data.bytes, size);
        guarded_free(&data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpeg),
        cmocka_unit_test(jpeg_with_thumbnail),
        cmocka_unit_test(jpeg_scans),
        cmocka_unit_test(jpeg_unsupported),
        cmocka_unit_test(png),
        cmocka_unit_test(png_lying_lengths),
        cmocka_unit_test(png_unknown_chunks),
        cmocka_unit_test(gif),
        cmocka_unit_test(gif_without_picture),
        cmocka_unit_test(bmp),
        cmocka_unit_test(bmp_others),
        cmocka_unit_test(bmp_overflow),
        cmocka_unit_test(bmp_palettes),
        cmocka_unit_test(bmp_without_width),
        cmocka_unit_test(pnm),
        cmocka_unit_test(pnm_nonsense),
        cmocka_unit_test(unknown_type),
        cmocka_unit_test(random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
