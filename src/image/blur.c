// SPDX-License-Identifier: MIT
#include "image/blur.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct blur {
    uint32_t width, height;
    uint32_t radius, rows; // rows: that the ring holds
    uint32_t pushed, taken;
    float *weights; // 2 radius + 1
    float *padded;  // one row with radius reflected pixels on each side
    float *ring;    // rows blurred across
    float *sums;
    uint8_t *out;
};

// The index that stands at `at` when [0, size) is reflected at its first and last element.
static uint32_t reflect(int64_t at, uint32_t size)
{
    const int64_t last = (int64_t)size - 1;
    if (last == 0)
        return 0;
    while (at < 0 || at > last)
        at = at < 0 ? -at : 2 * last - at;
    return (uint32_t)at;
}

static void set_weights(struct blur *blur, double sigma)
{
    const int64_t radius = blur->radius;
    double sum = 0;
    for (int64_t i = -radius; i <= radius; i++)
        sum += exp(-(double)(i * i) / (2 * sigma * sigma));
    for (int64_t i = -radius; i <= radius; i++)
        blur->weights[i + radius] = (float)(exp(-(double)(i * i) / (2 * sigma * sigma)) / sum);
}

struct blur *blur_open(double sigma, uint32_t width, uint32_t height)
{
    struct blur *blur = calloc(1, sizeof *blur);
    if (blur == NULL)
        return NULL;
    blur->width = width;
    blur->height = height;
    blur->radius = (uint32_t)ceil(3 * sigma);
    blur->rows = 2 * blur->radius + 1;
    blur->weights = malloc(blur->rows * sizeof(float));
    blur->padded = malloc(((size_t)width + 2 * blur->radius) * sizeof(float));
    blur->ring = malloc((size_t)blur->rows * width * sizeof(float));
    blur->sums = malloc(width * sizeof(float));
    blur->out = malloc(width);
    if (blur->weights == NULL || blur->padded == NULL || blur->ring == NULL || blur->sums == NULL ||
        blur->out == NULL) {
        blur_close(blur);
        return NULL;
    }
    set_weights(blur, sigma);
    return blur;
}

static float *ring_row(const struct blur *blur, uint32_t row)
{
    return blur->ring + (size_t)(row % blur->rows) * blur->width;
}

static void add_scaled(float *restrict sums, const float *restrict values, float weight,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        sums[i] += weight * values[i];
}

void blur_push(struct blur *blur, const uint8_t *row)
{
    float *across = ring_row(blur, blur->pushed++);
    const int64_t radius = blur->radius;
    for (int64_t i = -radius; i < 0; i++)
        blur->padded[i + radius] = row[reflect(i, blur->width)];
    for (uint32_t x = 0; x < blur->width; x++)
        blur->padded[x + blur->radius] = row[x];
    for (int64_t i = 0; i < radius; i++)
        blur->padded[blur->width + radius + i] = row[reflect(blur->width + i, blur->width)];
    memset(across, 0, blur->width * sizeof *across);
    for (uint32_t tap = 0; tap < blur->rows; tap++)
        add_scaled(across, blur->padded + tap, blur->weights[tap], blur->width);
}

const uint8_t *blur_take(struct blur *blur)
{
    const uint64_t needed = (uint64_t)blur->taken + blur->radius + 1;
    if (blur->taken == blur->height ||
        blur->pushed < (needed < blur->height ? needed : blur->height))
        return NULL;
    for (uint32_t x = 0; x < blur->width; x++)
        blur->sums[x] = 0.5f;
    for (uint32_t tap = 0; tap < blur->rows; tap++) {
        const int64_t row = (int64_t)blur->taken + tap - blur->radius;
        add_scaled(blur->sums, ring_row(blur, reflect(row, blur->height)), blur->weights[tap],
                   blur->width);
    }
    for (uint32_t x = 0; x < blur->width; x++)
        blur->out[x] = blur->sums[x] >= 255 ? 255 : (uint8_t)blur->sums[x];
    blur->taken++;
    return blur->out;
}

void blur_close(struct blur *blur)
{
    free(blur->weights);
    free(blur->padded);
    free(blur->ring);
    free(blur->sums);
    free(blur->out);
    free(blur);
}
