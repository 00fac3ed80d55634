// SPDX-License-Identifier: MIT
// AVX-512 F and BW: four lanes, 64 pixels at a time.
#include "image/kernels/levels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define VEC __m512i
#define VEC_PS __m512
#define OP(name) _mm512_##name
#define KERNEL __attribute__((target("avx512f,avx512bw"))) static
#define INLINE static ALWAYS_INLINE __attribute__((target("avx512f,avx512bw")))
#define NARROWER kernels_avx2
#define NAME "avx512"
#define TABLE kernels_avx512

INLINE VEC load(const uint8_t *bytes)
{
    return _mm512_loadu_si512(bytes);
}

INLINE void store(uint8_t *bytes, VEC value)
{
    _mm512_storeu_si512(bytes, value);
}

INLINE VEC zero(void)
{
    return _mm512_setzero_si512();
}

INLINE VEC repeat(__m128i lane)
{
    return _mm512_broadcast_i32x4(lane);
}

INLINE VEC either(VEC a, VEC b)
{
    return _mm512_or_si512(a, b);
}

INLINE VEC bytes_above(VEC value, unsigned limit)
{
    return _mm512_movm_epi8(_mm512_cmpgt_epu8_mask(value, _mm512_set1_epi8((char)limit)));
}

INLINE VEC words_above(VEC low, VEC high, unsigned limit)
{
    const VEC most = _mm512_set1_epi16((short)limit);
    return _mm512_packs_epi16(_mm512_movm_epi16(_mm512_cmpgt_epu16_mask(low, most)),
                              _mm512_movm_epi16(_mm512_cmpgt_epu16_mask(high, most)));
}

// The twelve lanes of v are to come to 0 3 6 9, 1 4 7 10 and 2 5 8 11. What each of these needs
// stands at four different places, so it is blended first and then put in order. A lane is two bits
// of the masks.
INLINE void spread(VEC v[3])
{
    const VEC first =
        _mm512_mask_mov_epi64(_mm512_mask_mov_epi64(v[0], 0x0C, v[2]), 0x30, v[1]); // 0 9 6 3
    const VEC next =
        _mm512_mask_mov_epi64(_mm512_mask_mov_epi64(v[1], 0x0C, v[0]), 0x30, v[2]); // 4 1 10 7
    const VEC last =
        _mm512_mask_mov_epi64(_mm512_mask_mov_epi64(v[2], 0x0C, v[1]), 0x30, v[0]); // 8 5 2 11
    v[0] = _mm512_shuffle_i64x2(first, first, _MM_SHUFFLE(1, 2, 3, 0));
    v[1] = _mm512_shuffle_i64x2(next, next, _MM_SHUFFLE(2, 3, 0, 1));
    v[2] = _mm512_shuffle_i64x2(last, last, _MM_SHUFFLE(3, 0, 1, 2));
}

INLINE VEC blend(VEC a, VEC b, VEC c)
{
    // Bits 1, 4, 7, 10 and 13 of every 16; bits 2, 5, 8, 11 and 14.
    const __mmask64 at_1 = 0x2492249224922492, at_2 = 0x4924492449244924;
    return _mm512_mask_mov_epi8(_mm512_mask_mov_epi8(a, at_1, b), at_2, c);
}

INLINE void store_top_bits(uint8_t *out, VEC bytes, size_t size)
{
    const uint64_t bits = _mm512_movepi8_mask(bytes);
    memcpy(out, &bits, size);
}

#include "image/kernels/kernels_x86.h"

#endif
