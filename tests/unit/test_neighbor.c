// SPDX-License-Identifier: MIT
// The default detector against a naive reference, on rows that end at a guard page.
#include "support.h"

#include "image/neighbor.h"

#include <edgefetch/edges.h>

#include <stdlib.h>
#include <string.h>

enum { SIDE = 9 };

static const unsigned thresholds[] = {0, 29, 30, 31, 764, 765};

// ---- DESIGN section 7, word for word ----

// sum |dR| + |dG| + |dB|
static int sum_of_differences(const uint8_t *a, const uint8_t *b)
{
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]);
}

// "For every pixel: over its right and lower neighbour where they exist, sum, divide by the number
// of neighbours (integer division); above the threshold white, else black; the last pixel is
// black."
static uint8_t reference(const uint8_t *pixels, size_t width, size_t height, size_t x, size_t y,
                         unsigned threshold)
{
    const uint8_t *here = pixels + 3 * (y * width + x);
    int sum = 0;
    int neighbours = 0;
    if (x + 1 < width) {
        sum += sum_of_differences(here, here + 3);
        neighbours++;
    }
    if (y + 1 < height) {
        sum += sum_of_differences(here, here + 3 * width);
        neighbours++;
    }
    if (neighbours == 0)
        return 0;
    return sum / neighbours > (int)threshold ? 255 : 0;
}

// ---- pictures ----

// Noise of different strengths, so that every threshold has values near it on both sides.
static void paint(struct chance *chance, uint8_t *pixels, size_t size)
{
    const uint64_t strength = 1 + chance_below(chance, 5);
    for (size_t i = 0; i < size; i++)
        switch (strength) {
        case 1: // nearly flat: differences around 30
            pixels[i] = (uint8_t)(100 + chance_below(chance, 22));
            break;
        case 2: // black and white
            pixels[i] = chance_in(chance, 2) ? 0 : 255;
            break;
        case 3: // black and white pixels with one value off: differences around 764
            pixels[i] = (uint8_t)(i / 3 % 2 * 255);
            if (chance_in(chance, 8))
                pixels[i] ^= 1;
            break;
        default:
            pixels[i] = (uint8_t)chance_next(chance);
        }
}

static void compare_rows(const uint8_t *pixels, size_t width, size_t height, unsigned threshold)
{
    for (size_t y = 0; y < height; y++) {
        const bool last = y + 1 == height;
        struct guarded row = guarded_make(pixels + 3 * y * width, 3 * width);
        struct guarded below = {0};
        struct guarded out = guarded_make(NULL, width);
        if (!last)
            below = guarded_make(pixels + 3 * (y + 1) * width, 3 * width);
        memset(out.bytes, 7, width);
        neighbor_row(row.bytes, last ? NULL : below.bytes, width, threshold, out.bytes);
        for (size_t x = 0; x < width; x++)
            if (out.bytes[x] != reference(pixels, width, height, x, y, threshold))
                fail_msg("%zux%zu, threshold %u: pixel %zu,%zu is %u", width, height, threshold, x,
                         y, out.bytes[x]);
        guarded_free(&row);
        guarded_free(&out);
        if (!last)
            guarded_free(&below);
    }
}

// Goal: equal to the reference for every small size and every telling threshold.
TEST(equal_to_reference)
{
    struct chance chance = {7};
    uint8_t pixels[3 * SIDE * SIDE];
    for (size_t width = 1; width <= SIDE; width++)
        for (size_t height = 1; height <= SIDE; height++)
            for (size_t i = 0; i < COUNT(thresholds); i++) {
                paint(&chance, pixels, 3 * width * height);
                compare_rows(pixels, width, height, thresholds[i]);
            }
}

// Goal: the same for whole pictures through ef_detect, wide enough for vector code and its rest.
TEST(whole_pictures)
{
    static const uint32_t widths[] = {15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 257};
    struct chance chance = {8};
    for (size_t i = 0; i < COUNT(widths); i++) {
        const uint32_t width = widths[i];
        const uint32_t height = 5;
        struct guarded pixels = guarded_make(NULL, 3 * (size_t)width * height);
        const struct ef_image image = {width, height, 3, pixels.bytes};
        paint(&chance, pixels.bytes, pixels.size);
        for (size_t t = 0; t < COUNT(thresholds); t++) {
            const struct ef_detect_options options = {EF_DETECTOR_NEIGHBOR, thresholds[t]};
            struct ef_image edges;
            uint64_t sum = 0;
            assert_int_equal(ef_detect(&image, &options, &edges), EF_OK);
            assert_true(edges.width == width && edges.height == height && edges.channels == 1);
            for (size_t p = 0; p < (size_t)width * height; p++) {
                const uint8_t expected =
                    reference(pixels.bytes, width, height, p % width, p / width, thresholds[t]);
                assert_int_equal(edges.pixels[p], expected);
                sum += expected;
            }
            assert_int_equal(ef_edge_sum(&edges), sum);
            ef_image_free(&edges);
        }
        guarded_free(&pixels);
    }
}

// Goal: a difference equal to the threshold is no edge, one more is; halves are cut off.
TEST(exactly_at_the_threshold)
{
    const uint8_t row[6] = {0, 0, 0, 10, 10, 10}; // 30 to the right
    const uint8_t below_29[6] = {9, 10, 10, 0, 0, 0};
    const uint8_t below_31[6] = {11, 10, 10, 10, 10, 10};
    const uint8_t below_32[6] = {12, 10, 10, 10, 10, 10};
    uint8_t out[2];
    neighbor_row(row, NULL, 2, 30, out);
    assert_int_equal(out[0], 0);
    neighbor_row(row, NULL, 2, 29, out);
    assert_int_equal(out[0], 255);
    assert_int_equal(out[1], 0);
    neighbor_row(row, below_29, 2, 29, out); // (30 + 29) / 2 = 29
    assert_int_equal(out[0], 0);
    neighbor_row(row, below_31, 2, 30, out); // (30 + 31) / 2 = 30
    assert_int_equal(out[0], 0);
    neighbor_row(row, below_32, 2, 30, out); // (30 + 32) / 2 = 31
    assert_int_equal(out[0], 255);
}

// Goal: the largest difference there is, 765, is above 764 and not above 765.
TEST(largest_difference)
{
    const uint8_t row[6] = {255, 255, 255, 0, 0, 0};
    const uint8_t below[6] = {0, 0, 0, 255, 255, 255};
    uint8_t out[2];
    neighbor_row(row, below, 2, 764, out);
    assert_int_equal(out[0], 255);
    assert_int_equal(out[1], 255);
    neighbor_row(row, below, 2, 765, out);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[1], 0);
}

// Goal: a detector that does not exist gives no image.
TEST(unknown_detector)
{
    uint8_t pixel[3] = {0};
    const struct ef_image image = {1, 1, 3, pixel};
    const struct ef_detect_options options = {EF_DETECTOR_COUNT, 30};
    struct ef_image edges;
    assert_int_not_equal(ef_detect(&image, &options, &edges), EF_OK);
    assert_null(edges.pixels);
    ef_image_free(&edges); // of an image that is all zero: does nothing
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_to_reference),       cmocka_unit_test(whole_pictures),
        cmocka_unit_test(exactly_at_the_threshold), cmocka_unit_test(largest_difference),
        cmocka_unit_test(unknown_detector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
