// SPDX-License-Identifier: MIT
// The edge kernels: what is done to one row of pixels.
//
// There is a plain C reference (kernels_c.c) and a file per instruction set; all give the same
// bytes. For every kernel: `width` is at least 1 pixel; rows may have any alignment; nothing
// outside the rows is read or written, so a row may end where the memory does; `out` overlaps no
// other row. Kernels keep no state and may run in any number of threads.
#ifndef IMAGE_KERNELS_KERNELS_H
#define IMAGE_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Operators over rows of gray. Borders are reflected without repeating the edge pixel, as OpenCV's
// BORDER_REFLECT_101 does; a side of a single pixel is its own reflection.
enum stencil {
    STENCIL_SOBEL,     // 3x3, smoothed by 1 2 1
    STENCIL_SCHARR,    // 3x3, smoothed by 3 10 3
    STENCIL_PREWITT,   // 3x3, smoothed by 1 1 1
    STENCIL_ROBERTS,   // gx = p(x, y) - p(x + 1, y + 1), gy = p(x + 1, y) - p(x, y + 1)
    STENCIL_LAPLACIAN, // 0 1 0 / 1 -4 1 / 0 1 0; its magnitude is its absolute value
    STENCIL_COUNT
};

// How a gradient becomes a byte. The magnitude is |gx| + |gy| or, if `l2`, the square root of
// gx * gx + gy * gy rounded to the nearest whole number; what exceeds 255 is 255. With a threshold
// of 0 to 255 the byte is 255 where the magnitude is above it (so never for 255) and 0 elsewhere;
// with -1 it is the magnitude. The Laplacian has one component and takes no notice of `l2`.
struct magnitude {
    bool l2;
    int threshold;
};

// One row of an operator's map. rows[0], rows[1] and rows[2] are the row above, the row itself and
// the row below, `width` bytes each; at the top and the bottom of the picture the caller passes the
// reflected row (rows may be the same). Left and right are reflected inside.
typedef void stencil_row(const uint8_t *const rows[3], size_t width,
                         const struct magnitude *magnitude, uint8_t *out);

enum { NEIGHBOR_LARGEST = 765 }; // threshold and mean difference of `neighbor`

struct kernels {
    const char *name; // "c", "avx2", "avx512", "neon": as EDGEFETCH_CPU spells it

    // One row of the neighbour difference. For every pixel: over its right and its lower neighbour,
    // where they exist, the sum of |dR| + |dG| + |dB|, divided by the number of neighbours (integer
    // division); 255 where that is above `threshold` (0 to NEIGHBOR_LARGEST), 0 elsewhere. A pixel
    // without neighbours is 0. `row` and `below` are `width` RGB triples; `below` is NULL for the
    // last row of a picture.
    void (*neighbor)(const uint8_t *row, const uint8_t *below, size_t width, unsigned threshold,
                     uint8_t *out);

    // (4899 R + 9617 G + 1868 B + 8192) >> 14 of `width` RGB triples.
    void (*gray)(const uint8_t *rgb, size_t width, uint8_t *out);

    stencil_row *stencil[STENCIL_COUNT];

    // The sum of `size` bytes.
    uint64_t (*sum)(const uint8_t *bytes, size_t size);

    // Packs the top bit of each byte (so 0 and 255 become 0 and 1), eight to a byte, the first in
    // the highest bit; unused bits of the last byte are 0. Writes (width + 7) / 8 bytes. This is a
    // row of a 1-bit PNG or, but for the meaning of 1, of a PBM.
    void (*pack)(const uint8_t *bytes, size_t width, uint8_t *out);
};

enum kernel_level {
    KERNEL_C,      // anywhere; the reference
    KERNEL_AVX2,   // x86-64
    KERNEL_AVX512, // x86-64 with AVX-512 F and BW
    KERNEL_NEON,   // 64-bit Arm, always there
    KERNEL_LEVEL_COUNT
};

// The fastest kernels that this CPU can run, never NULL. The choice is made on the first call, from
// any thread, and stays. For tests only: the environment variable EDGEFETCH_CPU, set to a level's
// name before the first call, masks every faster level; other values mean nothing.
const struct kernels *kernels(void);

// The kernels of one level, whatever EDGEFETCH_CPU says; NULL where this CPU or this build has
// none. For tests and benchmarks.
const struct kernels *kernels_for(enum kernel_level level);

#endif
