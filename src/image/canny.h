// SPDX-License-Identifier: MIT
// Canny's edge detector (J. Canny, "A Computational Approach to Edge Detection", IEEE PAMI 8(6),
// 1986), as OpenCV 4 defines its Canny(gray, low, high, 3, L2gradient): the same map, pixel for
// pixel. The paper leaves open how derivatives, directions and ties are computed; this is OpenCV's
// answer, and where ours is:
//
// 1. The derivatives are Sobel's 3x3, with the picture's outermost pixels repeated outside it; the
//    magnitude is |dx| + |dy|, or dx * dx + dy * dy where the thresholds are squared
//    (canny_rows.h).
// 2. Thresholds in the wrong order are exchanged; a squared one is cut to 32767 before. A pixel is
// a
//    candidate when its magnitude is above the low one, and an edge when also above the high one
//    (canny.c).
// 3. Candidates are maxima across their edge, in one of four directions, told apart by a
// fixed-point
//    tan(22.5 degrees). Of two equal magnitudes side by side the lower or the right one gives way,
//    of two on a diagonal both do. Outside the picture magnitudes are 0 (canny_rows.h).
// 4. Candidates that are connected with an edge through candidates, in any of eight directions, are
//    edges (canny_map.h).
#ifndef IMAGE_CANNY_H
#define IMAGE_CANNY_H

#include "image/detectors.h"

struct canny_rows;

// A detector's `open`. settings->low and high are the thresholds, 0 to 65535, l2 the squared
// magnitude. Holds three rows of the picture and of its derivatives and, because hysteresis can
// reach anywhere, two bits for every pixel; the whole map is written by finish(), which may return
// EF_OUT_OF_MEMORY.
enum ef_status canny_open(const struct detect_settings *settings, uint32_t width, uint32_t height,
                          struct sink *out, struct filter **filter);

// The same with the rows of a given level, for benchmarks.
enum ef_status canny_open_with(const struct canny_rows *rows,
                               const struct detect_settings *settings, uint32_t width,
                               uint32_t height, struct sink *out, struct filter **filter);

#endif
