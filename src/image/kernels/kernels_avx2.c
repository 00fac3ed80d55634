// SPDX-License-Identifier: MIT
// AVX2: two lanes, 32 pixels at a time.
#include "image/kernels/levels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define VEC __m256i
#define VEC_PS __m256
#define OP(name) _mm256_##name
#define KERNEL __attribute__((target("avx2"))) static
#define INLINE static ALWAYS_INLINE __attribute__((target("avx2")))
#define NARROWER kernels_c
#define NAME "avx2"
#define TABLE kernels_avx2

INLINE VEC load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const __m256i *)bytes);
}

INLINE void store(uint8_t *bytes, VEC value)
{
    _mm256_storeu_si256((__m256i *)bytes, value);
}

INLINE VEC zero(void)
{
    return _mm256_setzero_si256();
}

INLINE VEC repeat(__m128i lane)
{
    return _mm256_broadcastsi128_si256(lane);
}

INLINE VEC either(VEC a, VEC b)
{
    return _mm256_or_si256(a, b);
}

// AVX2 compares only with a sign. Without one, value > limit is max(value, limit + 1) == value.
INLINE VEC bytes_above(VEC value, unsigned limit)
{
    return _mm256_cmpeq_epi8(_mm256_max_epu8(value, _mm256_set1_epi8((char)(limit + 1))), value);
}

INLINE VEC words_above(VEC low, VEC high, unsigned limit)
{
    const VEC least = _mm256_set1_epi16((short)(limit + 1));
    return _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_max_epu16(low, least), low),
                              _mm256_cmpeq_epi16(_mm256_max_epu16(high, least), high));
}

INLINE void spread(VEC v[3])
{
    const VEC first = _mm256_blend_epi32(v[0], v[1], 0xF0);
    const VEC next = _mm256_permute2x128_si256(v[0], v[2], 0x21);
    const VEC last = _mm256_blend_epi32(v[1], v[2], 0xF0);
    v[0] = first;
    v[1] = next;
    v[2] = last;
}

INLINE VEC blend(VEC a, VEC b, VEC c)
{
    const VEC at_1 = repeat(_mm_setr_epi8(0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0));
    const VEC at_2 = repeat(_mm_setr_epi8(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0));
    return _mm256_blendv_epi8(_mm256_blendv_epi8(a, b, at_1), c, at_2);
}

INLINE void store_top_bits(uint8_t *out, VEC bytes, size_t size)
{
    const uint32_t bits = (uint32_t)_mm256_movemask_epi8(bytes);
    memcpy(out, &bits, size);
}

#include "image/kernels/kernels_x86.h"

#endif
