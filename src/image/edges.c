// SPDX-License-Identifier: MIT
#include "image/image.h"
#include "image/neighbor.h"

static void neighbor(const struct ef_image *image, unsigned threshold, struct ef_image *edges)
{
    const size_t stride = (size_t)image->width * 3;
    for (uint32_t y = 0; y < image->height; y++) {
        const uint8_t *row = image->pixels + y * stride;
        const uint8_t *below = y + 1 < image->height ? row + stride : NULL;
        neighbor_row(row, below, image->width, threshold, edges->pixels + (size_t)y * image->width);
    }
}

enum ef_status ef_detect(const struct ef_image *image, const struct ef_detect_options *options,
                         struct ef_image *edges)
{
    if (!image_allocate(edges, image->width, image->height, 1))
        return EF_OUT_OF_MEMORY;
    switch (options->detector) {
    case EF_DETECTOR_NEIGHBOR:
        neighbor(image, options->threshold, edges);
        return EF_OK;
    case EF_DETECTOR_COUNT:
        break;
    }
    ef_image_free(edges);
    return EF_INTERNAL;
}

uint64_t ef_edge_sum(const struct ef_image *edges)
{
    uint64_t sum = 0;
    const size_t size = (size_t)edges->width * edges->height;
    for (size_t i = 0; i < size; i++)
        sum += edges->pixels[i];
    return sum;
}
