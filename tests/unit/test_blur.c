// SPDX-License-Identifier: MIT
// The Gaussian blur against its definition: both dimensions at once, in double precision.
#include "support.h"

#include "image/blur.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 64 * 1024 };

static const double sigmas[] = {0.1, 0.3, 0.5, 1, 1.4, 2.5, 5, 20};

static uint8_t pixels[LARGEST], blurred[LARGEST];

// Pushes all rows; they become lost at once, and come out as early as they can.
static void blur(double sigma, int width, int height)
{
    const size_t row_size = (size_t)width;
    const int radius = (int)ceil(3 * sigma);
    struct blur *const blur = blur_open(sigma, (uint32_t)width, (uint32_t)height);
    assert_non_null(blur);
    int taken = 0;
    assert_null(blur_take(blur));
    for (int y = 0; y < height; y++) {
        uint8_t *const pushed = malloc(row_size);
        assert_non_null(pushed);
        memcpy(pushed, pixels + (size_t)y * row_size, row_size);
        blur_push(blur, pushed);
        free(pushed);
        for (const uint8_t *row; (row = blur_take(blur)) != NULL; taken++)
            memcpy(blurred + (size_t)taken * row_size, row, row_size);
        const int decided = y == height - 1 ? height : y + 1 - radius;
        assert_int_equal(taken, decided < 0 ? 0 : decided);
    }
    assert_null(blur_take(blur));
    blur_close(blur);
}

static int reflect(int at, int size)
{
    if (size == 1)
        return 0;
    while (at < 0 || at >= size)
        at = at < 0 ? -at : 2 * (size - 1) - at;
    return at;
}

// Across into `half`, then down, without any rounding.
static double half[LARGEST];

static double weighted(double sigma, const double *from, int size, int step, int at)
{
    const int radius = (int)ceil(3 * sigma);
    double sum = 0, total = 0;
    for (int i = -radius; i <= radius; i++) {
        const double weight = exp(-i * i / (2 * sigma * sigma));
        sum += weight * from[reflect(at + i, size) * step];
        total += weight;
    }
    return sum / total;
}

static void check(double sigma, int width, int height)
{
    static double exact[LARGEST];
    for (int at = 0; at < width * height; at++)
        exact[at] = pixels[at];
    for (int at = 0; at < width * height; at++)
        half[at] = weighted(sigma, exact + at / width * width, width, 1, at % width);
    blur(sigma, width, height);
    for (int at = 0; at < width * height; at++) {
        const double expected = weighted(sigma, half + at % width, height, width, at / width);
        if (fabs(blurred[at] - expected) > 0.53)
            fail_msg("sigma %g, %dx%d: pixel %d, %d is %d, not %g", sigma, width, height,
                     at % width, at / width, blurred[at], expected);
    }
}

// Goal: every small size, also smaller than the kernel.
TEST(small_pictures)
{
    struct chance chance = {1};
    for (int width = 1; width <= 12; width++)
        for (int height = 1; height <= 12; height++)
            for (size_t i = 0; i < COUNT(sigmas); i++) {
                chance_fill(&chance, pixels, (size_t)(width * height));
                check(sigmas[i], width, height);
            }
}

// Goal: noise and black and white, wider than what is worked on at a time.
TEST(larger_pictures)
{
    static const int sizes[][2] = {{511, 7}, {513, 20}, {1100, 5}, {3, 400}, {150, 130}};
    struct chance chance = {2};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t j = 0; j < COUNT(sigmas); j++) {
            const int size = sizes[i][0] * sizes[i][1];
            chance_fill(&chance, pixels, (size_t)size);
            for (int at = 0; j % 2 == 1 && at < size; at++)
                pixels[at] = pixels[at] < 128 ? 0 : 255;
            check(sigmas[j], sizes[i][0], sizes[i][1]);
        }
}

// Goal: a constant picture stays what it is, whatever the value and the size.
TEST(constants)
{
    for (double sigma = 0.1; sigma <= 20; sigma *= 1.3)
        for (int value = 0; value < 256; value += value < 8 || value > 246 ? 1 : 17) {
            memset(pixels, value, 40 * 30);
            blur(sigma, 40, 30);
            assert_memory_equal(blurred, pixels, 40 * 30);
        }
}

// Goal: the smallest sigma changes nothing.
TEST(smallest)
{
    struct chance chance = {3};
    chance_fill(&chance, pixels, 50 * 20);
    blur(0.1, 50, 20);
    assert_memory_equal(blurred, pixels, 50 * 20);
}

// Goal: closing early, and closing nothing.
TEST(closing)
{
    struct blur *const blur = blur_open(5, 10, 10);
    assert_non_null(blur);
    blur_push(blur, pixels);
    blur_close(blur);
    blur_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pictures), cmocka_unit_test(larger_pictures),
        cmocka_unit_test(constants),      cmocka_unit_test(smallest),
        cmocka_unit_test(closing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
