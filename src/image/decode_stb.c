// SPDX-License-Identifier: MIT
// stb_image: the decoder that is always there. It decodes whole pictures; rows come from memory.
#include "image/decoders.h"

#include "base/limits.h"
#include "image/container.h"
#include "image/held.h"
#include "image/image.h"
#include "image/memory.h"
#include "image/stb_memory.h"

#include <edgefetch/edges.h>
#include <stb_image.h>

#include <limits.h>
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

// No block is larger than the whole picture by its header, or twice the file.
static void limit_memory(const uint8_t *data, size_t size)
{
    const enum ef_type type = ef_probe(data, size);
    const struct container container = container_read(type, data, size);
    const uint64_t picture = memory_of_picture(type, &container, 0, true);
    stb_memory_limit((size_t)(LIMIT_STB_BASE_BYTES + picture) + 2 * size);
}

static enum ef_status decode(const uint8_t *data, size_t size, int wanted_channels,
                             struct held *held, struct ef_detail *detail)
{
    int width, height, channels;
    if (size > INT_MAX) // what stb_image can be given
        return EF_OUT_OF_MEMORY;
    limit_memory(data, size);
    held->release = stbi_image_free;
    held->pixels =
        stbi_load_from_memory(data, (int)size, &width, &height, &channels, wanted_channels);
    if (held->pixels == NULL)
        return failure(detail);
    held->width = (uint32_t)width;
    held->height = (uint32_t)height;
    held->channels = (uint32_t)(wanted_channels != 0 ? wanted_channels : channels);
    held->stride = (size_t)held->width * held->channels;
    return EF_OK;
}

// Native channels, always: stb_image 2.27's own conversion of 16-bit PNM reads past its buffer.
static enum ef_status decode_native(const uint8_t *data, size_t size, struct held *held,
                                    struct ef_detail *detail)
{
    return decode(data, size, STBI_default, held, detail);
}

enum ef_status stb_open(const uint8_t *data, size_t size, unsigned pixels, struct source **source,
                        struct ef_detail *detail)
{
    struct held held = {0};
    (void)pixels;
    *source = NULL;
    const enum ef_status status = decode_native(data, size, &held, detail);
    return status == EF_OK ? held_open(&held, source) : status;
}

// PNM samples run from 0 to the header's maximum, which stb_image passes over.
static void scale_to_255(const struct held *held, uint32_t max_value)
{
    const size_t size = held->stride * held->height;
    for (size_t i = 0; i < size; i++) {
        const uint32_t value = held->pixels[i] < max_value ? held->pixels[i] : max_value;
        held->pixels[i] = (uint8_t)((value * 255 + max_value / 2) / max_value);
    }
}

enum ef_status stb_open_pnm(const uint8_t *data, size_t size, unsigned pixels,
                            struct source **source, struct ef_detail *detail)
{
    struct held held = {0};
    (void)pixels;
    *source = NULL;
    const enum ef_status status = decode_native(data, size, &held, detail);
    if (status != EF_OK)
        return status;
    const uint32_t max_value = container_read(EF_TYPE_PNM, data, size).max_value;
    if (max_value != 0 && max_value != 255)
        scale_to_255(&held, max_value);
    return held_open(&held, source);
}

// Asked for one channel, stb_image gives a JPEG's luma and leaves its chroma alone. The same must
// come when RGB is wanted too, so the picture is then decoded twice; RGB cannot give the luma back
// where it was cut to 0 or 255. RGB is asked for with a fourth channel, because that is the form
// which stb_image converts to with vector instructions: two thirds of the time, same values.
enum ef_status stb_open_jpeg(const uint8_t *data, size_t size, unsigned pixels,
                             struct source **source, struct ef_detail *detail)
{
    struct held held = {0};
    struct held luma = {0};
    *source = NULL;
    if (container_read(EF_TYPE_JPEG, data, size).incomplete) {
        detail_set(detail, "a table is missing");
        return EF_IMAGE_CORRUPT;
    }
    if (!(pixels & PIXELS_RGB)) {
        const enum ef_status status = decode(data, size, STBI_grey, &held, detail);
        return status == EF_OK ? held_open(&held, source) : status;
    }
    enum ef_status status = decode(data, size, STBI_rgb_alpha, &held, detail);
    if (status == EF_OK && (pixels & PIXELS_GRAY)) {
        status = decode(data, size, STBI_grey, &luma, detail);
        held.luma = luma.pixels;
        if (status != EF_OK)
            stbi_image_free(held.pixels);
    }
    return status == EF_OK ? held_open(&held, source) : status;
}
