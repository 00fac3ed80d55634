// SPDX-License-Identifier: MIT
#include "image/detectors.h"

#include "image/canny.h"

#include "image/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

// A filter that looks at up to three rows at once. A row of the map is known when the row below has
// come, so at the end of a push one row of the map is still owed, if any came.
//
// 1. `kept` holds the last two rows that came: row y is at kept[y % 2].
// 2. A push reads its row in place, beside the kept ones, and only then copies it, over the older.
struct window {
    struct filter filter; // first
    const struct kernels *kernels;
    struct sink *out;
    size_t width, bytes; // of a row: pixels, bytes
    uint64_t pushed;     // rows
    stencil_row *stencil;
    struct magnitude magnitude; // of stencil
    unsigned threshold;         // of neighbor
    uint8_t *kept[2];
    uint8_t *row; // of the map
};

static enum ef_status write_row(struct window *window)
{
    window->filter.sum += window->kernels->sum(window->row, window->width);
    return window->out->write(window->out, window->row);
}

static void keep(struct window *window, const uint8_t *row)
{
    memcpy(window->kept[window->pushed % 2], row, window->bytes);
    window->pushed++;
}

static const uint8_t *newest(const struct window *window)
{
    return window->kept[(window->pushed - 1) % 2];
}

static enum ef_status neighbor_below(struct window *window, const uint8_t *below)
{
    window->kernels->neighbor(newest(window), below, window->width, window->threshold, window->row);
    return write_row(window);
}

static enum ef_status neighbor_push(struct filter *filter, const uint8_t *rgb, const uint8_t *gray)
{
    (void)gray;
    struct window *const window = (struct window *)filter;
    const enum ef_status status = window->pushed > 0 ? neighbor_below(window, rgb) : EF_OK;
    keep(window, rgb);
    return status;
}

static enum ef_status neighbor_finish(struct filter *filter)
{
    struct window *const window = (struct window *)filter;
    return window->pushed > 0 ? neighbor_below(window, NULL) : EF_OK;
}

// The map's row for the newest row. `below` is NULL for the last row of the picture; what is
// missing above or below is the reflection of what is on the other side.
static enum ef_status stencil_below(struct window *window, const uint8_t *below)
{
    const uint8_t *const row = newest(window);
    const uint8_t *above = window->pushed > 1 ? window->kept[window->pushed % 2] : NULL;
    if (above == NULL)
        above = below != NULL ? below : row;
    const uint8_t *const rows[3] = {above, row, below != NULL ? below : above};
    window->stencil(rows, window->width, &window->magnitude, window->row);
    return write_row(window);
}

static enum ef_status stencil_push(struct filter *filter, const uint8_t *rgb, const uint8_t *gray)
{
    (void)rgb;
    struct window *const window = (struct window *)filter;
    const enum ef_status status = window->pushed > 0 ? stencil_below(window, gray) : EF_OK;
    keep(window, gray);
    return status;
}

static enum ef_status stencil_finish(struct filter *filter)
{
    struct window *const window = (struct window *)filter;
    return window->pushed > 0 ? stencil_below(window, NULL) : EF_OK;
}

static void window_close(struct filter *filter)
{
    free(filter);
}

// One allocation: the struct, two rows of `channels` bytes a pixel, and a row of the map. NULL when
// there is not enough memory.
static struct window *window_new(uint32_t width, uint32_t channels, struct sink *out)
{
    const uint64_t bytes = (uint64_t)width * channels;
    const uint64_t total = sizeof(struct window) + 2 * bytes + width;
    struct window *const window = total <= SIZE_MAX ? malloc((size_t)total) : NULL;
    if (window == NULL)
        return NULL;
    uint8_t *const rows = (uint8_t *)(window + 1);
    *window = (struct window){.filter.close = window_close,
                              .kernels = kernels(),
                              .out = out,
                              .width = width,
                              .bytes = (size_t)bytes,
                              .kept = {rows, rows + bytes},
                              .row = rows + 2 * bytes};
    return window;
}

static enum ef_status neighbor_open(const struct detect_settings *settings, uint32_t width,
                                    uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    *filter = NULL;
    if (settings->threshold < 0 || settings->threshold > NEIGHBOR_LARGEST)
        return EF_INTERNAL;
    struct window *const window = window_new(width, 3, out);
    if (window == NULL)
        return EF_OUT_OF_MEMORY;
    window->filter.push = neighbor_push;
    window->filter.finish = neighbor_finish;
    window->threshold = (unsigned)settings->threshold;
    *filter = &window->filter;
    return EF_OK;
}

static enum ef_status stencil_open(enum stencil stencil, const struct detect_settings *settings,
                                   uint32_t width, struct sink *out, struct filter **filter)
{
    *filter = NULL;
    if (settings->threshold < -1 || settings->threshold > 255)
        return EF_INTERNAL;
    struct window *const window = window_new(width, 1, out);
    if (window == NULL)
        return EF_OUT_OF_MEMORY;
    window->filter.push = stencil_push;
    window->filter.finish = stencil_finish;
    window->stencil = window->kernels->stencil[stencil];
    window->magnitude = (struct magnitude){.l2 = settings->l2, .threshold = settings->threshold};
    *filter = &window->filter;
    return EF_OK;
}

static enum ef_status sobel_open(const struct detect_settings *settings, uint32_t width,
                                 uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    return stencil_open(STENCIL_SOBEL, settings, width, out, filter);
}

static enum ef_status scharr_open(const struct detect_settings *settings, uint32_t width,
                                  uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    return stencil_open(STENCIL_SCHARR, settings, width, out, filter);
}

static enum ef_status prewitt_open(const struct detect_settings *settings, uint32_t width,
                                   uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    return stencil_open(STENCIL_PREWITT, settings, width, out, filter);
}

static enum ef_status roberts_open(const struct detect_settings *settings, uint32_t width,
                                   uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    return stencil_open(STENCIL_ROBERTS, settings, width, out, filter);
}

static enum ef_status laplacian_open(const struct detect_settings *settings, uint32_t width,
                                     uint32_t height, struct sink *out, struct filter **filter)
{
    (void)height;
    return stencil_open(STENCIL_LAPLACIAN, settings, width, out, filter);
}

const struct detector detectors[] = {
    {"neighbor", EF_DETECTOR_NEIGHBOR, PIXELS_RGB, neighbor_open},
    {"sobel", EF_DETECTOR_SOBEL, PIXELS_GRAY, sobel_open},
    {"scharr", EF_DETECTOR_SCHARR, PIXELS_GRAY, scharr_open},
    {"prewitt", EF_DETECTOR_PREWITT, PIXELS_GRAY, prewitt_open},
    {"roberts", EF_DETECTOR_ROBERTS, PIXELS_GRAY, roberts_open},
    {"laplacian", EF_DETECTOR_LAPLACIAN, PIXELS_GRAY, laplacian_open},
    {"canny", EF_DETECTOR_CANNY, PIXELS_GRAY, canny_open},
    {NULL, EF_DETECTOR_COUNT, 0, NULL},
};

const struct detector *detector_for(enum ef_detector id)
{
    for (const struct detector *detector = detectors; detector->name != NULL; detector++)
        if (detector->id == id)
            return detector;
    return NULL;
}
