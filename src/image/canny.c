// SPDX-License-Identifier: MIT
#include "image/canny.h"

#include "image/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>

// What the map says of a pixel.
enum { WEAK = 0, NONE = 1, EDGE = 2 };

enum { RING = 3 };

// A row of derivatives. Magnitudes have a zero on each side, as outside the picture.
struct gradient {
    int16_t *dx, *dy;
    int32_t *magnitude; // width + 2; that of pixel x at x + 1
};

struct canny {
    struct filter filter;
    struct sink *out;
    uint32_t width, height;
    int32_t low, high; // on the scale of the magnitudes
    bool l2;

    uint8_t *gray[RING]; // width + 2: with its first and last pixel repeated
    struct gradient gradients[RING];
    uint32_t pushed; // rows
    uint8_t *map;    // (width + 2) x (height + 2), the border NONE
    uint8_t *row;    // of the output

    uint32_t *stack; // indices into the map
    size_t stacked, stack_size;
};

// ---- hysteresis ----

static bool push_edge(struct canny *canny, uint32_t index)
{
    if (canny->stacked == canny->stack_size) {
        const size_t size = canny->stack_size == 0 ? 4096 : 2 * canny->stack_size;
        uint32_t *larger = realloc(canny->stack, size * sizeof *larger);
        if (larger == NULL)
            return false;
        canny->stack = larger;
        canny->stack_size = size;
    }
    canny->map[index] = EDGE;
    canny->stack[canny->stacked++] = index;
    return true;
}

// Weak pixels that touch an edge, in any of eight directions, are edges too.
static bool follow_edges(struct canny *canny)
{
    const uint32_t stride = canny->width + 2;
    const uint32_t neighbours[8] = {0u - stride - 1, 0u - stride, 0u - stride + 1, 0u - 1, 1,
                                    stride - 1,      stride,      stride + 1};
    while (canny->stacked > 0) {
        const uint32_t index = canny->stack[--canny->stacked];
        for (int i = 0; i < 8; i++) {
            const uint32_t next = index + neighbours[i];
            if (canny->map[next] == WEAK && !push_edge(canny, next))
                return false;
        }
    }
    return true;
}

// ---- non-maximum suppression ----

// True when the magnitude at x (counted with the border) is a maximum across its edge, whose
// direction falls in one of four sectors. tan(22.5 degrees) is 13573 / 2^15; comparisons are strict
// on one side only, so that of two equal neighbours one remains.
static bool is_maximum(const struct gradient *above, const struct gradient *here,
                       const struct gradient *below, uint32_t x)
{
    const int64_t tan_22 = 13573;
    const int32_t dx = here->dx[x - 1];
    const int32_t dy = here->dy[x - 1];
    const int64_t across = dx < 0 ? -dx : dx;
    const int64_t down = (int64_t)(dy < 0 ? -dy : dy) << 15;
    const int64_t flat = across * tan_22;
    const int32_t m = here->magnitude[x];
    if (down < flat)
        return m > here->magnitude[x - 1] && m >= here->magnitude[x + 1];
    if (down > flat + (across << 16)) // tan(67.5 degrees) = tan(22.5 degrees) + 2
        return m > above->magnitude[x] && m >= below->magnitude[x];
    const bool rising = (dx ^ dy) < 0;
    return rising ? m > above->magnitude[x + 1] && m > below->magnitude[x - 1]
                  : m > above->magnitude[x - 1] && m > below->magnitude[x + 1];
}

// Whether any of eight magnitudes from `m` on is above `low`: most of a picture is not.
static bool any_above(const int32_t *m, int32_t low)
{
    int32_t any = 0;
    for (int i = 0; i < 8; i++)
        any |= m[i] > low;
    return any != 0;
}

// Decides the pixels of row y, whose neighbours' magnitudes are known. The map is NONE before.
static bool suppress_row(struct canny *canny, uint32_t y)
{
    const struct gradient above = canny->gradients[(y + RING - 1) % RING];
    const struct gradient here = canny->gradients[y % RING];
    const struct gradient below = canny->gradients[(y + 1) % RING];
    const uint32_t row = (y + 1) * (canny->width + 2);
    const int32_t low = canny->low;
    for (uint32_t x = 1; x <= canny->width;) {
        const uint32_t end = x + 8 <= canny->width ? x + 8 : canny->width + 1;
        if (end - x == 8 && !any_above(here.magnitude + x, low)) {
            x = end;
            continue;
        }
        for (; x < end; x++) {
            if (here.magnitude[x] <= low || !is_maximum(&above, &here, &below, x))
                continue;
            canny->map[row + x] = WEAK;
            if (here.magnitude[x] > canny->high && !push_edge(canny, row + x))
                return false;
        }
    }
    return true;
}

// ---- derivatives ----

static void sobel(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                  size_t width, int16_t *restrict dx, int16_t *restrict dy)
{
    for (size_t x = 0; x < width; x++) {
        dx[x] = (int16_t)((a[x + 2] - a[x]) + 2 * (b[x + 2] - b[x]) + (c[x + 2] - c[x]));
        dy[x] = (int16_t)((c[x] - a[x]) + 2 * (c[x + 1] - a[x + 1]) + (c[x + 2] - a[x + 2]));
    }
}

static void magnitudes(const int16_t *restrict dx, const int16_t *restrict dy, size_t width,
                       bool l2, int32_t *restrict out)
{
    if (l2)
        for (size_t x = 0; x < width; x++)
            out[x] = dx[x] * dx[x] + dy[x] * dy[x];
    else
        for (size_t x = 0; x < width; x++)
            out[x] = (dx[x] < 0 ? -dx[x] : dx[x]) + (dy[x] < 0 ? -dy[x] : dy[x]);
}

// The derivatives of row y; the first and last row stand in for what is outside.
static void differentiate(struct canny *canny, uint32_t y)
{
    const uint8_t *above = canny->gray[(y == 0 ? 0 : y - 1) % RING];
    const uint8_t *below = canny->gray[(y + 1 == canny->height ? y : y + 1) % RING];
    struct gradient *gradient = &canny->gradients[y % RING];
    sobel(above, canny->gray[y % RING], below, canny->width, gradient->dx, gradient->dy);
    magnitudes(gradient->dx, gradient->dy, canny->width, canny->l2, gradient->magnitude + 1);
}

// ---- the filter ----

static void forget_magnitudes(struct canny *canny, uint32_t y)
{
    memset(canny->gradients[y % RING].magnitude, 0, ((size_t)canny->width + 2) * sizeof(int32_t));
}

static enum ef_status push(struct filter *filter, const uint8_t *rgb, const uint8_t *gray)
{
    struct canny *canny = (struct canny *)filter;
    const uint32_t y = canny->pushed++;
    uint8_t *padded = canny->gray[y % RING];
    (void)rgb;
    memcpy(padded + 1, gray, canny->width);
    padded[0] = gray[0];
    padded[canny->width + 1] = gray[canny->width - 1];
    if (y == 0)
        return EF_OK;
    differentiate(canny, y - 1); // the row below it is now there
    return y < 2 || suppress_row(canny, y - 2) ? EF_OK : EF_OUT_OF_MEMORY;
}

static void edges_of(const uint8_t *restrict map, size_t width, uint8_t *restrict row)
{
    for (size_t x = 0; x < width; x++)
        row[x] = map[x] == EDGE ? 255 : 0;
}

static enum ef_status write_map(struct canny *canny)
{
    for (uint32_t y = 0; y < canny->height; y++) {
        const uint8_t *map = canny->map + (size_t)(y + 1) * (canny->width + 2) + 1;
        edges_of(map, canny->width, canny->row);
        canny->filter.sum += kernels()->sum(canny->row, canny->width);
        const enum ef_status status = canny->out->write(canny->out, canny->row);
        if (status != EF_OK)
            return status;
    }
    return EF_OK;
}

static enum ef_status finish(struct filter *filter)
{
    struct canny *canny = (struct canny *)filter;
    const uint32_t last = canny->height - 1;
    if (canny->pushed != canny->height)
        return EF_INTERNAL;
    differentiate(canny, last);
    if (last > 0 && !suppress_row(canny, last - 1))
        return EF_OUT_OF_MEMORY;
    forget_magnitudes(canny, last + 1); // below the picture there are none
    if (last == 0)
        forget_magnitudes(canny, last + RING - 1);
    return suppress_row(canny, last) && follow_edges(canny) ? write_map(canny) : EF_OUT_OF_MEMORY;
}

static void close_canny(struct filter *filter)
{
    struct canny *canny = (struct canny *)filter;
    for (int i = 0; i < RING; i++) {
        free(canny->gray[i]);
        free(canny->gradients[i].dx);
        free(canny->gradients[i].dy);
        free(canny->gradients[i].magnitude);
    }
    free(canny->map);
    free(canny->row);
    free(canny->stack);
    free(canny);
}

static bool allocate(struct canny *canny)
{
    const size_t width = canny->width;
    const size_t pixels = (width + 2) * ((size_t)canny->height + 2);
    bool ok = pixels <= UINT32_MAX;
    for (int i = 0; i < RING && ok; i++) {
        struct gradient *gradient = &canny->gradients[i];
        canny->gray[i] = malloc(width + 2);
        gradient->dx = malloc(width * sizeof *gradient->dx);
        gradient->dy = malloc(width * sizeof *gradient->dy);
        gradient->magnitude = calloc(width + 2, sizeof *gradient->magnitude);
        ok = canny->gray[i] != NULL && gradient->dx != NULL && gradient->dy != NULL &&
             gradient->magnitude != NULL;
    }
    canny->map = ok ? malloc(pixels) : NULL;
    canny->row = malloc(width);
    if (canny->map == NULL || canny->row == NULL)
        return false;
    memset(canny->map, NONE, pixels);
    return true;
}

// OpenCV's thresholds: in order, and squared for the squared gradient, below where that would
// overflow.
static void set_thresholds(struct canny *canny, const struct detect_settings *settings)
{
    const int limit = 32767;
    int low = settings->low < settings->high ? settings->low : settings->high;
    int high = settings->low < settings->high ? settings->high : settings->low;
    if (settings->l2) {
        low = low < limit ? low : limit;
        high = high < limit ? high : limit;
        low *= low;
        high *= high;
    }
    canny->low = low;
    canny->high = high;
    canny->l2 = settings->l2;
}

enum ef_status canny_open(const struct detect_settings *settings, uint32_t width, uint32_t height,
                          struct sink *out, struct filter **filter)
{
    *filter = NULL;
    if (settings->low < 0 || settings->low > 65535 || settings->high < 0 || settings->high > 65535)
        return EF_INTERNAL;
    struct canny *canny = calloc(1, sizeof *canny);
    if (canny == NULL)
        return EF_OUT_OF_MEMORY;
    canny->filter = (struct filter){.push = push, .finish = finish, .close = close_canny};
    canny->out = out;
    canny->width = width;
    canny->height = height;
    set_thresholds(canny, settings);
    if (!allocate(canny)) {
        close_canny(&canny->filter);
        return EF_OUT_OF_MEMORY;
    }
    *filter = &canny->filter;
    return EF_OK;
}
