// SPDX-License-Identifier: MIT
// Every level of Canny's rows that this CPU has, against the plain C reference, in all that they
// hand on.
#include "support.h"

#include "image/canny_rows.h"

#include <string.h>

enum { WIDEST = 1000, ROOM = 1024 + 2 * CANNY_WORD };

struct buffers {
    int16_t x[3][ROOM], y[3][ROOM], l1[3][ROOM];
    int32_t l2[3][ROOM];
    struct canny_gradient rows[3];
    struct canny_word words[ROOM / CANNY_WORD];
    uint8_t map[ROOM];
};

static void derive_and_suppress(struct buffers *buffers, const struct canny_rows *rows,
                                enum canny_norm norm, uint8_t (*gray)[ROOM], size_t width,
                                const struct canny_limits *limits)
{
    const struct canny_gradient *all[3];
    memset(buffers, 0x5A, sizeof *buffers);
    for (size_t y = 0; y < 3; y++) {
        const uint8_t *const around[3] = {gray[y] + CANNY_WORD, gray[y + 1] + CANNY_WORD,
                                          gray[y + 2] + CANNY_WORD};
        buffers->rows[y] =
            (struct canny_gradient){buffers->x[y] + CANNY_WORD, buffers->y[y] + CANNY_WORD,
                                    buffers->l1[y] + CANNY_WORD, buffers->l2[y] + CANNY_WORD};
        rows->derive[norm](around, width, &buffers->rows[y]);
        all[y] = &buffers->rows[y];
    }
    rows->suppress[norm](all, width, limits, buffers->words);
    rows->expand(buffers->words, width, buffers->map);
}

static void check_equal(const struct canny_gradient *a, const struct canny_gradient *b,
                        enum canny_norm norm, size_t width)
{
    assert_memory_equal(a->x, b->x, width * sizeof *a->x);
    assert_memory_equal(a->y, b->y, width * sizeof *a->y);
    if (norm == CANNY_L1)
        assert_memory_equal(a->l1 - 1, b->l1 - 1, (width + 2) * sizeof *a->l1);
    else
        assert_memory_equal(a->l2 - 1, b->l2 - 1, (width + 2) * sizeof *a->l2);
}

// Noise of a range that may be small, or runs of one value.
static void fill(struct chance *chance, uint8_t *bytes, size_t size)
{
    const uint64_t range = 1 + chance_below(chance, 256), length = 1 + chance_below(chance, 6);
    uint8_t value = 0;
    for (size_t i = 0; i < size; i++) {
        if (chance_in(chance, length))
            value = (uint8_t)chance_below(chance, range);
        bytes[i] = value;
    }
}

static void check_level(const struct canny_rows *level)
{
    static struct buffers expected, found;
    static uint8_t gray[5][ROOM];
    struct chance chance = {6};
    for (int round = 0; round < 3000; round++) {
        const size_t width = round < 300 ? (size_t)round + 1 : 1 + chance_below(&chance, WIDEST);
        const enum canny_norm norm = (enum canny_norm)chance_below(&chance, CANNY_NORM_COUNT);
        struct canny_limits limits = {(int)chance_below(&chance, 500), 0};
        limits.high = limits.low + (int)chance_below(&chance, 500);
        if (norm == CANNY_L2)
            limits = (struct canny_limits){limits.low * limits.low, limits.high * limits.high};
        fill(&chance, gray[0], sizeof gray);
        derive_and_suppress(&expected, canny_rows_for(KERNEL_C), norm, gray, width, &limits);
        derive_and_suppress(&found, level, norm, gray, width, &limits);
        for (size_t y = 0; y < 3; y++)
            check_equal(&expected.rows[y], &found.rows[y], norm, width);
        const size_t words = (width + CANNY_WORD - 1) / CANNY_WORD;
        assert_memory_equal(expected.words, found.words, words * sizeof *expected.words);
        assert_memory_equal(expected.map, found.map, width);
    }
}

// Goal: the same derivatives, magnitudes, words and maps at every level.
TEST(levels)
{
    for (int level = KERNEL_C + 1; level < KERNEL_LEVEL_COUNT; level++) {
        const struct canny_rows *const rows = canny_rows_for((enum kernel_level)level);
        if (rows != NULL)
            check_level(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
