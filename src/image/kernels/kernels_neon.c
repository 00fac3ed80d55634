// SPDX-License-Identifier: MIT
// NEON of 64-bit Arm: 16 pixels at a time. A row that is no multiple of that ends with a block that
// overlaps the one before it; a shorter row goes to the reference.
#include "image/kernels/levels.h"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

#define INLINE static ALWAYS_INLINE

enum { BLOCK = 16 }; // pixels

// 16-bit values of 16 pixels.
struct words {
    uint16x8_t low, high;
};

struct signed_words {
    int16x8_t low, high;
};

// neighbor

INLINE struct words add_difference(struct words sum, uint8x16_t a, uint8x16_t b)
{
    return (struct words){vabal_u8(sum.low, vget_low_u8(a), vget_low_u8(b)),
                          vabal_high_u8(sum.high, a, b)};
}

INLINE uint8x16_t words_above(struct words value, unsigned limit)
{
    const uint16x8_t most = vdupq_n_u16((uint16_t)limit);
    return vcombine_u8(vmovn_u16(vcgtq_u16(value.low, most)),
                       vmovn_u16(vcgtq_u16(value.high, most)));
}

static void neighbor(const uint8_t *row, const uint8_t *below, size_t width, unsigned threshold,
                     uint8_t *out)
{
    const size_t count = width - 1; // pixels with a right neighbour
    if (count < BLOCK) {
        kernels_c.neighbor(row, below, width, threshold, out);
        return;
    }
    const unsigned limit = neighbor_limit(threshold, below != NULL);
    const uint8_t *const other = below != NULL ? below : row; // no difference to itself
    for (size_t x = 0; x < count; x = next_block(x, count, BLOCK)) {
        const uint8x16x3_t here = vld3q_u8(row + 3 * x), right = vld3q_u8(row + 3 * x + 3),
                           under = vld3q_u8(other + 3 * x);
        struct words sum = {vdupq_n_u16(0), vdupq_n_u16(0)};
        for (int channel = 0; channel < 3; channel++) {
            sum = add_difference(sum, here.val[channel], right.val[channel]);
            sum = add_difference(sum, here.val[channel], under.val[channel]);
        }
        vst1q_u8(out + x, words_above(sum, limit));
    }
    out[count] = neighbor_last(row, below, width, threshold);
}

// gray

INLINE uint16x4_t gray_four(uint16x4_t r, uint16x4_t g, uint16x4_t b)
{
    const uint32x4_t sum = vmlal_n_u16(vmlal_n_u16(vmull_n_u16(r, 4899), g, 9617), b, 1868);
    return vrshrn_n_u32(sum, 14); // it adds the 8192
}

INLINE uint8x8_t gray_eight(uint8x8_t red, uint8x8_t green, uint8x8_t blue)
{
    const uint16x8_t r = vmovl_u8(red), g = vmovl_u8(green), b = vmovl_u8(blue);
    return vmovn_u16(vcombine_u16(gray_four(vget_low_u16(r), vget_low_u16(g), vget_low_u16(b)),
                                  gray_four(vget_high_u16(r), vget_high_u16(g), vget_high_u16(b))));
}

static void gray(const uint8_t *rgb, size_t width, uint8_t *out)
{
    if (width < BLOCK) {
        kernels_c.gray(rgb, width, out);
        return;
    }
    for (size_t x = 0; x < width; x = next_block(x, width, BLOCK)) {
        const uint8x16x3_t v = vld3q_u8(rgb + 3 * x);
        const uint8x8_t low =
            gray_eight(vget_low_u8(v.val[0]), vget_low_u8(v.val[1]), vget_low_u8(v.val[2]));
        const uint8x8_t high =
            gray_eight(vget_high_u8(v.val[0]), vget_high_u8(v.val[1]), vget_high_u8(v.val[2]));
        vst1q_u8(out + x, vcombine_u8(low, high));
    }
}

// stencils

// a - b. The difference wraps as one without a sign and is right as one with a sign.
INLINE struct signed_words minus(uint8x16_t a, uint8x16_t b)
{
    return (struct signed_words){vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(a), vget_low_u8(b))),
                                 vreinterpretq_s16_u16(vsubl_high_u8(a, b))};
}

// side * a + middle * b
INLINE struct signed_words weigh(struct weights weights, struct signed_words a,
                                 struct signed_words b)
{
    const int16_t side = (int16_t)weights.side, middle = (int16_t)weights.middle;
    return (struct signed_words){vmlaq_n_s16(vmulq_n_s16(a.low, side), b.low, middle),
                                 vmlaq_n_s16(vmulq_n_s16(a.high, side), b.high, middle)};
}

INLINE struct signed_words add(struct signed_words a, struct signed_words b)
{
    return (struct signed_words){vaddq_s16(a.low, b.low), vaddq_s16(a.high, b.high)};
}

INLINE struct signed_words subtract(struct signed_words a, struct signed_words b)
{
    return (struct signed_words){vsubq_s16(a.low, b.low), vsubq_s16(a.high, b.high)};
}

INLINE struct signed_words absolute(struct signed_words a)
{
    return (struct signed_words){vabsq_s16(a.low), vabsq_s16(a.high)};
}

INLINE uint8x16_t narrow(struct signed_words a) // cut to 0..255
{
    return vqmovun_high_s16(vqmovun_s16(a.low), a.high);
}

// Rounded roots, cut to 255. In floating point, yet exact: the roots nearest to a half, those of
// m * m + m and of that plus 1, are more than 1/2100 away from it, and a root is off by less than
// 1/32000 in whatever direction the CPU rounds.
INLINE uint16x4_t roots_of_four(uint16x4_t s)
{
    const float32x4_t root = vsqrtq_f32(vcvtq_f32_u32(vmovl_u16(s)));
    return vmovn_u32(vcvtq_u32_f32(vaddq_f32(root, vdupq_n_f32(0.5F))));
}

INLINE uint8x8_t roots(uint16x8_t s)
{
    return vqmovn_u16(
        vcombine_u16(roots_of_four(vget_low_u16(s)), roots_of_four(vget_high_u16(s))));
}

// The map from |gx| and |gy|, both cut to bytes. Their squares' sum is cut to 65535.
INLINE uint8x16_t euclidean(uint8x16_t x, uint8x16_t y, enum form form, unsigned threshold)
{
    const struct words s = {vqaddq_u16(vmull_u8(vget_low_u8(x), vget_low_u8(x)),
                                       vmull_u8(vget_low_u8(y), vget_low_u8(y))),
                            vqaddq_u16(vmull_high_u8(x, x), vmull_high_u8(y, y))};
    if (form == FORM_L2)
        return vcombine_u8(roots(s.low), roots(s.high));
    return words_above(s, l2_limit(threshold));
}

// The map from |gx| + |gy|, cut to bytes.
INLINE uint8x16_t manhattan(uint8x16_t value, enum form form, unsigned threshold)
{
    return form == FORM_L1 ? value : vcgtq_u8(value, vdupq_n_u8((uint8_t)threshold));
}

// These give the map of a block whose pixels have all their neighbours. a, b and c point to its
// first pixel in the three rows.
INLINE uint8x16_t map_roberts(const uint8_t *b, const uint8_t *c, enum form form,
                              unsigned threshold)
{
    const uint8x16_t x = vabdq_u8(vld1q_u8(b), vld1q_u8(c + 1));
    const uint8x16_t y = vabdq_u8(vld1q_u8(b + 1), vld1q_u8(c));
    if (form == FORM_L2 || form == FORM_L2_EDGE)
        return euclidean(x, y, form, threshold);
    return manhattan(vqaddq_u8(x, y), form, threshold);
}

INLINE uint8x16_t map_laplacian(const uint8_t *a, const uint8_t *b, const uint8_t *c,
                                enum form form, unsigned threshold)
{
    const uint8x16_t middle = vld1q_u8(b);
    const struct signed_words sum =
        add(add(minus(vld1q_u8(a), middle), minus(vld1q_u8(c), middle)),
            add(minus(vld1q_u8(b - 1), middle), minus(vld1q_u8(b + 1), middle)));
    return manhattan(narrow(absolute(sum)), form, threshold);
}

INLINE uint8x16_t map_3x3(struct weights weights, const uint8_t *const rows[3], enum form form,
                          unsigned threshold)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    const struct signed_words p = minus(vld1q_u8(c + 1), vld1q_u8(a - 1));
    const struct signed_words q = minus(vld1q_u8(c - 1), vld1q_u8(a + 1));
    const struct signed_words across = minus(vld1q_u8(b + 1), vld1q_u8(b - 1));
    const struct signed_words down = minus(vld1q_u8(c), vld1q_u8(a));
    const struct signed_words x = absolute(weigh(weights, subtract(p, q), across));
    const struct signed_words y = absolute(weigh(weights, add(p, q), down));
    if (form == FORM_L2 || form == FORM_L2_EDGE)
        return euclidean(narrow(x), narrow(y), form, threshold);
    return manhattan(narrow(add(x, y)), form, threshold);
}

INLINE void inner(enum stencil stencil, enum form form, const uint8_t *const rows[3], size_t count,
                  unsigned threshold, uint8_t *out)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    for (size_t i = 0; i < count; i = next_block(i, count, BLOCK)) {
        const size_t x = i + 1;
        const uint8_t *const rows_at[3] = {a + x, b + x, c + x};
        uint8x16_t map;
        if (stencil == STENCIL_ROBERTS)
            map = map_roberts(b + x, c + x, form, threshold);
        else if (stencil == STENCIL_LAPLACIAN)
            map = map_laplacian(a + x, b + x, c + x, form, threshold);
        else
            map = map_3x3(weights_of(stencil), rows_at, form, threshold);
        vst1q_u8(out + x, map);
    }
}

INLINE void whole(enum stencil stencil, const uint8_t *const rows[3], size_t width,
                  const struct magnitude *magnitude, uint8_t *out)
{
    if (width < BLOCK + 2) {
        kernels_c.stencil[stencil](rows, width, magnitude, out);
        return;
    }
    const unsigned threshold = (unsigned)magnitude->threshold;
    const size_t count = width - 2;
    switch (form_of(stencil, magnitude)) {
    case FORM_L1:
        inner(stencil, FORM_L1, rows, count, threshold, out);
        break;
    case FORM_L1_EDGE:
        inner(stencil, FORM_L1_EDGE, rows, count, threshold, out);
        break;
    case FORM_L2:
        inner(stencil, FORM_L2, rows, count, threshold, out);
        break;
    case FORM_L2_EDGE:
        inner(stencil, FORM_L2_EDGE, rows, count, threshold, out);
        break;
    case FORM_BLACK:
        memset(out, 0, width);
        return;
    }
    out[0] = stencil_byte(stencil, rows, width, 0, magnitude);
    out[width - 1] = stencil_byte(stencil, rows, width, width - 1, magnitude);
}

#define STENCIL(name, stencil)                                                                     \
    static void name(const uint8_t *const rows[3], size_t width,                                   \
                     const struct magnitude *magnitude, uint8_t *out)                              \
    {                                                                                              \
        whole(stencil, rows, width, magnitude, out);                                               \
    }

STENCIL(sobel, STENCIL_SOBEL)
STENCIL(scharr, STENCIL_SCHARR)
STENCIL(prewitt, STENCIL_PREWITT)
STENCIL(roberts, STENCIL_ROBERTS)
STENCIL(laplacian, STENCIL_LAPLACIAN)

// sums and bits

static uint64_t sum(const uint8_t *bytes, size_t size)
{
    const size_t whole_blocks = size - size % BLOCK;
    uint64_t total = 0;
    for (size_t i = 0; i < whole_blocks; i += BLOCK)
        total += vaddlvq_u8(vld1q_u8(bytes + i));
    for (size_t i = whole_blocks; i < size; i++)
        total += bytes[i];
    return total;
}

static void pack(const uint8_t *bytes, size_t width, uint8_t *out)
{
    static const int8_t places[BLOCK] = {7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0};
    const int8x16_t place = vld1q_s8(places);
    const size_t whole_blocks = width - width % BLOCK;
    for (size_t x = 0; x < whole_blocks; x += BLOCK) {
        const uint8x16_t bits = vshlq_u8(vshrq_n_u8(vld1q_u8(bytes + x), 7), place);
        out[x / 8] = vaddv_u8(vget_low_u8(bits));
        out[x / 8 + 1] = vaddv_u8(vget_high_u8(bits));
    }
    if (whole_blocks < width)
        kernels_c.pack(bytes + whole_blocks, width - whole_blocks, out + whole_blocks / 8);
}

const struct kernels kernels_neon = {
    .name = "neon",
    .neighbor = neighbor,
    .gray = gray,
    .stencil = {sobel, scharr, prewitt, roberts, laplacian},
    .sum = sum,
    .pack = pack,
};

#endif
