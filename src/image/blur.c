// SPDX-License-Identifier: MIT
#include "image/blur.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Pixels are blurred across as they come, to FRACTION more bits than a pixel has, and kept so in a
// ring; then down. Weights have WEIGHT_BITS, so products of 16 bits and sums of 32 are enough:
// across 255 << 15, down 255 << 7 << 15. Both are halved by the symmetry of the kernel, which has
// one multiplication for two pixels.
enum {
    WEIGHT_BITS = 15,
    FRACTION = 7,
    ACROSS_SHIFT = WEIGHT_BITS - FRACTION,
    DOWN_SHIFT = WEIGHT_BITS + FRACTION,
    LARGEST_SIGMA = 20,
    LARGEST_RADIUS = 3 * LARGEST_SIGMA,
    STRIP = 512, // pixels whose sums are kept at hand
};

static const double smallest_sigma = 0.1;

// Row y of the picture, blurred across, is at y % rows in the ring. The ring is as high as the
// kernel, and every row that a kernel at row y reaches, reflected or not, is less than `radius` + 1
// from y; so none is overwritten before its last use.
struct blur {
    uint32_t width, height;
    uint32_t radius, rows;                // rows of the ring
    uint64_t pushed, taken;               // rows
    uint16_t weights[LARGEST_RADIUS + 1]; // by distance
    uint8_t *padded;                      // one row with `radius` pixels on each side
    uint16_t *ring;
    uint8_t *out;
};

// The index that stands at `at` when [0, size) is reflected at its first and last element.
static uint32_t reflect(int64_t at, uint32_t size)
{
    const int64_t period = 2 * ((int64_t)size - 1);
    if (period == 0)
        return 0;
    const int64_t within = (at % period + period) % period;
    return (uint32_t)(within < (int64_t)size ? within : period - within);
}

// Rounds the sums of the outermost weights instead of the weights, so that no error adds up, and
// leaves the rest to the one in the middle.
static void set_weights(struct blur *blur, double sigma)
{
    double bell[LARGEST_RADIUS + 1], total = 1;
    for (uint32_t i = 1; i <= blur->radius; i++) {
        bell[i] = exp(-(double)i * i / (2 * sigma * sigma));
        total += 2 * bell[i];
    }
    double outside = 0;
    long given = 0;
    for (uint32_t i = blur->radius; i > 0; i--) {
        outside += bell[i] / total;
        const long sum = lround(outside * (1 << WEIGHT_BITS));
        blur->weights[i] = (uint16_t)(sum - given);
        given = sum;
    }
    blur->weights[0] = (uint16_t)((1 << WEIGHT_BITS) - 2 * given);
}

struct blur *blur_open(double sigma, uint32_t width, uint32_t height)
{
    struct blur *const blur = calloc(1, sizeof *blur);
    if (blur == NULL)
        return NULL;
    sigma = fmin(fmax(sigma, smallest_sigma), LARGEST_SIGMA);
    blur->width = width;
    blur->height = height;
    blur->radius = (uint32_t)ceil(3 * sigma);
    blur->rows = 2 * blur->radius + 1;
    set_weights(blur, sigma);
    const uint64_t ring = (uint64_t)width * blur->rows * sizeof *blur->ring;
    if (ring <= SIZE_MAX) {
        blur->padded = malloc((size_t)width + 2 * (size_t)blur->radius);
        blur->ring = malloc((size_t)ring);
        blur->out = malloc(width);
    }
    if (blur->padded == NULL || blur->ring == NULL || blur->out == NULL) {
        blur_close(blur);
        return NULL;
    }
    return blur;
}

void blur_close(struct blur *blur)
{
    if (blur == NULL)
        return;
    free(blur->padded);
    free(blur->ring);
    free(blur->out);
    free(blur);
}

static uint32_t strip_at(uint32_t width, size_t begin)
{
    return width - begin < STRIP ? (uint32_t)(width - begin) : STRIP;
}

// ---- across ----

static void across_pair(uint32_t *restrict sums, const uint8_t *a, const uint8_t *b,
                        uint16_t weight, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sums[i] += (uint32_t)(uint16_t)(a[i] + b[i]) * weight;
}

static void pad(const struct blur *blur, const uint8_t *row)
{
    const int64_t radius = blur->radius;
    memcpy(blur->padded + radius, row, blur->width);
    for (int64_t i = 1; i <= radius; i++) {
        const int64_t beyond = (int64_t)blur->width - 1 + i;
        blur->padded[radius - i] = row[reflect(-i, blur->width)];
        blur->padded[radius + beyond] = row[reflect(beyond, blur->width)];
    }
}

void blur_push(struct blur *blur, const uint8_t *row)
{
    uint16_t *const out = blur->ring + (size_t)(blur->pushed++ % blur->rows) * blur->width;
    pad(blur, row);
    for (size_t begin = 0; begin < blur->width; begin += STRIP) {
        const uint32_t count = strip_at(blur->width, begin);
        const uint8_t *const pixels = blur->padded + blur->radius + begin;
        uint32_t sums[STRIP];
        for (uint32_t i = 0; i < count; i++)
            sums[i] = (1u << (ACROSS_SHIFT - 1)) + (uint32_t)pixels[i] * blur->weights[0];
        for (uint32_t k = 1; k <= blur->radius; k++)
            across_pair(sums, pixels - k, pixels + k, blur->weights[k], count);
        for (uint32_t i = 0; i < count; i++)
            out[begin + i] = (uint16_t)(sums[i] >> ACROSS_SHIFT);
    }
}

// ---- down ----

static void down_pair(uint32_t *restrict sums, const uint16_t *a, const uint16_t *b,
                      uint16_t weight, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sums[i] += (uint32_t)(uint16_t)(a[i] + b[i]) * weight;
}

// The row that stands at `y`.
static const uint16_t *row_at(const struct blur *blur, int64_t y)
{
    return blur->ring + (size_t)(reflect(y, blur->height) % blur->rows) * blur->width;
}

static bool is_decided(const struct blur *blur)
{
    const uint64_t last = blur->taken + blur->radius;
    return blur->taken < blur->height &&
           blur->pushed > (last < blur->height ? last : blur->height - 1);
}

const uint8_t *blur_take(struct blur *blur)
{
    if (!is_decided(blur))
        return NULL;
    const int64_t y = (int64_t)blur->taken++;
    const uint16_t *const middle = row_at(blur, y);
    for (size_t begin = 0; begin < blur->width; begin += STRIP) {
        const uint32_t count = strip_at(blur->width, begin);
        uint32_t sums[STRIP];
        for (uint32_t i = 0; i < count; i++)
            sums[i] = (1u << (DOWN_SHIFT - 1)) + (uint32_t)middle[begin + i] * blur->weights[0];
        for (int64_t k = 1; k <= (int64_t)blur->radius; k++)
            down_pair(sums, row_at(blur, y - k) + begin, row_at(blur, y + k) + begin,
                      blur->weights[k], count);
        for (uint32_t i = 0; i < count; i++)
            blur->out[begin + i] = (uint8_t)(sums[i] >> DOWN_SHIFT);
    }
    return blur->out;
}
