// SPDX-License-Identifier: MIT
// Whole small pictures through every detector, against its definition written down plainly: one
// pixel at a time, matrices as matrices, roots in double precision, a border index by reflection.
// Nothing here is shared with the program's arithmetic.
#include "image/detectors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LARGEST_WIDTH = 150, LARGEST_HEIGHT = 9 };

struct picture {
    int width, height;
    uint8_t rgb[LARGEST_HEIGHT][LARGEST_WIDTH][3];
    uint8_t gray[LARGEST_HEIGHT][LARGEST_WIDTH];
};

// The definitions

static int reflect(int at, int size)
{
    if (size == 1)
        return 0;
    if (at < 0)
        return -at;
    return at < size ? at : 2 * size - 2 - at;
}

static int gray_at(const struct picture *picture, int x, int y)
{
    return picture->gray[reflect(y, picture->height)][reflect(x, picture->width)];
}

static int correlate(const struct picture *picture, int x, int y, const int matrix[3][3])
{
    int sum = 0;
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++)
            sum += matrix[j][i] * gray_at(picture, x + i - 1, y + j - 1);
    return sum;
}

static const int matrices[][2][3][3] = {
    [EF_DETECTOR_SOBEL] = {{{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}},
                           {{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}}},
    [EF_DETECTOR_SCHARR] = {{{-3, 0, 3}, {-10, 0, 10}, {-3, 0, 3}},
                            {{-3, -10, -3}, {0, 0, 0}, {3, 10, 3}}},
    [EF_DETECTOR_PREWITT] = {{{-1, 0, 1}, {-1, 0, 1}, {-1, 0, 1}},
                             {{-1, -1, -1}, {0, 0, 0}, {1, 1, 1}}},
    [EF_DETECTOR_ROBERTS] = {{{0, 0, 0}, {0, 1, 0}, {0, 0, -1}},
                             {{0, 0, 0}, {0, 0, 1}, {0, -1, 0}}},
    [EF_DETECTOR_LAPLACIAN] = {{{0, 1, 0}, {1, -4, 1}, {0, 1, 0}}},
};

static int gradient_value(const struct picture *picture, enum ef_detector id, bool l2,
                          int threshold, int x, int y)
{
    const int gx = correlate(picture, x, y, matrices[id][0]);
    const int gy = correlate(picture, x, y, matrices[id][1]);
    int value = l2 ? (int)floor(hypot(gx, gy) + 0.5) : abs(gx) + abs(gy);
    if (value > 255)
        value = 255;
    if (threshold < 0)
        return value;
    return value > threshold ? 255 : 0;
}

static int neighbor_value(const struct picture *picture, int threshold, int x, int y)
{
    int total = 0, count = 0;
    const int neighbours[2][2] = {{x + 1, y}, {x, y + 1}};
    for (int n = 0; n < 2; n++) {
        const int nx = neighbours[n][0], ny = neighbours[n][1];
        if (nx >= picture->width || ny >= picture->height)
            continue;
        for (int channel = 0; channel < 3; channel++)
            total += abs(picture->rgb[y][x][channel] - picture->rgb[ny][nx][channel]);
        count++;
    }
    return count > 0 && total / count > threshold ? 255 : 0;
}

static int value_at(const struct picture *picture, enum ef_detector id,
                    const struct detect_settings *settings, int x, int y)
{
    if (id == EF_DETECTOR_NEIGHBOR)
        return neighbor_value(picture, settings->threshold, x, y);
    return gradient_value(picture, id, settings->l2, settings->threshold, x, y);
}

// The filters

// Keeps the map; says EF_OUTPUT_FAILED once it has `room` rows.
struct keeper {
    struct sink sink;
    int width, rows, room;
    bool finished;
    uint8_t map[LARGEST_HEIGHT][LARGEST_WIDTH];
};

static enum ef_status keeper_write(struct sink *sink, const uint8_t *row)
{
    struct keeper *const keeper = (struct keeper *)sink;
    if (keeper->rows == keeper->room)
        return EF_OUTPUT_FAILED;
    memcpy(keeper->map[keeper->rows++], row, (size_t)keeper->width);
    return EF_OK;
}

static enum ef_status keeper_finish(struct sink *sink)
{
    ((struct keeper *)sink)->finished = true;
    return EF_OK;
}

static void keeper_close(struct sink *sink)
{
    (void)sink;
}

static struct keeper keeper_new(const struct picture *picture, int room)
{
    return (struct keeper){
        .sink = {keeper_write, keeper_finish, keeper_close}, .width = picture->width, .room = room};
}

// Feeds every row from the same buffer, which is overwritten after each: a filter may not keep the
// caller's rows. What is not asked for is not given.
static enum ef_status feed(struct filter *filter, const struct picture *picture, unsigned pixels)
{
    const size_t width = (size_t)picture->width;
    uint8_t *const rgb = pixels & PIXELS_RGB ? malloc(3 * width) : NULL;
    uint8_t *const gray = pixels & PIXELS_GRAY ? malloc(width) : NULL;
    enum ef_status status = EF_OK;
    for (int y = 0; y < picture->height && status == EF_OK; y++) {
        if (rgb != NULL)
            memcpy(rgb, picture->rgb[y], 3 * width);
        if (gray != NULL)
            memcpy(gray, picture->gray[y], width);
        status = filter->push(filter, rgb, gray);
        if (rgb != NULL)
            memset(rgb, 0x5A, 3 * width);
        if (gray != NULL)
            memset(gray, 0x5A, width);
    }
    free(rgb);
    free(gray);
    return status == EF_OK ? filter->finish(filter) : status;
}

static void check(const struct picture *picture, const struct detector *detector,
                  const struct detect_settings *settings)
{
    struct keeper keeper = keeper_new(picture, picture->height);
    struct filter *filter;
    assert_int_equal(detector->open(settings, (uint32_t)picture->width, (uint32_t)picture->height,
                                    &keeper.sink, &filter),
                     EF_OK);
    assert_int_equal(feed(filter, picture, detector->pixels), EF_OK);
    assert_int_equal(keeper.rows, picture->height);
    assert_false(keeper.finished);
    uint64_t sum = 0;
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            const int expected = value_at(picture, detector->id, settings, x, y);
            if (keeper.map[y][x] != expected)
                fail_msg("%s, %d x %d, threshold %d, l2 %d: (%d, %d) is %d, not %d", detector->name,
                         picture->width, picture->height, settings->threshold, settings->l2, x, y,
                         keeper.map[y][x], expected);
            sum += (uint64_t)expected;
        }
    assert_int_equal(filter->sum, sum);
    filter->close(filter);
}

// The pictures

static uint32_t next_random(void)
{
    static uint32_t state = 2463534242;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

enum { NOISE, FAINT, TWO_VALUED, RAMP, FLAT, KINDS };

static uint8_t pixel(int kind, int x, int y)
{
    switch (kind) {
    case NOISE:
        return (uint8_t)(next_random() >> 8);
    case FAINT:
        return (uint8_t)(120 + (next_random() >> 8) % 16);
    case TWO_VALUED:
        return (next_random() >> 8) % 2 ? 255 : 0;
    case RAMP:
        return (uint8_t)(7 * x + 3 * y);
    default:
        return 200;
    }
}

static void draw(struct picture *picture, int width, int height, int kind)
{
    picture->width = width;
    picture->height = height;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            for (int channel = 0; channel < 3; channel++)
                picture->rgb[y][x][channel] = pixel(kind, x + channel, y);
            picture->gray[y][x] = pixel(kind, x, y);
        }
}

static void test_definitions(void **unused)
{
    (void)unused;
    static const int widths[] = {1,  2,  3,  4,  5,  16, 17, 18, 19, 31, 32,
                                 33, 34, 35, 63, 64, 65, 66, 67, 97, 98, LARGEST_WIDTH};
    static const int gradient_thresholds[] = {-1, 0, 30, 128, 254, 255};
    static const int neighbor_thresholds[] = {0, 30, 126, 127, 254, 255, 500, 765};
    static struct picture picture;
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (int height = 1; height <= LARGEST_HEIGHT; height += height < 5 ? 1 : 4)
            for (int kind = 0; kind < KINDS; kind++) {
                draw(&picture, widths[w], height, kind);
                for (int i = 0; i < 8; i++)
                    check(&picture, detector_for(EF_DETECTOR_NEIGHBOR),
                          &(struct detect_settings){.threshold = neighbor_thresholds[i]});
                for (enum ef_detector id = EF_DETECTOR_SOBEL; id <= EF_DETECTOR_LAPLACIAN; id++)
                    for (int i = 0; i < 12; i++)
                        check(&picture, detector_for(id),
                              &(struct detect_settings){.threshold = gradient_thresholds[i / 2],
                                                        .l2 = i % 2 == 1});
            }
}

// Every magnitude that a whole number under the root can give, through pairs of pixels whose
// differences are gx and gy: Roberts has no weights in the way.
static void test_every_euclidean_magnitude(void **unused)
{
    (void)unused;
    static struct picture picture;
    const struct detect_settings settings = {.threshold = -1, .l2 = true};
    for (int gx = 0; gx < 256; gx++)
        for (int first = 0; first < 256; first += 128) {
            // Of the 2 x 2 pixels at (x, 0): p(x, 0) = 0, p(x + 1, 1) = gx, p(x, 1) = 0, and the
            // fourth is gy; of every second x only.
            draw(&picture, LARGEST_WIDTH, 2, FLAT);
            memset(picture.gray, 0, sizeof picture.gray);
            for (int x = 0; x + 1 < LARGEST_WIDTH; x += 2) {
                picture.gray[0][x + 1] = (uint8_t)(first + x / 2 < 256 ? first + x / 2 : 255);
                picture.gray[1][x + 1] = (uint8_t)gx;
            }
            check(&picture, detector_for(EF_DETECTOR_ROBERTS), &settings);
            for (int x = 0; x + 1 < LARGEST_WIDTH; x += 2)
                picture.gray[0][x + 1] =
                    (uint8_t)(first + 64 + x / 2 < 256 ? first + 64 + x / 2 : 255);
            check(&picture, detector_for(EF_DETECTOR_ROBERTS), &settings);
        }
}

static void test_table(void **unused)
{
    (void)unused;
    for (const struct detector *detector = detectors; detector->name != NULL; detector++) {
        assert_string_equal(detector->name, ef_detector_name(detector->id));
        assert_ptr_equal(detector_for(detector->id), detector);
        assert_true(detector->pixels == PIXELS_RGB || detector->pixels == PIXELS_GRAY);
    }
    assert_null(detector_for(EF_DETECTOR_COUNT));
}

static void test_settings_out_of_range(void **unused)
{
    (void)unused;
    static const int wrong[][2] = {{EF_DETECTOR_NEIGHBOR, -1},
                                   {EF_DETECTOR_NEIGHBOR, 766},
                                   {EF_DETECTOR_SOBEL, -2},
                                   {EF_DETECTOR_LAPLACIAN, 256}};
    struct keeper keeper = {.room = 0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct filter *filter = (struct filter *)&keeper;
        const struct detect_settings settings = {.threshold = wrong[i][1]};
        const struct detector *const detector = detector_for((enum ef_detector)wrong[i][0]);
        assert_int_equal(detector->open(&settings, 3, 3, &keeper.sink, &filter), EF_INTERNAL);
        assert_null(filter);
    }
}

// A sink's refusal comes back from the push or the finish that met it.
static void test_a_sink_that_fails(void **unused)
{
    (void)unused;
    static struct picture picture;
    draw(&picture, 40, 5, NOISE);
    const struct detect_settings settings = {.threshold = 30};
    for (enum ef_detector id = EF_DETECTOR_NEIGHBOR; id <= EF_DETECTOR_LAPLACIAN; id++)
        for (int room = 0; room < 5; room++) {
            struct keeper keeper = keeper_new(&picture, room);
            const struct detector *const detector = detector_for(id);
            struct filter *filter;
            assert_int_equal(detector->open(&settings, 40, 5, &keeper.sink, &filter), EF_OK);
            assert_int_equal(feed(filter, &picture, detector->pixels), EF_OUTPUT_FAILED);
            assert_int_equal(keeper.rows, room);
            filter->close(filter);
        }
}

static void test_closed_early(void **unused)
{
    (void)unused;
    static struct picture picture;
    draw(&picture, 40, 5, NOISE);
    const struct detect_settings settings = {.threshold = 30};
    for (enum ef_detector id = EF_DETECTOR_NEIGHBOR; id <= EF_DETECTOR_LAPLACIAN; id++)
        for (int pushes = 0; pushes < 3; pushes++) {
            struct keeper keeper = keeper_new(&picture, 5);
            struct filter *filter;
            assert_int_equal(detector_for(id)->open(&settings, 40, 5, &keeper.sink, &filter),
                             EF_OK);
            for (int y = 0; y < pushes; y++)
                assert_int_equal(filter->push(filter, picture.rgb[y][0], picture.gray[y]), EF_OK);
            assert_int_equal(keeper.rows, pushes > 0 ? pushes - 1 : 0);
            filter->close(filter);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_every_euclidean_magnitude),
        cmocka_unit_test(test_settings_out_of_range),
        cmocka_unit_test(test_a_sink_that_fails),
        cmocka_unit_test(test_closed_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
