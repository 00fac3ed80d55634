// SPDX-License-Identifier: MIT
// The kernels for x86, for vectors of any number of 16-byte lanes. kernels_avx2.c and
// kernels_avx512.c include this once each, after they have defined what differs:
//
//     VEC             the type of a vector of bytes; VEC_PS, of floats
//     OP(name)        the intrinsic of that name for VEC
//     INLINE          how functions are declared that use them; KERNEL, those in the table
//     NARROWER        the table that does rows shorter than a vector
//     NAME, TABLE     of their own table
//     and the functions declared first below
//
// Without VEC this is empty, so that it compiles alone.
//
// A row that is no multiple of a vector ends with a block that overlaps the one before it. Most
// operations keep to the lanes. Widening bytes to 16 bits with unpack and narrowing them with pack
// undo each other's order, so 16-bit values come as a pair `low`, `high` that is in order only once
// it is packed.
#ifdef VEC

enum { BLOCK = sizeof(VEC) }; // pixels

INLINE VEC load(const uint8_t *bytes);
INLINE void store(uint8_t *bytes, VEC value);
INLINE VEC zero(void);
INLINE VEC repeat(__m128i lane); // the same in every lane
INLINE VEC either(VEC a, VEC b); // a | b
// Bytes: 255 where `value` is above `limit`, which is at most 254; 0 elsewhere.
INLINE VEC bytes_above(VEC value, unsigned limit);
// The same of 16-bit values without a sign, packed to bytes; `limit` is at most 65534.
INLINE VEC words_above(VEC low, VEC high, unsigned limit);
// Gives every lane 48 bytes, which are 16 RGB pixels: the first 16 of the first lane's, the second
// lane's and so on come to v[0], the next to v[1], the last to v[2].
INLINE void spread(VEC v[3]);
// Of the bytes of each lane, those at 0, 3, 6.. of `a`, at 1, 4, 7.. of `b`, at 2, 5, 8.. of `c`.
INLINE VEC blend(VEC a, VEC b, VEC c);
// The top bits of the bytes, the first byte's lowest; stored as they are.
INLINE void store_top_bits(uint8_t *out, VEC bytes, size_t size);

struct words {
    VEC low, high;
};

INLINE VEC absolute_difference(VEC a, VEC b)
{
    return either(OP(subs_epu8)(a, b), OP(subs_epu8)(b, a));
}

// neighbor

struct planes {
    VEC r, g, b;
};

// Sorts RGB pixels by channel. Byte i of a lane is of channel i % 3 in the first vector,
// (i + 1) % 3 in the second and (i + 2) % 3 in the third; so each channel has exactly one byte at
// every i, and blending leaves pixel n's bytes at 3n, 3n + 1 and 3n + 2 (mod 16). A shuffle brings
// them to n.
INLINE struct planes deinterleave(const VEC bytes[3])
{
    VEC v[3] = {bytes[0], bytes[1], bytes[2]};
    spread(v);
    const VEC r = repeat(_mm_setr_epi8(0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13));
    const VEC g = repeat(_mm_setr_epi8(1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14));
    const VEC b = repeat(_mm_setr_epi8(2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15));
    return (struct planes){OP(shuffle_epi8)(blend(v[0], v[2], v[1]), r),
                           OP(shuffle_epi8)(blend(v[1], v[0], v[2]), g),
                           OP(shuffle_epi8)(blend(v[2], v[1], v[0]), b)};
}

// Differences of the bytes of a block to the right and to the row below. Written without loops over
// the three vectors, which compilers keep in memory otherwise.
struct differences {
    VEC right[3], below[3];
};

INLINE void differ(struct differences *d, size_t i, const uint8_t *row, const uint8_t *below)
{
    const VEC here = load(row + BLOCK * i);
    d->right[i] = absolute_difference(here, load(row + BLOCK * i + 3));
    d->below[i] = absolute_difference(here, load(below + BLOCK * i));
}

// Limits below 255: sums may stop at 255, so bytes will do.
INLINE VEC neighbor_bytes(const struct differences *d, unsigned limit)
{
    const VEC sums[3] = {OP(adds_epu8)(d->right[0], d->below[0]),
                         OP(adds_epu8)(d->right[1], d->below[1]),
                         OP(adds_epu8)(d->right[2], d->below[2])};
    const struct planes p = deinterleave(sums);
    return bytes_above(OP(adds_epu8)(OP(adds_epu8)(p.r, p.g), p.b), limit);
}

// Bytes, weighted and added, as 16 bits.
INLINE struct words weigh(VEC a, int weight_a, VEC b, int weight_b)
{
    const VEC weights = OP(set1_epi16)((short)(weight_b * 256 + (weight_a & 255)));
    return (struct words){OP(maddubs_epi16)(OP(unpacklo_epi8)(a, b), weights),
                          OP(maddubs_epi16)(OP(unpackhi_epi8)(a, b), weights)};
}

INLINE struct words add(struct words a, struct words b)
{
    return (struct words){OP(add_epi16)(a.low, b.low), OP(add_epi16)(a.high, b.high)};
}

// Any limit.
INLINE VEC neighbor_words(const struct differences *d, unsigned limit)
{
    const struct planes right = deinterleave(d->right), below = deinterleave(d->below);
    const struct words sum = add(add(weigh(right.r, 1, below.r, 1), weigh(right.g, 1, below.g, 1)),
                                 weigh(right.b, 1, below.b, 1));
    return words_above(sum.low, sum.high, limit);
}

// `count` pixels that all have a right neighbour.
INLINE void neighbor_row(const uint8_t *row, const uint8_t *below, size_t count, unsigned limit,
                         uint8_t *out)
{
    for (size_t x = 0; x < count; x = next_block(x, count, BLOCK)) {
        struct differences d;
        differ(&d, 0, row + 3 * x, below + 3 * x);
        differ(&d, 1, row + 3 * x, below + 3 * x);
        differ(&d, 2, row + 3 * x, below + 3 * x);
        store(out + x, limit < 255 ? neighbor_bytes(&d, limit) : neighbor_words(&d, limit));
    }
}

KERNEL void neighbor(const uint8_t *row, const uint8_t *below, size_t width, unsigned threshold,
                     uint8_t *out)
{
    const size_t count = width - 1;
    if (count < BLOCK) {
        NARROWER.neighbor(row, below, width, threshold, out);
        return;
    }
    const unsigned limit = neighbor_limit(threshold, below != NULL);
    const uint8_t *const other = below != NULL ? below : row; // no difference to itself
    // Twice, so that each loop knows which limits it has.
    if (limit < 255)
        neighbor_row(row, other, count, limit, out);
    else
        neighbor_row(row, other, count, limit, out);
    out[count] = neighbor_last(row, below, width, threshold);
}

// gray

// Four pixels of each lane, whose bytes are where `rg` and `b` say, as 32 bits. The weighted sum of
// two channels is one multiplication.
INLINE VEC gray_fours(VEC v, VEC rg, VEC b)
{
    const VEC sum =
        OP(add_epi32)(OP(madd_epi16)(OP(shuffle_epi8)(v, rg), OP(set1_epi32)(4899 | 9617 << 16)),
                      OP(madd_epi16)(OP(shuffle_epi8)(v, b), OP(set1_epi32)(1868)));
    return OP(srli_epi32)(OP(add_epi32)(sum, OP(set1_epi32)(8192)), 14);
}

KERNEL void gray(const uint8_t *rgb, size_t width, uint8_t *out)
{
    if (width < BLOCK) {
        NARROWER.gray(rgb, width, out);
        return;
    }
    const VEC rg = repeat(_mm_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
    const VEC b =
        repeat(_mm_setr_epi8(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
    // The last four pixels of a lane end where it ends.
    const VEC last_rg =
        repeat(_mm_setr_epi8(4, -1, 5, -1, 7, -1, 8, -1, 10, -1, 11, -1, 13, -1, 14, -1));
    const VEC last_b =
        repeat(_mm_setr_epi8(6, -1, -1, -1, 9, -1, -1, -1, 12, -1, -1, -1, 15, -1, -1, -1));
    for (size_t x = 0; x < width; x = next_block(x, width, BLOCK)) {
        const uint8_t *const p = rgb + 3 * x;
        VEC v[3] = {load(p), load(p + BLOCK), load(p + 2 * BLOCK)};
        spread(v);
        const VEC first = OP(packs_epi32)(gray_fours(v[0], rg, b),
                                          gray_fours(OP(alignr_epi8)(v[1], v[0], 12), rg, b));
        const VEC second = OP(packs_epi32)(gray_fours(OP(alignr_epi8)(v[2], v[1], 8), rg, b),
                                           gray_fours(v[2], last_rg, last_b));
        store(out + x, OP(packus_epi16)(first, second));
    }
}

// stencils

INLINE struct words subtract(struct words a, struct words b)
{
    return (struct words){OP(sub_epi16)(a.low, b.low), OP(sub_epi16)(a.high, b.high)};
}

INLINE struct words absolute(struct words a)
{
    return (struct words){OP(abs_epi16)(a.low), OP(abs_epi16)(a.high)};
}

INLINE VEC narrow(struct words a) // cut to 0..255
{
    return OP(packus_epi16)(a.low, a.high);
}

// x * x + y * y of bytes that were widened, cut to 65535.
INLINE VEC squares(VEC x, VEC y)
{
    return OP(adds_epu16)(OP(mullo_epi16)(x, x), OP(mullo_epi16)(y, y));
}

// Rounded roots of 32 bits of at most 65535. In floating point, yet exact: the roots nearest to a
// half, those of m * m + m and of that plus 1, are more than 1/2100 away from it, and a root is off
// by less than 1/32000 in whatever direction the CPU rounds.
INLINE VEC roots(VEC s)
{
    const VEC_PS root = OP(sqrt_ps)(OP(cvtepi32_ps)(s));
    return OP(cvttps_epi32)(OP(add_ps)(root, OP(set1_ps)(0.5F)));
}

INLINE VEC word_roots(VEC s)
{
    return OP(packs_epi32)(roots(OP(unpacklo_epi16)(s, zero())),
                           roots(OP(unpackhi_epi16)(s, zero())));
}

// The map from |gx| and |gy|, both cut to bytes.
INLINE VEC euclidean(VEC x, VEC y, enum form form, unsigned threshold)
{
    const VEC low = squares(OP(unpacklo_epi8)(x, zero()), OP(unpacklo_epi8)(y, zero()));
    const VEC high = squares(OP(unpackhi_epi8)(x, zero()), OP(unpackhi_epi8)(y, zero()));
    if (form == FORM_L2)
        return OP(packus_epi16)(word_roots(low), word_roots(high));
    return words_above(low, high, l2_limit(threshold));
}

// The map from |gx| + |gy|, cut to bytes.
INLINE VEC manhattan(VEC value, enum form form, unsigned threshold)
{
    return form == FORM_L1 ? value : bytes_above(value, threshold);
}

// These give the map of a block whose pixels have all their neighbours. a, b and c point to its
// first pixel in the three rows.
INLINE VEC map_roberts(const uint8_t *b, const uint8_t *c, enum form form, unsigned threshold)
{
    const VEC x = absolute_difference(load(b), load(c + 1));
    const VEC y = absolute_difference(load(b + 1), load(c));
    if (form == FORM_L2 || form == FORM_L2_EDGE)
        return euclidean(x, y, form, threshold);
    return manhattan(OP(adds_epu8)(x, y), form, threshold);
}

INLINE VEC map_laplacian(const uint8_t *a, const uint8_t *b, const uint8_t *c, enum form form,
                         unsigned threshold)
{
    const VEC middle = load(b);
    const struct words around =
        add(weigh(load(a), 1, load(c), 1), weigh(load(b - 1), 1, load(b + 1), 1));
    const struct words sum = subtract(around, weigh(middle, 2, middle, 2));
    return manhattan(narrow(absolute(sum)), form, threshold);
}

INLINE VEC map_3x3(struct weights weights, const uint8_t *const rows[3], enum form form,
                   unsigned threshold)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    const int side = weights.side, middle = weights.middle;
    const struct words p = weigh(load(c + 1), side, load(a - 1), -side);
    const struct words q = weigh(load(c - 1), side, load(a + 1), -side);
    const struct words x = add(subtract(p, q), weigh(load(b + 1), middle, load(b - 1), -middle));
    const struct words y = add(add(p, q), weigh(load(c), middle, load(a), -middle));
    const struct words to_x = absolute(x), to_y = absolute(y);
    if (form == FORM_L2 || form == FORM_L2_EDGE)
        return euclidean(narrow(to_x), narrow(to_y), form, threshold);
    return manhattan(narrow(add(to_x, to_y)), form, threshold);
}

INLINE void inner(enum stencil stencil, enum form form, const uint8_t *const rows[3], size_t count,
                  unsigned threshold, uint8_t *out)
{
    const uint8_t *const a = rows[0], *const b = rows[1], *const c = rows[2];
    for (size_t i = 0; i < count; i = next_block(i, count, BLOCK)) {
        const size_t x = i + 1;
        const uint8_t *const rows_at[3] = {a + x, b + x, c + x};
        VEC map;
        if (stencil == STENCIL_ROBERTS)
            map = map_roberts(b + x, c + x, form, threshold);
        else if (stencil == STENCIL_LAPLACIAN)
            map = map_laplacian(a + x, b + x, c + x, form, threshold);
        else
            map = map_3x3(weights_of(stencil), rows_at, form, threshold);
        store(out + x, map);
    }
}

INLINE void whole(enum stencil stencil, const uint8_t *const rows[3], size_t width,
                  const struct magnitude *magnitude, uint8_t *out)
{
    if (width < BLOCK + 2) {
        NARROWER.stencil[stencil](rows, width, magnitude, out);
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
    KERNEL void name(const uint8_t *const rows[3], size_t width,                                   \
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

// The last bytes of a row, fewer than a block, followed by zeros.
INLINE VEC load_rest(const uint8_t *bytes, size_t count)
{
    uint8_t rest[BLOCK] = {0};
    memcpy(rest, bytes, count);
    return load(rest);
}

KERNEL uint64_t sum(const uint8_t *bytes, size_t size)
{
    const size_t whole_blocks = size - size % BLOCK;
    VEC total = OP(sad_epu8)(load_rest(bytes + whole_blocks, size % BLOCK), zero());
    for (size_t i = 0; i < whole_blocks; i += BLOCK)
        total = OP(add_epi64)(total, OP(sad_epu8)(load(bytes + i), zero()));
    uint64_t parts[BLOCK / sizeof(uint64_t)], result = 0;
    memcpy(parts, &total, sizeof parts);
    for (size_t i = 0; i < BLOCK / sizeof(uint64_t); i++)
        result += parts[i];
    return result;
}

// Each lane's two groups of eight bytes backwards: a row wants the first byte in the highest bit.
INLINE VEC backwards(VEC bytes)
{
    return OP(shuffle_epi8)(
        bytes, repeat(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8)));
}

KERNEL void pack(const uint8_t *bytes, size_t width, uint8_t *out)
{
    const size_t whole_blocks = width - width % BLOCK;
    for (size_t x = 0; x < whole_blocks; x += BLOCK)
        store_top_bits(out + x / 8, backwards(load(bytes + x)), BLOCK / 8);
    const size_t rest = width % BLOCK;
    store_top_bits(out + whole_blocks / 8, backwards(load_rest(bytes + whole_blocks, rest)),
                   (rest + 7) / 8);
}

const struct kernels TABLE = {
    .name = NAME,
    .neighbor = neighbor,
    .gray = gray,
    .stencil = {sobel, scharr, prewitt, roberts, laplacian},
    .sum = sum,
    .pack = pack,
};

#endif
