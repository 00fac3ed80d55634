// SPDX-License-Identifier: MIT
// Our detectors over whole pictures, at any level that this CPU has: what the benchmarks time.
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include "image/canny_rows.h"
#include "image/kernels/kernels.h"

struct planes {
    size_t width, height;
    uint8_t *rgb, *gray, *map;
};

void ours_neighbor(const struct kernels *kernels, const struct planes *planes, unsigned threshold);

void ours_gray(const struct kernels *kernels, const struct planes *planes);

void ours_stencil(const struct kernels *kernels, const struct planes *planes, enum stencil stencil,
                  struct magnitude magnitude);

// Packs the bytes of gray, for the time it takes, into the map.
void ours_pack(const struct kernels *kernels, const struct planes *planes);

uint64_t ours_sum(const struct kernels *kernels, const struct planes *planes);

// The whole filter, from rows of gray to rows of its map; false when it fails.
bool ours_canny(const struct canny_rows *rows, const struct planes *planes, int low, int high,
                bool l2);

#endif
