// SPDX-License-Identifier: MIT
// Resizing as a stage between decoder and detectors: rows in, rows of another size out.
#ifndef IMAGE_RESIZE_H
#define IMAGE_RESIZE_H

#include "image/rows.h"

// Puts a resizing stage around *source, which it then owns: area average where an axis shrinks,
// bicubic (Keys 1981, a = -0.5) where it grows. `fit` decides the size: EF_FIT_STRETCH gives
// exactly width x height, EF_FIT_COVER too, after cutting what the other shape has too much of,
// half on each side, and EF_FIT_CONTAIN the largest picture of the same shape within width x
// height. `pixels` (an or of enum pixels) is what the source was opened for. Holds a few rows of
// the new width for every row of the new height. Returns EF_OK, also when the size already is
// right, or EF_OUT_OF_MEMORY; *source is usable in any case.
enum ef_status source_resize(struct source **source, unsigned pixels, uint32_t width,
                             uint32_t height, enum ef_fit fit);

#endif
