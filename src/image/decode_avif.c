// SPDX-License-Identifier: MIT
// libavif, with whatever AV1 decoder it was built with. The picture is decoded in one go and held.
// Rotation and mirroring are told by the container and done by source_orient().
#include "image/avif_library.h"
#include "image/decoders.h"

#include "base/limits.h"
#include "image/container.h"
#include "image/held.h"
#include "image/huge_pages.h"
#include "image/image.h"

#include <stdlib.h>

static enum ef_status failure(avifResult result, struct ef_detail *detail)
{
    switch (result) {
    case AVIF_RESULT_OUT_OF_MEMORY:
        return EF_OUT_OF_MEMORY;
    case AVIF_RESULT_TRUNCATED_DATA:
    case AVIF_RESULT_IO_ERROR: // reading behind the end
        return EF_IMAGE_TRUNCATED;
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
    case AVIF_RESULT_NOT_IMPLEMENTED:
        detail_set(detail, "libavif: %s", avif_library.avifResultToString(result));
        return EF_IMAGE_UNSUPPORTED;
    default:
        detail_set(detail, "libavif: %s", avif_library.avifResultToString(result));
        return EF_IMAGE_CORRUPT;
    }
}

static void set_limits(avifDecoder *decoder, const uint8_t *data, size_t size)
{
    const struct container container = container_read(EF_TYPE_AVIF, data, size);
    const uint64_t area = (uint64_t)container.width * container.height;
    // The tiles of a grid may together be larger than the picture.
    const uint64_t limit = LIMIT_AVIF_BASE_PIXELS + LIMIT_AVIF_PIXELS_PER_PIXEL * area;
    decoder->imageSizeLimit =
        limit < AVIF_DEFAULT_IMAGE_SIZE_LIMIT ? (uint32_t)limit : AVIF_DEFAULT_IMAGE_SIZE_LIMIT;
    decoder->maxThreads = 1;
    decoder->ignoreExif = AVIF_TRUE;
    decoder->ignoreXMP = AVIF_TRUE;
    // As browsers do: the first encoders left out what these demand.
    decoder->strictFlags &= ~(avifStrictFlags)(AVIF_STRICT_PIXI_REQUIRED | AVIF_STRICT_CLAP_VALID);
}

static enum ef_status convert(const avifDecoder *decoder, struct source **source,
                              struct ef_detail *detail)
{
    const avifImage *image = decoder->image;
    avifRGBImage rgb;
    struct held held = {
        .width = image->width,
        .height = image->height,
        .channels = decoder->alphaPresent ? 4 : 3,
        .release = free,
    };
    held.stride = (size_t)held.width * held.channels; // sides are limited to 32768 by libavif
    held.pixels = huge_pages_malloc(held.stride * held.height);
    if (held.pixels == NULL)
        return EF_OUT_OF_MEMORY;
    avif_library.avifRGBImageSetDefaults(&rgb, image);
    rgb.depth = 8;
    rgb.format = decoder->alphaPresent ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    rgb.pixels = held.pixels;
    rgb.rowBytes = (uint32_t)held.stride;
    const avifResult result = avif_library.avifImageYUVToRGB(image, &rgb);
    if (result != AVIF_RESULT_OK) {
        free(held.pixels);
        return failure(result, detail);
    }
    return held_open(&held, source);
}

enum ef_status avif_open(const uint8_t *data, size_t size, unsigned pixels, struct source **source,
                         struct ef_detail *detail)
{
    (void)pixels;
    *source = NULL;
    if (!avif_library_load()) {
        detail_set(detail, "AVIF needs %s, which cannot be loaded", AVIF_SONAME);
        return EF_IMAGE_UNSUPPORTED;
    }
    avifDecoder *decoder = avif_library.avifDecoderCreate();
    if (decoder == NULL)
        return EF_OUT_OF_MEMORY;
    set_limits(decoder, data, size);
    avifResult result = avif_library.avifDecoderSetIOMemory(decoder, data, size);
    if (result == AVIF_RESULT_OK)
        result = avif_library.avifDecoderParse(decoder);
    if (result == AVIF_RESULT_OK)
        result = avif_library.avifDecoderNextImage(decoder);
    const enum ef_status status =
        result == AVIF_RESULT_OK ? convert(decoder, source, detail) : failure(result, detail);
    avif_library.avifDecoderDestroy(decoder);
    return status;
}
