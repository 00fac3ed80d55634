// SPDX-License-Identifier: MIT
//
// Reproducible sine and square root; see maths.h for why they exist.
#include "maths.h"

#include <float.h>
#include <stdint.h>
#include <string.h>

// Wider intermediates (x87) would round differently, and the files with them.
_Static_assert(FLT_EVAL_METHOD == 0, "the samples need plain IEEE float and double arithmetic");

// The first terms of the two series; off by less than 1e-7 up to an eighth turn.
static double small_sine(double x)
{
    double x2 = x * x;
    return x * (1.0 - x2 * (1.0 / 6.0 - x2 * (1.0 / 120.0 - x2 * (1.0 / 5040.0 - x2 / 362880.0))));
}

static double small_cosine(double x)
{
    double x2 = x * x;
    return 1.0 - x2 * (0.5 - x2 * (1.0 / 24.0 - x2 * (1.0 / 720.0 - x2 / 40320.0)));
}

double sine(double radians)
{
    double quarters = radians * (2.0 / PI);
    int nearest = floor_int(quarters + 0.5);
    double x = (quarters - nearest) * (PI / 2.0);
    unsigned quadrant = (unsigned)nearest & 3u;
    double size = quadrant % 2 ? small_cosine(x) : small_sine(x);
    return quadrant < 2 ? size : -size;
}

double cosine(double radians)
{
    return sine(radians + PI / 2.0);
}

double square_root(double value)
{
    if (!(value > DBL_MIN)) {
        return 0.0;
    }
    // Halving the exponent field gives a start within a few per cent.
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits >> 1) + (UINT64_C(1023) << 51);
    double root;
    memcpy(&root, &bits, sizeof root);
    for (int i = 0; i < 4; i++) {
        root = 0.5 * (root + value / root);
    }
    return root;
}
