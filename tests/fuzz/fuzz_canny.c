// SPDX-License-Identifier: MIT
// Canny: every level's rows give what plain C gives, and the whole filter what the definition says.
#include "fuzz.h"

#include "image/canny.h"
#include "image/canny_rows.h"
#include "plain_canny.h"

#include <string.h>

enum {
    WIDEST = 200,
    THRESHOLD_MOST = 65535,
    HALO = 2,             // rows of gray around a row of derivatives, together
    DERIVED = 3,          // rows of derivatives that decide one of the map
    GUARD = CANNY_WORD,   // elements before a row, so that rows are aligned as in the program
    LEFTOVER = CANNY_WORD // and behind it
};

// ---- rows ----

// A row's elements, rounded up to whole words, with a guard on both sides.
static size_t room_for(size_t width)
{
    return GUARD + (width + CANNY_WORD - 1) / CANNY_WORD * CANNY_WORD + LEFTOVER;
}

// What the functions of one level make of the same rows.
struct derived {
    int16_t *x[DERIVED], *y[DERIVED], *l1[DERIVED];
    int32_t *l2[DERIVED];
    struct canny_gradient rows[DERIVED];
    struct canny_word *words;
    uint8_t *map;
};

// What a row has beyond its pixels must be of no meaning, so it is something, and not always zeros.
static void *row_of(size_t room, size_t size)
{
    enum { ANYTHING = 0x5A };
    return memset(fuzz_alloc(room * size), ANYTHING, room * size);
}

static void derived_open(struct derived *derived, size_t width)
{
    const size_t room = room_for(width);
    for (int y = 0; y < DERIVED; y++) {
        derived->x[y] = row_of(room, sizeof *derived->x[y]);
        derived->y[y] = row_of(room, sizeof *derived->y[y]);
        derived->l1[y] = row_of(room, sizeof *derived->l1[y]);
        derived->l2[y] = row_of(room, sizeof *derived->l2[y]);
        derived->rows[y] = (struct canny_gradient){derived->x[y] + GUARD, derived->y[y] + GUARD,
                                                   derived->l1[y] + GUARD, derived->l2[y] + GUARD};
    }
    derived->words = fuzz_alloc(room / CANNY_WORD * sizeof *derived->words);
    derived->map = fuzz_alloc(room);
}

static void derived_close(struct derived *derived)
{
    for (int y = 0; y < DERIVED; y++) {
        free(derived->x[y]);
        free(derived->y[y]);
        free(derived->l1[y]);
        free(derived->l2[y]);
    }
    free(derived->words);
    free(derived->map);
}

static void derive(struct derived *derived, const struct canny_rows *level, enum canny_norm norm,
                   uint8_t *const *gray, size_t width, const struct canny_limits *limits)
{
    const struct canny_gradient *all[DERIVED];
    for (int y = 0; y < DERIVED; y++) {
        const uint8_t *const around[3] = {gray[y] + GUARD, gray[y + 1] + GUARD,
                                          gray[y + 2] + GUARD};
        level->derive[norm](around, width, &derived->rows[y]);
        all[y] = &derived->rows[y];
    }
    level->suppress[norm](all, width, limits, derived->words);
    level->expand(derived->words, width, derived->map);
}

static void check_equal(const struct derived *a, const struct derived *b, enum canny_norm norm,
                        size_t width)
{
    for (int i = 0; i < DERIVED; i++) {
        const struct canny_gradient *const one = &a->rows[i], *const other = &b->rows[i];
        CHECK(memcmp(one->x, other->x, width * sizeof *one->x) == 0);
        CHECK(memcmp(one->y, other->y, width * sizeof *one->y) == 0);
        if (norm == CANNY_L1)
            CHECK(memcmp(one->l1 - 1, other->l1 - 1, (width + 2) * sizeof *one->l1) == 0);
        else
            CHECK(memcmp(one->l2 - 1, other->l2 - 1, (width + 2) * sizeof *one->l2) == 0);
    }
    const size_t words = (width + CANNY_WORD - 1) / CANNY_WORD;
    CHECK(memcmp(a->words, b->words, words * sizeof *a->words) == 0);
    CHECK(memcmp(a->map, b->map, width) == 0);
}

// The first rows of the picture, with the guards that canny_rows.h asks for.
static void copy_rows(const struct plain_picture *picture, uint8_t **gray)
{
    const size_t width = (size_t)picture->width;
    for (int i = 0; i < DERIVED + HALO; i++) {
        const int y = i < picture->height ? i : picture->height - 1;
        gray[i] = fuzz_alloc(room_for(width));
        memset(gray[i], 0, room_for(width));
        uint8_t *const row = gray[i] + GUARD;
        memcpy(row, picture->pixels + (size_t)y * width, width);
        row[-1] = row[0];
        row[width] = row[width - 1];
    }
}

static void check_levels(const struct plain_picture *picture, enum canny_norm norm,
                         const struct canny_limits *limits)
{
    const size_t width = (size_t)picture->width;
    uint8_t *gray[DERIVED + HALO];
    struct derived expected, found;
    copy_rows(picture, gray);
    derived_open(&expected, width);
    derive(&expected, canny_rows_for(KERNEL_C), norm, gray, width, limits);
    for (int level = KERNEL_C + 1; level < KERNEL_LEVEL_COUNT; level++) {
        const struct canny_rows *const rows = canny_rows_for((enum kernel_level)level);
        if (rows == NULL)
            continue;
        derived_open(&found, width);
        derive(&found, rows, norm, gray, width, limits);
        check_equal(&expected, &found, norm, width);
        derived_close(&found);
    }
    derived_close(&expected);
    for (int i = 0; i < DERIVED + HALO; i++)
        free(gray[i]);
}

// ---- the whole ----

struct checking {
    struct sink sink; // first
    int width, rows;
};

static enum ef_status check_row(struct sink *sink, const uint8_t *row)
{
    struct checking *const checking = (struct checking *)sink;
    const int begin = checking->width * checking->rows++;
    for (int x = 0; x < checking->width; x++)
        CHECK(row[x] == (plain_canny.map[begin + x] == PLAIN_EDGE ? UINT8_MAX : 0));
    return EF_OK;
}

static void check_filter(const struct plain_picture *picture, struct plain_thresholds thresholds,
                         bool l2)
{
    const struct detect_settings settings = {
        .threshold = -1, .l2 = l2, .low = thresholds.low, .high = thresholds.high};
    struct checking checking = {.sink.write = check_row, .width = picture->width};
    struct filter *filter = NULL;
    plain_detect(picture, thresholds, l2);
    CHECK(canny_open(&settings, (uint32_t)picture->width, (uint32_t)picture->height, &checking.sink,
                     &filter) == EF_OK);
    struct fuzz_input rows = {picture->pixels, PLAIN_LARGEST};
    for (int y = 0; y < picture->height; y++) {
        uint8_t *const row = fuzz_block(&rows, (size_t)picture->width);
        CHECK(filter->push(filter, NULL, row) == EF_OK);
        free(row);
    }
    CHECK(filter->finish(filter) == EF_OK && checking.rows == picture->height);
    filter->close(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct plain_picture picture;
    struct fuzz_input input = {data, size};
    const bool l2 = fuzz_byte(&input) % 2 != 0;
    const struct plain_thresholds thresholds = {fuzz_between(&input, 0, THRESHOLD_MOST),
                                                fuzz_between(&input, 0, THRESHOLD_MOST)};
    picture.width = 1 + (int)(fuzz_byte(&input) % WIDEST);
    picture.height = (int)(input.size / (size_t)picture.width);
    const size_t pixels = (size_t)picture.width * (size_t)picture.height;
    if (pixels == 0 || pixels > PLAIN_LARGEST)
        return 0;
    memcpy(picture.pixels, input.data, pixels);
    const int most = l2 ? 1 << 22 : 1 << 12; // beyond what a magnitude can be
    const struct canny_limits limits = {thresholds.low % most, thresholds.high % most};
    check_levels(&picture, l2 ? CANNY_L2 : CANNY_L1, &limits);
    check_filter(&picture, thresholds, l2);
    return 0;
}
