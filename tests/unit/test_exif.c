// SPDX-License-Identifier: MIT
// The Exif orientation: read from data that may lie, and applied.
#include "pictures.h"
#include "support.h"

#include "image/exif.h"

#include <stdlib.h>
#include <string.h>

// A TIFF header and a directory of one entry: the orientation.
#define LITTLE(value) "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0" value "\0\0\0\0\0\0\0"
#define BIG(value) "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0" value "\0\0\0\0\0\0"

static unsigned orientation(const void *data, size_t size)
{
    struct guarded guarded = guarded_make(data, size);
    const unsigned value = exif_orientation(guarded.bytes, size);
    guarded_free(&guarded);
    return value;
}

// Goal: all eight orientations, in both byte orders.
TEST(both_byte_orders)
{
    char little[] = LITTLE("\1");
    char big[] = BIG("\1");
    for (char value = 1; value <= 8; value++) {
        little[18] = value;
        big[19] = value;
        assert_int_equal(orientation(little, sizeof little - 1), value);
        assert_int_equal(orientation(big, sizeof big - 1), value);
    }
}

// Goal: what makes no sense is upright: other values, other types, no such entry, cut data.
TEST(nonsense_is_upright)
{
    char exif[] = LITTLE("\6");
    for (size_t cut = 0; cut < 22; cut++) // the entry ends there
        assert_int_equal(orientation(exif, cut), 1);
    assert_int_equal(orientation(exif, 22), 6);
    exif[18] = 9;
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
    exif[18] = 0;
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
    exif[18] = 6;
    exif[12] = 4; // a long, not a short
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
    exif[12] = 3;
    exif[10] = 0x13; // another tag
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
    exif[10] = 0x12;
    memset(exif + 4, 0xFF, 4); // a directory far outside
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
    exif[0] = 'X';
    assert_int_equal(orientation(exif, sizeof exif - 1), 1);
}

// Goal: random Exif data are never read past their end and give 1 to 8.
TEST(random_data)
{
    struct chance chance = {3};
    for (int i = 0; i < 5000; i++) {
        struct guarded data = guarded_make(NULL, 8 + chance_below(&chance, 60));
        chance_fill(&chance, data.bytes, data.size);
        memcpy(data.bytes, chance_in(&chance, 2) ? "II*\0\x08\0\0\0" : "MM\0*\0\0\0\x08", 8);
        if (chance_in(&chance, 2))
            data.bytes[4 + chance_below(&chance, 4)] = (uint8_t)chance_next(&chance);
        assert_in_range(exif_orientation(data.bytes, data.size), 1, 8);
        guarded_free(&data);
    }
}

// Where the upright picture's pixel (x, y) stands in the stored one, in the words of the Exif
// standard: where its row 0 and its column 0 are.
static size_t stored_at(unsigned how, size_t width, size_t height, size_t x, size_t y)
{
    switch (how) {
    case 2: // row 0 is the top, column 0 the right
        return y * width + (width - 1 - x);
    case 3: // the bottom, the right
        return (height - 1 - y) * width + (width - 1 - x);
    case 4: // the bottom, the left
        return (height - 1 - y) * width + x;
    case 5: // row 0 is the left, column 0 the top
        return x * width + y;
    case 6: // the right, the top
        return (height - 1 - x) * width + y;
    case 7: // the right, the bottom
        return (height - 1 - x) * width + (width - 1 - y);
    case 8: // the left, the bottom
        return x * width + (width - 1 - y);
    default:
        return y * width + x;
    }
}

// A gray PNG of random values that says how it is to be turned.
static struct bytes png_turned(const struct picture *map, unsigned how)
{
    struct bytes rows = {0};
    struct bytes exif = {0};
    char directory[] = LITTLE("\1");
    directory[18] = (char)how;
    for (uint32_t y = 0; y < map->height; y++) {
        bytes_add(&rows, "", 1); // no filter
        bytes_add(&rows, map->pixels + (size_t)y * map->width, map->width);
    }
    bytes_add(&exif, directory, sizeof directory - 1);
    struct bytes png = png_with_exif(map->width, map->height, &exif, rows.bytes, rows.size);
    free(rows.bytes);
    free(exif.bytes);
    return png;
}

// Goal: every orientation, of pictures of all small sizes.
TEST(turned_upright)
{
    for (unsigned how = 0; how <= 9; how++)
        for (uint32_t width = 1; width <= 4; width++)
            for (uint32_t height = 1; height <= 4; height++) {
                struct picture stored = map_made(width, height, how);
                struct bytes png = png_turned(&stored, how);
                struct picture image;
                struct ef_detail detail;
                enum ef_type type;
                const bool turned = how >= 5 && how <= 8;
                assert_int_equal(picture_decode(png.bytes, png.size, 1000, &image, &type, &detail),
                                 EF_OK);
                assert_int_equal(image.width, turned ? height : width);
                assert_int_equal(image.height, turned ? width : height);
                for (size_t y = 0; y < image.height; y++)
                    for (size_t x = 0; x < image.width; x++)
                        assert_int_equal(image.pixels[3 * (y * image.width + x)],
                                         stored.pixels[stored_at(how, width, height, x, y)]);
                free(png.bytes);
                picture_free(&image);
                picture_free(&stored);
            }
}

// The upright top left pixel of a gradient that was stored turned by `exif`, inserted in a JPEG.
static void check_jpeg(const char *exif, size_t size, uint32_t width, uint32_t height)
{
    struct picture map = map_made(16, 8, 4);
    struct bytes jpg = encoded(&map, EF_FORMAT_JPG);
    struct bytes turned = {0};
    const uint8_t head[] = {0xFF, 0xE1, 0, (uint8_t)(size + 8)};
    struct ef_detail detail;
    struct picture image;
    enum ef_type type;
    bytes_add(&turned, jpg.bytes, 2);
    bytes_add(&turned, head, sizeof head);
    BYTES_ADD(&turned, "Exif\0\0");
    bytes_add(&turned, exif, size);
    bytes_add(&turned, jpg.bytes + 2, jpg.size - 2);
    assert_int_equal(picture_decode(turned.bytes, turned.size, 1000, &image, &type, &detail),
                     EF_OK);
    assert_true(image.width == width && image.height == height);
    picture_free(&image);
    picture_free(&map);
    free(jpg.bytes);
    free(turned.bytes);
}

// Goal: decoding gives the upright picture of a JPEG.
TEST(decoded_upright)
{
    static const char quarter[] = BIG("\6");
    static const char half[] = LITTLE("\3");
    check_jpeg(quarter, sizeof quarter - 1, 8, 16);
    check_jpeg(half, sizeof half - 1, 16, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders), cmocka_unit_test(nonsense_is_upright),
        cmocka_unit_test(random_data),      cmocka_unit_test(turned_upright),
        cmocka_unit_test(decoded_upright),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
