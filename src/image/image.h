// SPDX-License-Identifier: MIT
// What every stage says about a failure.
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <edgefetch/edges.h>

// Writes a formatted detail; a null `detail` is allowed.
void detail_set(struct ef_detail *detail, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
