// SPDX-License-Identifier: MIT
// The reference, and which rows this CPU runs.
#include "image/canny_rows.h"

#include <stdlib.h>

// ---- derivatives ----

static void derivatives(const uint8_t *const rows[3], size_t width, int16_t *restrict out_x,
                        int16_t *restrict out_y)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    for (size_t i = 0; i < width; i++) {
        const uint8_t *const above = a + i, *const here = b + i, *const below = c + i;
        const int left = above[-1] + 2 * here[-1] + below[-1];
        const int right = above[1] + 2 * here[1] + below[1];
        const int top = above[-1] + 2 * above[0] + above[1];
        const int bottom = below[-1] + 2 * below[0] + below[1];
        out_x[i] = (int16_t)(right - left);
        out_y[i] = (int16_t)(bottom - top);
    }
}

static void derive_l1(const uint8_t *const rows[3], size_t width, const struct canny_gradient *out)
{
    derivatives(rows, width, out->x, out->y);
    for (size_t i = 0; i < width; i++)
        out->l1[i] = (int16_t)(abs(out->x[i]) + abs(out->y[i]));
    out->l1[-1] = out->l1[width] = 0;
}

static void derive_l2(const uint8_t *const rows[3], size_t width, const struct canny_gradient *out)
{
    derivatives(rows, width, out->x, out->y);
    for (size_t i = 0; i < width; i++)
        out->l2[i] = out->x[i] * out->x[i] + out->y[i] * out->y[i];
    out->l2[-1] = out->l2[width] = 0;
}

// ---- maxima ----

static inline int magnitude(enum canny_norm norm, const struct canny_gradient *row, size_t i,
                            int step)
{
    const ptrdiff_t at = (ptrdiff_t)i + step;
    return norm == CANNY_L1 ? row->l1[at] : row->l2[at];
}

static inline bool is_maximum(enum canny_norm norm, const struct canny_gradient *const rows[3],
                              size_t i, int m)
{
    const int dx = rows[1]->x[i], dy = rows[1]->y[i];
    const int x = abs(dx), y = abs(dy) << CANNY_TAN_SHIFT; // below 2^26
    const int flat = x * CANNY_TAN;
    if (y < flat)
        return m > magnitude(norm, rows[1], i, -1) && m >= magnitude(norm, rows[1], i, 1);
    if (y > flat + (x << (CANNY_TAN_SHIFT + 1)))
        return m > magnitude(norm, rows[0], i, 0) && m >= magnitude(norm, rows[2], i, 0);
    const int step = (dx < 0) != (dy < 0) ? -1 : 1;
    return m > magnitude(norm, rows[0], i, -step) && m > magnitude(norm, rows[2], i, step);
}

// Most blocks hold nothing that is above the limit. Compilers turn this into vectors.
static inline bool any_above(enum canny_norm norm, const struct canny_gradient *row, size_t begin,
                             size_t end, int limit)
{
    int any = 0;
    for (size_t i = begin; i < end; i++)
        any |= magnitude(norm, row, i, 0) > limit;
    return any != 0;
}

static inline void suppress(enum canny_norm norm, const struct canny_gradient *const rows[3],
                            size_t width, const struct canny_limits *limits, struct canny_word *out)
{
    for (size_t begin = 0; begin < width; begin += CANNY_WORD) {
        const size_t end = width - begin < CANNY_WORD ? width : begin + CANNY_WORD;
        struct canny_word word = {0};
        if (any_above(norm, rows[1], begin, end, limits->low)) {
            for (size_t i = begin; i < end; i++) {
                const int m = magnitude(norm, rows[1], i, 0);
                if (m <= limits->low || !is_maximum(norm, rows, i, m))
                    continue;
                const uint64_t pixel = (uint64_t)1 << (i - begin);
                if (m > limits->high)
                    word.edge |= pixel;
                else
                    word.weak |= pixel;
            }
        }
        out[begin / CANNY_WORD] = word;
    }
}

static void suppress_l1(const struct canny_gradient *const rows[3], size_t width,
                        const struct canny_limits *limits, struct canny_word *out)
{
    suppress(CANNY_L1, rows, width, limits, out);
}

static void suppress_l2(const struct canny_gradient *const rows[3], size_t width,
                        const struct canny_limits *limits, struct canny_word *out)
{
    suppress(CANNY_L2, rows, width, limits, out);
}

// ---- the map ----

static void expand(const struct canny_word *words, size_t width, uint8_t *out)
{
    for (size_t i = 0; i < width; i++) {
        const uint64_t edge = words[i / CANNY_WORD].edge >> (i % CANNY_WORD);
        out[i] = (uint8_t)(0 - (edge & 1));
    }
}

static const struct canny_rows canny_rows_c = {
    .name = "c",
    .derive = {derive_l1, derive_l2},
    .suppress = {suppress_l1, suppress_l2},
    .expand = expand,
};

const struct canny_rows *canny_rows_for(enum kernel_level level)
{
    if (level == KERNEL_C)
        return &canny_rows_c;
#if defined(__x86_64__)
    if (level == KERNEL_AVX2 && kernels_for(KERNEL_AVX2) != NULL)
        return &canny_rows_avx2;
#endif
    return NULL;
}

const struct canny_rows *canny_rows(void)
{
    const struct kernels *const allowed = kernels();
    const struct canny_rows *best = &canny_rows_c;
    for (int level = KERNEL_C; level < KERNEL_LEVEL_COUNT; level++) {
        const struct canny_rows *const found = canny_rows_for((enum kernel_level)level);
        if (found != NULL)
            best = found;
        if (kernels_for((enum kernel_level)level) == allowed)
            break; // faster ones are masked
    }
    return best;
}
