// SPDX-License-Identifier: MIT
#include "ours.h"

#include "image/canny.h"

#include <string.h>

void ours_neighbor(const struct kernels *kernels, const struct planes *planes, unsigned threshold)
{
    const size_t width = planes->width;
    for (size_t y = 0; y < planes->height; y++) {
        const uint8_t *const row = planes->rgb + 3 * width * y;
        const uint8_t *const below = y + 1 < planes->height ? row + 3 * width : NULL;
        kernels->neighbor(row, below, width, threshold, planes->map + width * y);
    }
}

void ours_gray(const struct kernels *kernels, const struct planes *planes)
{
    const size_t width = planes->width;
    for (size_t y = 0; y < planes->height; y++)
        kernels->gray(planes->rgb + 3 * width * y, width, planes->map + width * y);
}

void ours_stencil(const struct kernels *kernels, const struct planes *planes, enum stencil stencil,
                  struct magnitude magnitude)
{
    const size_t width = planes->width;
    for (size_t y = 0; y < planes->height; y++) {
        const uint8_t *const row = planes->gray + width * y;
        const uint8_t *const above = y > 0 ? row - width : row + width;
        const uint8_t *const below = y + 1 < planes->height ? row + width : above;
        const uint8_t *const rows[3] = {above, row, below};
        kernels->stencil[stencil](rows, width, &magnitude, planes->map + width * y);
    }
}

void ours_pack(const struct kernels *kernels, const struct planes *planes)
{
    const size_t width = planes->width;
    for (size_t y = 0; y < planes->height; y++)
        kernels->pack(planes->gray + width * y, width, planes->map + (width + 7) / 8 * y);
}

uint64_t ours_sum(const struct kernels *kernels, const struct planes *planes)
{
    uint64_t sum = 0;
    for (size_t y = 0; y < planes->height; y++)
        sum += kernels->sum(planes->gray + planes->width * y, planes->width);
    return sum;
}

// A sink that keeps the map, as the peers do.
struct keeping {
    struct sink sink; // first
    uint8_t *next;
    size_t width;
};

static enum ef_status keep_row(struct sink *sink, const uint8_t *row)
{
    struct keeping *const keeping = (struct keeping *)sink;
    memcpy(keeping->next, row, keeping->width);
    keeping->next += keeping->width;
    return EF_OK;
}

bool ours_canny(const struct canny_rows *rows, const struct planes *planes, int low, int high,
                bool l2)
{
    const struct detect_settings settings = {.threshold = -1, .l2 = l2, .low = low, .high = high};
    struct keeping keeping = {{.write = keep_row}, planes->map, planes->width};
    struct filter *filter = NULL;
    enum ef_status status = canny_open_with(rows, &settings, (uint32_t)planes->width,
                                            (uint32_t)planes->height, &keeping.sink, &filter);
    for (size_t y = 0; y < planes->height && status == EF_OK; y++)
        status = filter->push(filter, NULL, planes->gray + planes->width * y);
    if (status == EF_OK)
        status = filter->finish(filter);
    if (filter != NULL)
        filter->close(filter);
    return status == EF_OK;
}
