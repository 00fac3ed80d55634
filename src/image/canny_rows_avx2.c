// SPDX-License-Identifier: MIT
// AVX2: 16 pixels to a vector, four of these to a word of the map.
#include "image/canny_rows.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { LANES = 16 };

INLINE __m256i load(const void *at)
{
    return _mm256_loadu_si256(at);
}

INLINE void store(void *at, __m256i value)
{
    _mm256_storeu_si256(at, value);
}

// ---- derivatives ----

INLINE __m256i widened(const uint8_t *pixels)
{
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)pixels));
}

INLINE __m256i twice(__m256i value)
{
    return _mm256_add_epi16(value, value);
}

// x * x + y * y of 16 pixels. Unpacking keeps to the halves of a vector, so these are exchanged
// afterwards.
INLINE void store_squares(int32_t *out, __m256i x, __m256i y)
{
    const __m256i low = _mm256_unpacklo_epi16(x, y), high = _mm256_unpackhi_epi16(x, y);
    const __m256i low_squares = _mm256_madd_epi16(low, low);
    const __m256i high_squares = _mm256_madd_epi16(high, high);
    store(out, _mm256_permute2x128_si256(low_squares, high_squares, 0x20));
    store(out + LANES / 2, _mm256_permute2x128_si256(low_squares, high_squares, 0x31));
}

INLINE void derive(enum canny_norm norm, const uint8_t *const rows[3], size_t width,
                   const struct canny_gradient *out)
{
    for (size_t i = 0; i < width; i += LANES) {
        const uint8_t *const a = rows[0] + i, *const b = rows[1] + i, *const c = rows[2] + i;
        // The diagonals are part of both derivatives.
        const __m256i p = _mm256_sub_epi16(widened(c + 1), widened(a - 1));
        const __m256i q = _mm256_sub_epi16(widened(c - 1), widened(a + 1));
        const __m256i across = _mm256_sub_epi16(widened(b + 1), widened(b - 1));
        const __m256i down = _mm256_sub_epi16(widened(c), widened(a));
        const __m256i x = _mm256_add_epi16(_mm256_sub_epi16(p, q), twice(across));
        const __m256i y = _mm256_add_epi16(_mm256_add_epi16(p, q), twice(down));
        store(out->x + i, x);
        store(out->y + i, y);
        if (norm == CANNY_L1)
            store(out->l1 + i, _mm256_add_epi16(_mm256_abs_epi16(x), _mm256_abs_epi16(y)));
        else
            store_squares(out->l2 + i, x, y);
    }
}

TARGET static void derive_l1(const uint8_t *const rows[3], size_t width,
                             const struct canny_gradient *out)
{
    derive(CANNY_L1, rows, width, out);
    out->l1[-1] = out->l1[width] = 0;
}

TARGET static void derive_l2(const uint8_t *const rows[3], size_t width,
                             const struct canny_gradient *out)
{
    derive(CANNY_L2, rows, width, out);
    out->l2[-1] = out->l2[width] = 0;
}

// ---- maxima ----

// Which neighbours a pixel is compared with; all bits of a lane are the same.
struct sectors {
    __m256i flat;   // left and right
    __m256i steep;  // above and below
    __m256i rising; // if neither: from lower left to upper right
};

// The comparisons of canny_rows.h in 16 bits. For whole numbers y > t x is the same as y > floor(t
// x), and y < t x as its contrary, because t x is never whole: t is an odd number over 2^15 and x
// is less than 2^15. The exception, x = 0, makes a flat sector of y = 0 only, which is a magnitude
// of 0.
INLINE struct sectors sectors_of(const struct canny_gradient *row, size_t i)
{
    const __m256i dx = load(row->x + i), dy = load(row->y + i);
    const __m256i x2 = twice(_mm256_abs_epi16(dx)), y = _mm256_abs_epi16(dy);
    const __m256i limit = _mm256_mulhi_epu16(x2, _mm256_set1_epi16(CANNY_TAN)); // 2 x t >> 16
    const __m256i not_flat = _mm256_cmpgt_epi16(y, limit);
    return (struct sectors){
        .flat = _mm256_xor_si256(not_flat, _mm256_set1_epi16(-1)),
        .steep = _mm256_cmpgt_epi16(y, _mm256_add_epi16(limit, x2)),
        .rising = _mm256_srai_epi16(_mm256_xor_si256(dx, dy), 15),
    };
}

INLINE __m256i choose(__m256i mask, __m256i yes, __m256i no)
{
    return _mm256_blendv_epi8(no, yes, mask);
}

// Of the neighbours that a pixel is compared with, the upper or left one, and the other. `size` is
// that of a magnitude in bytes; above, here and below point to the pixels' own.
struct pair {
    __m256i before, after;
};

INLINE struct pair neighbours(const struct sectors *sectors, const char *above, const char *here,
                              const char *below, ptrdiff_t size)
{
    const __m256i diagonal_before = choose(sectors->rising, load(above + size), load(above - size));
    const __m256i diagonal_after = choose(sectors->rising, load(below - size), load(below + size));
    const __m256i before = choose(sectors->steep, load(above), diagonal_before);
    const __m256i after = choose(sectors->steep, load(below), diagonal_after);
    return (struct pair){choose(sectors->flat, load(here - size), before),
                         choose(sectors->flat, load(here + size), after)};
}

// m >= after is m + 1 > after, and a mask is -1.
INLINE __m256i maxima_l1(const struct canny_gradient *const rows[3], size_t i)
{
    const struct sectors sectors = sectors_of(rows[1], i);
    const struct pair pair =
        neighbours(&sectors, (const char *)(rows[0]->l1 + i), (const char *)(rows[1]->l1 + i),
                   (const char *)(rows[2]->l1 + i), sizeof *rows[1]->l1);
    const __m256i m = load(rows[1]->l1 + i);
    const __m256i equal_allowed = _mm256_or_si256(sectors.flat, sectors.steep);
    return _mm256_and_si256(_mm256_cmpgt_epi16(m, pair.before),
                            _mm256_cmpgt_epi16(_mm256_sub_epi16(m, equal_allowed), pair.after));
}

// Half of 16 masks, each as wide as a square.
INLINE __m256i half_of(__m256i masks, int half)
{
    return _mm256_cvtepi16_epi32(half == 0 ? _mm256_castsi256_si128(masks)
                                           : _mm256_extracti128_si256(masks, 1));
}

INLINE __m256i half_maxima_l2(const struct sectors *sectors,
                              const struct canny_gradient *const rows[3], size_t i, int half)
{
    const struct sectors wide = {half_of(sectors->flat, half), half_of(sectors->steep, half),
                                 half_of(sectors->rising, half)};
    const struct pair pair =
        neighbours(&wide, (const char *)(rows[0]->l2 + i), (const char *)(rows[1]->l2 + i),
                   (const char *)(rows[2]->l2 + i), sizeof *rows[1]->l2);
    const __m256i m = load(rows[1]->l2 + i);
    const __m256i equal_allowed = _mm256_or_si256(wide.flat, wide.steep);
    return _mm256_and_si256(_mm256_cmpgt_epi32(m, pair.before),
                            _mm256_cmpgt_epi32(_mm256_sub_epi32(m, equal_allowed), pair.after));
}

// Two vectors of eight masks as one of sixteen.
INLINE __m256i joined(__m256i first, __m256i second)
{
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), 0xD8);
}

INLINE __m256i maxima_l2(const struct canny_gradient *const rows[3], size_t i)
{
    const struct sectors sectors = sectors_of(rows[1], i);
    return joined(half_maxima_l2(&sectors, rows, i, 0),
                  half_maxima_l2(&sectors, rows, i + LANES / 2, 1));
}

INLINE __m256i maxima(enum canny_norm norm, const struct canny_gradient *const rows[3], size_t i)
{
    return norm == CANNY_L1 ? maxima_l1(rows, i) : maxima_l2(rows, i);
}

// Which of 16 pixels are above a limit.
INLINE __m256i above(enum canny_norm norm, const struct canny_gradient *row, size_t i,
                     __m256i limit)
{
    if (norm == CANNY_L1)
        return _mm256_cmpgt_epi16(load(row->l1 + i), limit);
    return joined(_mm256_cmpgt_epi32(load(row->l2 + i), limit),
                  _mm256_cmpgt_epi32(load(row->l2 + i + LANES / 2), limit));
}

// 32 masks as bits.
INLINE uint64_t bits(__m256i first, __m256i second)
{
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(first, second), 0xD8);
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

// 32 pixels, as the lower half of a word.
INLINE struct canny_word half_word(enum canny_norm norm, const struct canny_gradient *const rows[3],
                                   size_t i, __m256i low, __m256i high)
{
    const size_t j = i + LANES;
    const __m256i first = above(norm, rows[1], i, low), second = above(norm, rows[1], j, low);
    const __m256i any = _mm256_or_si256(first, second);
    if (_mm256_testz_si256(any, any)) // most blocks
        return (struct canny_word){0, 0};
    const uint64_t candidates = bits(_mm256_and_si256(first, maxima(norm, rows, i)),
                                     _mm256_and_si256(second, maxima(norm, rows, j)));
    const uint64_t strong = bits(above(norm, rows[1], i, high), above(norm, rows[1], j, high));
    return (struct canny_word){candidates & ~strong, candidates & strong};
}

INLINE void suppress(enum canny_norm norm, const struct canny_gradient *const rows[3], size_t width,
                     const struct canny_limits *limits, struct canny_word *out)
{
    const __m256i low =
        norm == CANNY_L1 ? _mm256_set1_epi16((short)limits->low) : _mm256_set1_epi32(limits->low);
    const __m256i high =
        norm == CANNY_L1 ? _mm256_set1_epi16((short)limits->high) : _mm256_set1_epi32(limits->high);
    for (size_t i = 0; i < width; i += CANNY_WORD) {
        const struct canny_word left = half_word(norm, rows, i, low, high);
        const struct canny_word right = half_word(norm, rows, i + CANNY_WORD / 2, low, high);
        out[i / CANNY_WORD] =
            (struct canny_word){left.weak | right.weak << 32, left.edge | right.edge << 32};
    }
    canny_trim(out, width);
}

TARGET static void suppress_l1(const struct canny_gradient *const rows[3], size_t width,
                               const struct canny_limits *limits, struct canny_word *out)
{
    suppress(CANNY_L1, rows, width, limits, out);
}

TARGET static void suppress_l2(const struct canny_gradient *const rows[3], size_t width,
                               const struct canny_limits *limits, struct canny_word *out)
{
    suppress(CANNY_L2, rows, width, limits, out);
}

// ---- the map ----

// Gives every byte the byte of `pixels` that has its bit, and keeps that bit.
INLINE __m256i spread(uint32_t pixels)
{
    const __m256i byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                          2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    const __m256i all = _mm256_shuffle_epi8(_mm256_set1_epi32((int)pixels), byte);
    return _mm256_cmpeq_epi8(_mm256_and_si256(all, bit), bit);
}

TARGET static void expand(const struct canny_word *words, size_t width, uint8_t *out)
{
    for (size_t i = 0; i < width; i += CANNY_WORD) {
        const uint64_t edge = words[i / CANNY_WORD].edge;
        store(out + i, spread((uint32_t)edge));
        store(out + i + CANNY_WORD / 2, spread((uint32_t)(edge >> 32)));
    }
}

const struct canny_rows canny_rows_avx2 = {
    .name = "avx2",
    .derive = {derive_l1, derive_l2},
    .suppress = {suppress_l1, suppress_l2},
    .expand = expand,
};

#endif
