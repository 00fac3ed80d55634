// SPDX-License-Identifier: MIT
// Resizing and blurring, the stages between decoder and detectors.
#include "support.h"

#include "image/blur.h"
#include "image/resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A source of gray rows from memory.
struct gray_source {
    struct source source;
    const uint8_t *pixels;
    uint32_t row;
};

static enum ef_status read_gray(struct source *source, UNUSED uint8_t *rgb, uint8_t *gray,
                                UNUSED struct ef_detail *detail)
{
    struct gray_source *self = (struct gray_source *)source;
    assert_true(self->row < source->height);
    memcpy(gray, self->pixels + (size_t)self->row++ * source->width, source->width);
    return EF_OK;
}

static void close_gray(UNUSED struct source *source) {}

// Resizes a gray picture; the result has *width x *height pixels, and the caller frees it.
static uint8_t *resized(const uint8_t *pixels, uint32_t *width, uint32_t *height, uint32_t to_width,
                        uint32_t to_height, enum ef_fit fit)
{
    struct gray_source memory = {{*width, *height, read_gray, close_gray}, pixels, 0};
    struct source *source = &memory.source;
    assert_int_equal(source_resize(&source, PIXELS_GRAY, to_width, to_height, fit), EF_OK);
    *width = source->width;
    *height = source->height;
    uint8_t *out = malloc((size_t)source->width * source->height);
    assert_non_null(out);
    for (uint32_t y = 0; y < source->height; y++)
        assert_int_equal(source->read(source, NULL, out + (size_t)y * source->width, NULL), EF_OK);
    source->close(source);
    return out;
}

// Goal: the sizes of the three fits, never nothing.
TEST(sizes)
{
    static const struct {
        uint32_t width, height, to_width, to_height;
        enum ef_fit fit;
        uint32_t expected_width, expected_height;
    } cases[] = {
        {100, 50, 20, 20, EF_FIT_CONTAIN, 20, 10}, {100, 50, 20, 20, EF_FIT_COVER, 20, 20},
        {100, 50, 20, 20, EF_FIT_STRETCH, 20, 20}, {50, 100, 200, 200, EF_FIT_CONTAIN, 100, 200},
        {1000, 1, 10, 10, EF_FIT_CONTAIN, 10, 1},  {1, 1, 7, 5, EF_FIT_COVER, 7, 5},
        {20, 20, 20, 20, EF_FIT_CONTAIN, 20, 20},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t width = cases[i].width;
        uint32_t height = cases[i].height;
        uint8_t *pixels = calloc(width, height);
        uint8_t *out =
            resized(pixels, &width, &height, cases[i].to_width, cases[i].to_height, cases[i].fit);
        assert_int_equal(width, cases[i].expected_width);
        assert_int_equal(height, cases[i].expected_height);
        free(out);
        free(pixels);
    }
}

// Goal: a flat picture stays flat, from every small size to every other.
TEST(flat_stays_flat)
{
    uint8_t pixels[81];
    memset(pixels, 137, sizeof pixels);
    for (uint32_t from = 1; from <= 9; from++)
        for (uint32_t to = 1; to <= 13; to++)
            for (int fit = 0; fit < EF_FIT_COUNT; fit++) {
                uint32_t width = from;
                uint32_t height = 10 - from;
                uint8_t *out = resized(pixels, &width, &height, to, 14 - to, (enum ef_fit)fit);
                for (size_t i = 0; i < (size_t)width * height; i++)
                    assert_int_equal(out[i], 137);
                free(out);
            }
}

// Goal: half the size is the mean of each two by two pixels.
TEST(halving_averages)
{
    static const uint8_t pixels[] = {0, 10, 100, 200, 20, 30, 100, 100};
    uint32_t width = 4;
    uint32_t height = 2;
    uint8_t *out = resized(pixels, &width, &height, 2, 1, EF_FIT_STRETCH);
    assert_int_equal(out[0], 15);
    assert_int_equal(out[1], 125);
    free(out);
}

// Goal: cover cuts the same from both sides.
TEST(cover_cuts_both_sides)
{
    static const uint8_t pixels[] = {255, 10, 20, 255};
    uint32_t width = 4;
    uint32_t height = 1;
    uint8_t *out = resized(pixels, &width, &height, 2, 1, EF_FIT_COVER);
    assert_int_equal(width, 2);
    assert_int_equal(out[0], 10);
    assert_int_equal(out[1], 20);
    free(out);
}

static size_t reflected(int64_t at, int64_t size)
{
    while (size > 1 && (at < 0 || at >= size))
        at = at < 0 ? -at : 2 * (size - 1) - at;
    return size == 1 ? 0 : (size_t)at;
}

// The blurred pixel (x, y), by the definition.
static double blurred_at(const uint8_t *pixels, int64_t width, int64_t height, double sigma,
                         int64_t x, int64_t y)
{
    const int64_t radius = (int64_t)ceil(3 * sigma);
    double sum = 0;
    double weights = 0;
    for (int64_t j = -radius; j <= radius; j++)
        for (int64_t i = -radius; i <= radius; i++) {
            const double weight = exp(-(double)(i * i + j * j) / (2 * sigma * sigma));
            const size_t row = reflected(y + j, height);
            sum += weight * pixels[row * (size_t)width + reflected(x + i, width)];
            weights += weight;
        }
    return sum / weights;
}

static void check_blur(uint32_t width, uint32_t height, double sigma)
{
    uint8_t pixels[12 * 12];
    struct chance chance = {width * 100 + height};
    struct blur *blur = blur_open(sigma, width, height);
    uint32_t taken = 0;
    assert_non_null(blur);
    chance_fill(&chance, pixels, sizeof pixels);
    for (uint32_t y = 0; y < height; y++) {
        blur_push(blur, pixels + (size_t)y * width);
        for (const uint8_t *row; (row = blur_take(blur)) != NULL; taken++)
            for (uint32_t x = 0; x < width; x++)
                if (fabs(row[x] - blurred_at(pixels, width, height, sigma, x, taken)) > 0.6)
                    fail_msg("%ux%u, sigma %g, at %u, %u", width, height, sigma, x, taken);
    }
    assert_int_equal(taken, height);
    blur_close(blur);
}

// Goal: the blur is the Gaussian of its definition, also on pictures smaller than its kernel.
TEST(blur_is_gaussian)
{
    static const double sigmas[] = {0.1, 0.7, 1.4, 4};
    for (size_t i = 0; i < COUNT(sigmas); i++)
        for (uint32_t width = 1; width <= 12; width += 3)
            for (uint32_t height = 1; height <= 12; height++)
                check_blur(width, height, sigmas[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(flat_stays_flat),
        cmocka_unit_test(halving_averages),
        cmocka_unit_test(cover_cuts_both_sides),
        cmocka_unit_test(blur_is_gaussian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
