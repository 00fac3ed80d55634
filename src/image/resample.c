// SPDX-License-Identifier: MIT
#include "image/resample.h"

#include <math.h>
#include <stdlib.h>

// Keys' cubic convolution kernel with a = -0.5, at distance x.
static double cubic(double x)
{
    const double a = -0.5;
    x = fabs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    return 0;
}

// How much of input sample `at`, which covers [at, at + 1), lies within [from, to).
static double coverage(double at, double from, double to)
{
    const double low = at > from ? at : from;
    const double high = at + 1 < to ? at + 1 : to;
    return high > low ? high - low : 0;
}

static uint32_t clamp(int64_t value, uint32_t most)
{
    return value < 0 ? 0 : value > most ? most : (uint32_t)value;
}

// The weights of one output, whose taps begin at input sample `start`, which may lie outside; what
// falls outside is given to the nearest sample inside.
static void set_weights(struct resample *resample, uint32_t input, uint32_t output, int64_t start,
                        const double *weights)
{
    float *to = resample->weights + (size_t)output * resample->taps;
    const uint32_t latest = input > resample->taps ? input - resample->taps : 0;
    const uint32_t first = clamp(start, latest);
    double sum = 0;
    resample->first[output] = first;
    for (uint32_t i = 0; i < resample->taps; i++)
        sum += weights[i];
    for (uint32_t i = 0; i < resample->taps; i++) {
        const uint32_t at = clamp(start + i, input - 1);
        to[at - first] += (float)(weights[i] / sum);
    }
}

static void prepare(struct resample *resample, uint32_t input, double offset, double scale,
                    double *weights)
{
    const bool shrinks = scale > 1;
    for (uint32_t i = 0; i < resample->outputs; i++) {
        const double from = offset + i * scale;
        const double centre = from + scale / 2 - 0.5;
        const int64_t start = (int64_t)floor(shrinks ? from : centre) - (shrinks ? 0 : 1);
        for (uint32_t tap = 0; tap < resample->taps; tap++) {
            const double at = (double)(start + tap);
            weights[tap] = shrinks ? coverage(at, from, from + scale) : cubic(centre - at);
        }
        set_weights(resample, input, i, start, weights);
    }
}

bool resample_init(struct resample *resample, uint32_t input, double offset, double length,
                   uint32_t outputs)
{
    const double scale = length / outputs;
    const uint32_t wanted = scale > 1 ? (uint32_t)ceil(scale) + 1 : 4;
    *resample = (struct resample){.outputs = outputs, .taps = wanted};
    resample->first = calloc(outputs, sizeof *resample->first);
    resample->weights = calloc((size_t)outputs * wanted, sizeof *resample->weights);
    double *weights = calloc(wanted, sizeof *weights);
    const bool ready = resample->first != NULL && resample->weights != NULL && weights != NULL;
    if (ready)
        prepare(resample, input, offset, scale, weights);
    else
        resample_free(resample);
    free(weights);
    return ready;
}

void resample_free(struct resample *resample)
{
    free(resample->first);
    free(resample->weights);
    *resample = (struct resample){0};
}
