// SPDX-License-Identifier: MIT
// Canny against its definition written down plainly: whole pictures, one pixel at a time,
// thresholds and comparisons as OpenCV documents them, nothing shared with the program's
// arithmetic. All of it runs once for every level of kernels that this CPU has.
#include "plain_canny.h"
#include "support.h"

#include "image/canny.h"
#include "image/canny_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct plain_thresholds all_thresholds[] = {
    {100, 200},  {50, 100},      {200, 100},     {0, 0},     {0, 10000},
    {10000, 0},  {10000, 10000}, {65535, 65535}, {0, 65535}, {1, 1},
    {400, 1020}, {1500, 1019},   {32767, 32768}};

// ---- the filter ----

struct taking {
    struct sink sink;
    size_t width, rows;
    size_t refused; // the row that is not taken
    uint8_t map[PLAIN_LARGEST];
};

static enum ef_status take(struct sink *sink, const uint8_t *row)
{
    struct taking *taking = (struct taking *)sink;
    if (taking->rows == taking->refused)
        return EF_OUTPUT_FAILED;
    memcpy(taking->map + taking->rows++ * taking->width, row, taking->width);
    return EF_OK;
}

static struct taking taking;

static struct filter *open_filter(const struct plain_picture *picture,
                                  struct plain_thresholds thresholds, bool l2)
{
    const struct detect_settings settings = {
        .threshold = -1, .l2 = l2, .low = thresholds.low, .high = thresholds.high};
    struct filter *filter = NULL;
    taking =
        (struct taking){.sink.write = take, .width = (size_t)picture->width, .refused = SIZE_MAX};
    assert_int_equal(canny_open(&settings, (uint32_t)picture->width, (uint32_t)picture->height,
                                &taking.sink, &filter),
                     EF_OK);
    assert_non_null(filter);
    return filter;
}

// Every row is pushed from memory that ends with it, and lost afterwards.
static void push_rows(const struct plain_picture *picture, struct filter *filter, int rows)
{
    const size_t width = (size_t)picture->width;
    for (int y = 0; y < rows; y++) {
        uint8_t *const row = malloc(width);
        assert_non_null(row);
        memcpy(row, picture->pixels + (size_t)y * width, width);
        assert_int_equal(filter->push(filter, NULL, row), EF_OK);
        free(row);
    }
}

static void detect(const struct plain_picture *picture, struct plain_thresholds thresholds, bool l2)
{
    struct filter *const filter = open_filter(picture, thresholds, l2);
    push_rows(picture, filter, picture->height);
    assert_int_equal(filter->finish(filter), EF_OK);
    assert_int_equal(taking.rows, picture->height);
    uint64_t sum = 0;
    for (int at = 0; at < picture->width * picture->height; at++)
        sum += taking.map[at];
    assert_int_equal(filter->sum, sum);
    filter->close(filter);
}

static void check(const struct plain_picture *picture, struct plain_thresholds thresholds, bool l2)
{
    detect(picture, thresholds, l2);
    plain_detect(picture, thresholds, l2);
    for (int at = 0; at < picture->width * picture->height; at++)
        if (taking.map[at] != (plain_canny.map[at] == PLAIN_EDGE ? 255 : 0))
            fail_msg("%dx%d, %d/%d, %s: pixel %d, %d is %d", picture->width, picture->height,
                     thresholds.low, thresholds.high, l2 ? "L2" : "L1", at % picture->width,
                     at / picture->width, taking.map[at]);
}

// ---- pictures ----

enum kind { NOISE, FAINT, RAMPS, BLOCKS, TWO_VALUES, SMOOTH, KINDS };

static uint8_t pixel_of(struct chance *chance, enum kind kind, int x, int y, const int r[3])
{
    switch (kind) {
    case NOISE:
        return (uint8_t)chance_next(chance);
    case FAINT:
        return (uint8_t)(100 + chance_below(chance, 20));
    case RAMPS: // equal magnitudes side by side, in every direction
        return (uint8_t)(r[0] * x + r[1] * y + (int)chance_in(chance, 50));
    case BLOCKS:
        return (uint8_t)(((x / (r[0] + 1) + 3 * (y / (r[1] + 1))) * r[2]) % 256);
    case TWO_VALUES:
        return chance_in(chance, 2) ? 255 : 0;
    default: {
        const int dx = x - r[0], dy = y - r[1];
        return (uint8_t)((dx * dx * 3 + dy * dy * 5 + x * y) / 16);
    }
    }
}

static void draw(struct plain_picture *picture, struct chance *chance, enum kind kind, int width,
                 int height)
{
    const int r[3] = {(int)chance_below(chance, 9), (int)chance_below(chance, 9),
                      40 + (int)chance_below(chance, 100)};
    picture->width = width;
    picture->height = height;
    for (int at = 0; at < width * height; at++)
        picture->pixels[at] = pixel_of(chance, kind, at % width, at / width, r);
}

static struct plain_picture picture;

// ---- tests ----

// Goal: every small size, both norms, all kinds of thresholds.
TEST(small_pictures)
{
    struct chance chance = {1};
    for (int width = 1; width <= 20; width++)
        for (int height = 1; height <= 20; height++)
            for (size_t i = 0; i < COUNT(all_thresholds); i++) {
                draw(&picture, &chance, (enum kind)chance_below(&chance, KINDS), width, height);
                check(&picture, all_thresholds[i], false);
                check(&picture, all_thresholds[i], true);
            }
}

// Goal: widths about whole words and vectors, long thin pictures, larger ones.
TEST(larger_pictures)
{
    static const int sizes[][2] = {{31, 17},  {32, 9},  {33, 9},   {63, 40},  {64, 40},  {65, 40},
                                   {66, 3},   {95, 5},  {96, 5},   {97, 5},   {127, 20}, {128, 20},
                                   {129, 20}, {191, 4}, {192, 4},  {193, 4},  {1, 700},  {700, 1},
                                   {2, 300},  {300, 2}, {333, 97}, {400, 300}};
    struct chance chance = {2};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (enum kind kind = 0; kind < KINDS; kind++) {
            draw(&picture, &chance, kind, sizes[i][0], sizes[i][1]);
            for (size_t j = 0; j < 6; j++)
                check(&picture, all_thresholds[j], j % 2 == kind % 2);
        }
}

// Goal: random thresholds on both sides of what is there.
TEST(random_thresholds)
{
    struct chance chance = {3};
    for (int round = 0; round < 2000; round++) {
        const int width = 1 + (int)chance_below(&chance, 90);
        const int height = 1 + (int)chance_below(&chance, 12);
        const uint64_t range = chance_in(&chance, 2) ? 300 : 2100;
        const struct plain_thresholds thresholds = {(int)chance_below(&chance, range),
                                                    (int)chance_below(&chance, range)};
        draw(&picture, &chance, (enum kind)chance_below(&chance, KINDS), width, height);
        check(&picture, thresholds, chance_in(&chance, 2));
    }
}

static uint64_t digest(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = (value ^ bytes[i]) * UINT64_C(0x100000001b3) + 1;
    return value;
}

// Goal: what OpenCV 4.6.0 itself gives: cv2.Canny(picture, low, high, apertureSize=3,
// L2gradient=l2).
TEST(as_opencv)
{
    static const struct {
        struct plain_thresholds thresholds;
        bool l2;
        uint64_t edges, digest;
    } expected[] = {
        {{100, 200}, false, 1764, 0x56421ac69ce475f9}, {{100, 200}, true, 1693, 0xb778d79cdafc3e86},
        {{600, 300}, false, 1459, 0x37cc0a894e8e1486}, {{250, 600}, true, 1260, 0x9f7012ada230f6a9},
        {{0, 0}, false, 1767, 0x83e9dec726a6d1e6},     {{0, 10000}, true, 0, 0xe8296e4eeefdfe29},
    };
    picture.width = 97;
    picture.height = 61;
    for (int y = 0; y < picture.height; y++)
        for (int x = 0; x < picture.width; x++)
            picture.pixels[y * picture.width + x] =
                (uint8_t)((3 * x * x + 5 * y * y + 7 * x * y) / 16);
    for (size_t i = 0; i < COUNT(expected); i++) {
        detect(&picture, expected[i].thresholds, expected[i].l2);
        uint64_t edges = 0;
        for (size_t at = 0; at < 97 * 61; at++)
            edges += taking.map[at] / 255;
        assert_int_equal(edges, expected[i].edges);
        assert_int_equal(digest(taking.map, 97 * 61), expected[i].digest);
    }
}

// Goal: of two equal magnitudes beside each other the left one stays, and the upper one.
TEST(steps)
{
    picture.width = picture.height = 5;
    for (int down = 0; down < 2; down++) {
        for (int at = 0; at < 25; at++)
            picture.pixels[at] = (down ? at / 5 : at % 5) < 2 ? 0 : 255;
        detect(&picture, (struct plain_thresholds){100, 200}, down);
        for (int at = 0; at < 25; at++)
            assert_int_equal(taking.map[at], (down ? at / 5 : at % 5) == 1 ? 255 : 0);
    }
}

// Goal: thresholds outside their range, too few rows and a sink that fails are reported; a filter
// may be closed at any time.
TEST(failures)
{
    static const struct detect_settings wrong[] = {
        {.low = -1, .high = 1}, {.low = 1, .high = -1}, {.low = 65536}, {.high = 65536}};
    struct filter *filter = (struct filter *)&taking;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(canny_open(&wrong[i], 1, 1, &taking.sink, &filter), EF_INTERNAL);
        assert_null(filter);
    }
    struct chance chance = {4};
    draw(&picture, &chance, NOISE, 9, 7);
    for (int rows = 0; rows < 7; rows++) {
        filter = open_filter(&picture, all_thresholds[0], false);
        push_rows(&picture, filter, rows);
        if (rows % 2 == 1)
            assert_int_equal(filter->finish(filter), EF_INTERNAL);
        filter->close(filter);
    }
    filter = open_filter(&picture, all_thresholds[0], false);
    taking.refused = 3;
    push_rows(&picture, filter, 7);
    assert_int_equal(filter->finish(filter), EF_OUTPUT_FAILED);
    filter->close(filter);
}

// ---- hysteresis ----

static struct canny_word *word_at(struct canny_map *map, int width, int at)
{
    return canny_map_row(map, (uint32_t)(at / width)) + at % width / CANNY_WORD;
}

// Puts the reference's map into words, follows, and compares.
static void check_map(int width, int height)
{
    struct canny_map map;
    assert_true(canny_map_open(&map, (uint32_t)width, (uint32_t)height));
    for (int at = 0; at < width * height; at++) {
        const uint64_t pixel = UINT64_C(1) << (at % width % CANNY_WORD);
        word_at(&map, width, at)->weak |= plain_canny.map[at] == PLAIN_CANDIDATE ? pixel : 0;
        word_at(&map, width, at)->edge |= plain_canny.map[at] == PLAIN_EDGE ? pixel : 0;
    }
    assert_int_equal(canny_map_follow(&map), EF_OK);
    plain_follow(width, height);
    for (int at = 0; at < width * height; at++) {
        const struct canny_word word = *word_at(&map, width, at);
        assert_int_equal(word.edge >> (at % width % CANNY_WORD) & 1,
                         plain_canny.map[at] == PLAIN_EDGE);
        assert_int_equal(word.weak & word.edge, 0);
    }
    canny_map_close(&map);
}

// Goal: candidates of every density.
TEST(connections)
{
    struct chance chance = {5};
    for (int round = 0; round < 300; round++) {
        const int width = 1 + (int)chance_below(&chance, 300);
        const int height = 1 + (int)chance_below(&chance, round % 10 == 0 ? 300 : 20);
        const uint64_t density = chance_below(&chance, 101);
        for (int at = 0; at < width * height; at++)
            plain_canny.map[at] =
                chance_below(&chance, 100) < density ? PLAIN_CANDIDATE : PLAIN_NOTHING;
        for (int i = 0; i < 3; i++)
            plain_canny.map[chance_below(&chance, (uint64_t)(width * height))] = PLAIN_EDGE;
        check_map(width, height);
    }
}

// Goal: one edge at the end of a path that goes up and down, or to and fro, through everything.
TEST(long_ways)
{
    const int width = 301, height = 201;
    for (int turned = 0; turned < 2; turned++)
        for (int other_end = 0; other_end < 2; other_end++) {
            for (int at = 0; at < width * height; at++) {
                const int along = turned ? at / width : at % width;
                const int lane = turned ? at % width : at / width;
                const int end = turned ? height - 1 : width - 1;
                const bool bend = lane % 4 == 1 ? along == end : along == 0;
                plain_canny.map[at] = lane % 2 == 0 || bend ? PLAIN_CANDIDATE : PLAIN_NOTHING;
            }
            plain_canny.map[other_end ? width * height - 1 : 0] = PLAIN_EDGE;
            check_map(width, height);
        }
}

// ---- levels ----

static int run_all(void *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pictures),
        cmocka_unit_test(larger_pictures),
        cmocka_unit_test(random_thresholds),
        cmocka_unit_test(as_opencv),
        cmocka_unit_test(steps),
        cmocka_unit_test(failures),
        cmocka_unit_test(connections),
        cmocka_unit_test(long_ways),
    };
    if (setenv("EDGEFETCH_CPU", name, 1) != 0 || strcmp(canny_rows()->name, name) != 0)
        return 1;
    const int failed = cmocka_run_group_tests_name(name, tests, NULL, NULL);
    fflush(NULL);
    return failed != 0;
}

// The choice of kernels stays for as long as a process lives, so every level has its own.
TEST(every_level)
{
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct canny_rows *const rows = canny_rows_for((enum kernel_level)level);
        if (rows != NULL)
            assert_int_equal(in_child(run_all, (void *)(uintptr_t)rows->name), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_level)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
