// SPDX-License-Identifier: MIT
#include "image/canny.h"

#include "image/canny_rows.h"

#include <stdlib.h>
#include <string.h>

enum {
    RING = 3,
    GUARD = 64,            // bytes before and after a buffer of a row; of its alignment too
    THRESHOLD_MAX = 65535, // in the settings
    SQUARED_MAX = 32767,   // what OpenCV cuts a threshold to before it squares it
};

// A row of the map is decided when the row below has derivatives, and these when the row below that
// has come: so when row y comes, y - 1 gets its derivatives and y - 2 its place in the map.
//
// 1. gray[y % RING] and gradients[y % RING] hold the last three rows y.
// 2. `outside` stands for the rows above and below the picture: its magnitudes are 0.
struct canny {
    struct filter filter; // first
    struct sink *out;
    const struct canny_rows *rows;
    const struct kernels *kernels;
    uint32_t width, height;
    enum canny_norm norm;
    struct canny_limits limits;
    uint64_t pushed; // rows
    uint8_t *gray[RING];
    struct canny_gradient gradients[RING], outside;
    uint8_t *row; // of the output
    uint8_t *buffers;
    struct canny_map map;
};

// ---- rows ----

static const uint8_t *gray_at(const struct canny *canny, uint64_t y)
{
    return canny->gray[y % RING];
}

// The first and the last row are repeated outside the picture.
static void derive(struct canny *canny, uint64_t y)
{
    const uint8_t *const rows[3] = {gray_at(canny, y > 0 ? y - 1 : y), gray_at(canny, y),
                                    gray_at(canny, y + 1 < canny->height ? y + 1 : y)};
    canny->rows->derive[canny->norm](rows, canny->width, &canny->gradients[y % RING]);
}

static void suppress(struct canny *canny, uint64_t y)
{
    const struct canny_gradient *const rows[3] = {
        y > 0 ? &canny->gradients[(y - 1) % RING] : &canny->outside,
        &canny->gradients[y % RING],
        y + 1 < canny->height ? &canny->gradients[(y + 1) % RING] : &canny->outside,
    };
    canny->rows->suppress[canny->norm](rows, canny->width, &canny->limits,
                                       canny_map_row(&canny->map, (uint32_t)y));
}

static enum ef_status push(struct filter *filter, const uint8_t *rgb, const uint8_t *gray)
{
    (void)rgb;
    struct canny *const canny = (struct canny *)filter;
    const uint64_t y = canny->pushed++;
    uint8_t *const row = canny->gray[y % RING];
    memcpy(row, gray, canny->width);
    row[-1] = row[0];
    row[canny->width] = row[canny->width - 1];
    if (y >= 1)
        derive(canny, y - 1);
    if (y >= 2)
        suppress(canny, y - 2);
    return EF_OK;
}

static enum ef_status write_map(struct canny *canny)
{
    for (uint32_t y = 0; y < canny->height; y++) {
        canny->rows->expand(canny_map_row(&canny->map, y), canny->width, canny->row);
        canny->filter.sum += canny->kernels->sum(canny->row, canny->width);
        const enum ef_status status = canny->out->write(canny->out, canny->row);
        if (status != EF_OK)
            return status;
    }
    return EF_OK;
}

static enum ef_status finish(struct filter *filter)
{
    struct canny *const canny = (struct canny *)filter;
    if (canny->pushed != canny->height)
        return EF_INTERNAL;
    const uint64_t last = canny->pushed - 1;
    derive(canny, last);
    if (last > 0)
        suppress(canny, last - 1);
    suppress(canny, last);
    const enum ef_status status = canny_map_follow(&canny->map);
    return status == EF_OK ? write_map(canny) : status;
}

static void close_canny(struct filter *filter)
{
    struct canny *const canny = (struct canny *)filter;
    canny_map_close(&canny->map);
    free(canny->buffers);
    free(canny);
}

// ---- opening ----

// Memory for rows, handed out one after the other. The first round, without memory, only adds up.
struct supply {
    uint8_t *memory;
    uint64_t used; // bytes
};

// A row of elements of `size` bytes, in whole words of the map, with a guard on both sides.
static void *take_row(struct supply *supply, uint32_t width, uint64_t size)
{
    const uint64_t words = ((uint64_t)width + CANNY_WORD - 1) / CANNY_WORD;
    const uint64_t at = supply->used + GUARD;
    supply->used += words * CANNY_WORD * size + 2 * GUARD;
    return supply->memory != NULL ? supply->memory + at : NULL;
}

static void take_magnitudes(struct canny *canny, struct supply *supply,
                            struct canny_gradient *gradient)
{
    if (canny->norm == CANNY_L1)
        gradient->l1 = take_row(supply, canny->width, sizeof *gradient->l1);
    else
        gradient->l2 = take_row(supply, canny->width, sizeof *gradient->l2);
}

static void take_rows(struct canny *canny, struct supply *supply)
{
    for (int i = 0; i < RING; i++) {
        struct canny_gradient *const gradient = &canny->gradients[i];
        canny->gray[i] = take_row(supply, canny->width, 1);
        gradient->x = take_row(supply, canny->width, sizeof *gradient->x);
        gradient->y = take_row(supply, canny->width, sizeof *gradient->y);
        take_magnitudes(canny, supply, gradient);
    }
    take_magnitudes(canny, supply, &canny->outside);
    canny->row = take_row(supply, canny->width, 1);
}

static bool allocate(struct canny *canny)
{
    struct supply supply = {0};
    take_rows(canny, &supply);
    if (supply.used > SIZE_MAX)
        return false;
    canny->buffers = aligned_alloc(GUARD, (size_t)supply.used);
    if (canny->buffers == NULL)
        return false;
    memset(canny->buffers, 0, (size_t)supply.used);
    supply = (struct supply){.memory = canny->buffers};
    take_rows(canny, &supply);
    return canny_map_open(&canny->map, canny->width, canny->height);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static void set_limits(struct canny *canny, const struct detect_settings *settings)
{
    // No sum of derivatives is above SQUARED_MAX either, so cutting there changes nothing for it.
    const int low = smaller(smaller(settings->low, settings->high), SQUARED_MAX);
    const int high =
        smaller(settings->low < settings->high ? settings->high : settings->low, SQUARED_MAX);
    canny->norm = settings->l2 ? CANNY_L2 : CANNY_L1;
    canny->limits = settings->l2 ? (struct canny_limits){low * low, high * high}
                                 : (struct canny_limits){low, high};
}

static bool is_threshold(int value)
{
    return value >= 0 && value <= THRESHOLD_MAX;
}

enum ef_status canny_open_with(const struct canny_rows *rows,
                               const struct detect_settings *settings, uint32_t width,
                               uint32_t height, struct sink *out, struct filter **filter)
{
    *filter = NULL;
    if (!is_threshold(settings->low) || !is_threshold(settings->high))
        return EF_INTERNAL;
    struct canny *const canny = malloc(sizeof *canny);
    if (canny == NULL)
        return EF_OUT_OF_MEMORY;
    *canny = (struct canny){
        .filter = {.push = push, .finish = finish, .close = close_canny},
        .out = out,
        .rows = rows,
        .kernels = kernels(),
        .width = width,
        .height = height,
    };
    set_limits(canny, settings);
    if (!allocate(canny)) {
        close_canny(&canny->filter);
        return EF_OUT_OF_MEMORY;
    }
    *filter = &canny->filter;
    return EF_OK;
}

enum ef_status canny_open(const struct detect_settings *settings, uint32_t width, uint32_t height,
                          struct sink *out, struct filter **filter)
{
    return canny_open_with(canny_rows(), settings, width, height, out, filter);
}
