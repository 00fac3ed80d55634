// SPDX-License-Identifier: MIT
#include "image/orient.h"

#include <string.h>

// Every orientation is up to three steps: exchange rows and columns, mirror left and right, mirror
// top and bottom, in this order from the stored picture to the upright one.
struct steps {
    bool transpose, mirror_x, mirror_y;
};

static const struct steps steps_of[9] = {
    [2] = {false, true, false}, [3] = {false, true, true}, [4] = {false, false, true},
    [5] = {true, false, false}, [6] = {true, true, false}, [7] = {true, true, true},
    [8] = {true, false, true},
};

// The stored pixel that belongs at (x, y) of the upright picture.
static const uint8_t *source(const struct ef_image *stored, struct steps steps, uint32_t width,
                             uint32_t height, uint32_t x, uint32_t y)
{
    const uint32_t column = steps.mirror_x ? width - 1 - x : x;
    const uint32_t row = steps.mirror_y ? height - 1 - y : y;
    const size_t stored_x = steps.transpose ? row : column;
    const size_t stored_y = steps.transpose ? column : row;
    return stored->pixels + (stored_y * stored->width + stored_x) * stored->channels;
}

bool image_orient(struct ef_image *image, unsigned orientation)
{
    struct ef_image upright;
    if (orientation < 2 || orientation > 8)
        return true;
    const struct steps steps = steps_of[orientation];
    const uint32_t width = steps.transpose ? image->height : image->width;
    const uint32_t height = steps.transpose ? image->width : image->height;
    if (!image_allocate(&upright, width, height, image->channels))
        return false;
    uint8_t *out = upright.pixels;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++, out += image->channels)
            memcpy(out, source(image, steps, width, height, x, y), image->channels);
    ef_image_free(image);
    *image = upright;
    return true;
}
