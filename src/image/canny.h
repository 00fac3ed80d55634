// SPDX-License-Identifier: MIT
// Canny's edge detector (J. Canny, "A Computational Approach to Edge Detection", 1986), with the
// derivatives, sectors and comparisons of OpenCV's Canny(gray, low, high, 3, L2gradient): the same
// map, pixel for pixel.
#ifndef IMAGE_CANNY_H
#define IMAGE_CANNY_H

#include "image/detectors.h"

// A detector's `open`. settings->low and high are the thresholds (exchanged when low is the
// larger), l2 the Euclidean gradient. Holds three rows of derivatives and, because hysteresis can
// reach anywhere, the map: one byte a pixel, and the stack of edge pixels whose neighbours have not
// been looked at.
enum ef_status canny_open(const struct detect_settings *settings, uint32_t width, uint32_t height,
                          struct sink *out, struct filter **filter);

#endif
