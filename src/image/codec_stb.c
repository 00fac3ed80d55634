// SPDX-License-Identifier: MIT
#include "image/codec_stb.h"

#include "image/image.h"

#include <stb_image.h>

#include <stdlib.h>
#include <string.h>

static enum ef_status failure(struct ef_detail *detail)
{
    const char *reason = stbi_failure_reason();
    if (reason == NULL)
        reason = "unknown";
    if (strcmp(reason, "outofmem") == 0)
        return EF_OUT_OF_MEMORY;
    detail_set(detail, "stb_image: %s", reason);
    if (strcmp(reason, "too large") == 0)
        return EF_IMAGE_TOO_LARGE;
    if (strcmp(reason, "only 8-bit") == 0 || strcmp(reason, "unsupported bit depth") == 0)
        return EF_IMAGE_UNSUPPORTED;
    return EF_IMAGE_CORRUPT;
}

static uint8_t over_white(unsigned value, unsigned alpha)
{
    return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

// One native pixel (gray, gray + alpha, RGB, RGBA) as RGB.
static void to_rgb(const uint8_t *from, int channels, uint8_t *to)
{
    const bool color = channels >= 3;
    const bool transparent = channels == 2 || channels == 4;
    const unsigned alpha = transparent ? from[channels - 1] : 255;
    for (int i = 0; i < 3; i++)
        to[i] = over_white(from[color ? i : 0], alpha);
}

enum ef_status codec_stb_decode(const uint8_t *data, size_t size, struct ef_image *image,
                                struct ef_detail *detail)
{
    int width, height, channels;
    // Native channels, always: stb_image 2.27's own conversion of 16-bit PNM reads past its buffer.
    uint8_t *pixels =
        stbi_load_from_memory(data, (int)size, &width, &height, &channels, STBI_default);
    if (pixels == NULL)
        return failure(detail);
    if (channels == 3) {
        *image = (struct ef_image){(uint32_t)width, (uint32_t)height, 3, pixels};
        return EF_OK;
    }
    enum ef_status status = EF_OUT_OF_MEMORY;
    if (image_allocate(image, (uint32_t)width, (uint32_t)height, 3)) {
        const size_t count = (size_t)width * (size_t)height;
        for (size_t i = 0; i < count; i++)
            to_rgb(pixels + i * (size_t)channels, channels, image->pixels + i * 3);
        status = EF_OK;
    }
    stbi_image_free(pixels);
    return status;
}
