// SPDX-License-Identifier: MIT
#include "image/resize.h"

#include "image/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// One of the two forms of a row: three channels or one. Rows are resized across as they come and
// kept, as many as an output row is made of, in a ring.
struct plane {
    uint32_t channels;
    uint8_t *input; // one row of the source
    float *ring;    // `down.taps` rows of the new width
};

struct resizer {
    struct source source;
    struct source *inner;
    struct resample across, down;
    struct plane rgb, gray; // channels 0: not asked for
    uint32_t row;           // the next to be made
    uint32_t taken;         // rows read from `inner`
};

static void close_resizer(struct source *source)
{
    struct resizer *resizer = (struct resizer *)source;
    if (resizer->inner != NULL)
        resizer->inner->close(resizer->inner);
    resample_free(&resizer->across);
    resample_free(&resizer->down);
    free(resizer->rgb.input);
    free(resizer->rgb.ring);
    free(resizer->gray.input);
    free(resizer->gray.ring);
    free(resizer);
}

static float *ring_row(const struct resizer *resizer, const struct plane *plane, uint32_t row)
{
    const size_t size = (size_t)resizer->source.width * plane->channels;
    return plane->ring + (row % resizer->down.taps) * size;
}

static void resize_across(const struct resizer *resizer, const struct plane *plane, uint32_t row)
{
    const struct resample *across = &resizer->across;
    const uint32_t usable =
        across->taps < resizer->inner->width ? across->taps : resizer->inner->width;
    float *out = ring_row(resizer, plane, row);
    for (uint32_t x = 0; x < across->outputs; x++) {
        const float *weights = across->weights + (size_t)x * across->taps;
        const uint8_t *in = plane->input + (size_t)across->first[x] * plane->channels;
        for (uint32_t channel = 0; channel < plane->channels; channel++) {
            float sum = 0;
            for (uint32_t tap = 0; tap < usable; tap++)
                sum += weights[tap] * (float)in[(size_t)tap * plane->channels + channel];
            *out++ = sum;
        }
    }
}

static void resize_down(const struct resizer *resizer, const struct plane *plane, uint8_t *out)
{
    const struct resample *down = &resizer->down;
    const float *weights = down->weights + (size_t)resizer->row * down->taps;
    const uint32_t first = down->first[resizer->row];
    const size_t size = (size_t)resizer->source.width * plane->channels;
    for (size_t i = 0; i < size; i++) {
        float sum = 0.5f;
        for (uint32_t tap = 0; tap < down->taps && first + tap < resizer->inner->height; tap++)
            sum += weights[tap] * plane->ring[((first + tap) % down->taps) * size + i];
        out[i] = sum <= 0 ? 0 : sum >= 255 ? 255 : (uint8_t)sum;
    }
}

// Reads until the rows that the next output row is made of are in the ring.
static enum ef_status fill(struct resizer *resizer, struct ef_detail *detail)
{
    const uint64_t wanted = (uint64_t)resizer->down.first[resizer->row] + resizer->down.taps;
    const uint32_t end =
        wanted < resizer->inner->height ? (uint32_t)wanted : resizer->inner->height;
    while (resizer->taken < end) {
        const enum ef_status status =
            resizer->inner->read(resizer->inner, resizer->rgb.input, resizer->gray.input, detail);
        if (status != EF_OK)
            return status;
        if (resizer->rgb.channels > 0)
            resize_across(resizer, &resizer->rgb, resizer->taken);
        if (resizer->gray.channels > 0)
            resize_across(resizer, &resizer->gray, resizer->taken);
        resizer->taken++;
    }
    return EF_OK;
}

static enum ef_status read_resized(struct source *source, uint8_t *rgb, uint8_t *gray,
                                   struct ef_detail *detail)
{
    struct resizer *resizer = (struct resizer *)source;
    const enum ef_status status = fill(resizer, detail);
    if (status != EF_OK)
        return status;
    if (resizer->rgb.channels > 0)
        resize_down(resizer, &resizer->rgb, rgb);
    if (resizer->gray.channels > 0)
        resize_down(resizer, &resizer->gray, gray);
    resizer->row++;
    return EF_OK;
}

static bool allocate_plane(struct plane *plane, uint32_t channels, uint32_t width_in,
                           uint32_t width_out, uint32_t rows)
{
    plane->channels = channels;
    plane->input = malloc((size_t)width_in * channels);
    plane->ring = calloc((size_t)width_out * channels * rows, sizeof *plane->ring);
    return plane->input != NULL && plane->ring != NULL;
}

// The part of the picture that is used, and the size that it gets.
struct geometry {
    double x, y, width, height; // of the original
    uint32_t new_width, new_height;
};

static uint32_t at_least_one(double value)
{
    return value < 1 ? 1 : (uint32_t)value;
}

static struct geometry fit_into(const struct source *source, uint32_t width, uint32_t height,
                                enum ef_fit fit)
{
    const double across = (double)width / source->width;
    const double down = (double)height / source->height;
    struct geometry geometry = {0, 0, source->width, source->height, width, height};
    if (fit == EF_FIT_CONTAIN) {
        const double scale = across < down ? across : down;
        geometry.new_width = at_least_one(round(source->width * scale));
        geometry.new_height = at_least_one(round(source->height * scale));
    } else if (fit == EF_FIT_COVER) {
        const double scale = across > down ? across : down;
        geometry.width = width / scale;
        geometry.height = height / scale;
        geometry.x = (source->width - geometry.width) / 2;
        geometry.y = (source->height - geometry.height) / 2;
    }
    return geometry;
}

enum ef_status source_resize(struct source **source, unsigned pixels, uint32_t width,
                             uint32_t height, enum ef_fit fit)
{
    struct source *inner = *source;
    const struct geometry geometry = fit_into(inner, width, height, fit);
    const uint32_t new_width = geometry.new_width;
    if (new_width == inner->width && geometry.new_height == inner->height)
        return EF_OK;
    struct resizer *resizer = calloc(1, sizeof *resizer);
    if (resizer == NULL)
        return EF_OUT_OF_MEMORY;
    resizer->source = (struct source){new_width, geometry.new_height, read_resized, close_resizer};
    if (!resample_init(&resizer->across, inner->width, geometry.x, geometry.width, new_width) ||
        !resample_init(&resizer->down, inner->height, geometry.y, geometry.height,
                       geometry.new_height) ||
        ((pixels & PIXELS_RGB) != 0 &&
         !allocate_plane(&resizer->rgb, 3, inner->width, new_width, resizer->down.taps)) ||
        ((pixels & PIXELS_GRAY) != 0 &&
         !allocate_plane(&resizer->gray, 1, inner->width, new_width, resizer->down.taps))) {
        close_resizer(&resizer->source);
        return EF_OUT_OF_MEMORY;
    }
    resizer->inner = inner;
    *source = &resizer->source;
    return EF_OK;
}
