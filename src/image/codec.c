// SPDX-License-Identifier: MIT
// The public decode and encode: everything that is checked before a codec sees a byte.
#include "image/codec_stb.h"
#include "image/container.h"
#include "image/image.h"
#include "image/orient.h"
#include "image/probe.h"

#include <limits.h>
#include <string.h>

// Refuses what must not or cannot be decoded. The area comes first: it decides what the rest costs.
static enum ef_status check_container(const struct container *container,
                                      const struct ef_decode_limits *limits,
                                      struct ef_detail *detail)
{
    const uint64_t pixels = (uint64_t)container->width * container->height;
    if (pixels > limits->max_pixels) {
        detail_set(detail, "%ux%u pixels, the limit is %llu", (unsigned)container->width,
                   (unsigned)container->height, (unsigned long long)limits->max_pixels);
        return EF_IMAGE_TOO_LARGE;
    }
    if (container->unsupported != NULL) {
        detail_set(detail, "%s", container->unsupported);
        return EF_IMAGE_UNSUPPORTED;
    }
    if (container->corrupt != NULL) {
        detail_set(detail, "%s", container->corrupt);
        return EF_IMAGE_CORRUPT;
    }
    if (!container->whole)
        return EF_IMAGE_TRUNCATED;
    if (pixels == 0) {
        detail_set(detail, "the header gives no size");
        return EF_IMAGE_CORRUPT;
    }
    return EF_OK;
}

// PNM samples run from 0 to the header's maximum, which stb_image passes over.
static void scale_to_255(struct ef_image *image, uint32_t max_value)
{
    const size_t size = (size_t)image->width * image->height * image->channels;
    for (size_t i = 0; i < size; i++) {
        const uint32_t value = image->pixels[i] < max_value ? image->pixels[i] : max_value;
        image->pixels[i] = (uint8_t)((value * 255 + max_value / 2) / max_value);
    }
}

enum ef_status ef_decode(const uint8_t *data, size_t size, const struct ef_decode_limits *limits,
                         struct ef_image *image, enum ef_type *type, struct ef_detail *detail)
{
    *image = (struct ef_image){0};
    if (detail != NULL)
        detail->text[0] = '\0';
    *type = ef_probe(data, size);
    if (*type == EF_TYPE_UNKNOWN) {
        const char *what;
        const enum ef_status status = probe_foreign(data, size, &what);
        if (what != NULL)
            detail_set(detail, status == EF_NOT_AN_IMAGE ? "they look like %s" : "%s", what);
        return status;
    }
    if (size > INT_MAX) // what stb_image can be given
        return EF_OUT_OF_MEMORY;
    const struct container container = container_read(*type, data, size);
    enum ef_status status = check_container(&container, limits, detail);
    if (status == EF_OK)
        status = codec_stb_decode(data, size, image, detail);
    if (status == EF_OK && container.max_value != 0 && container.max_value != 255)
        scale_to_255(image, container.max_value);
    if (status == EF_OK && !image_orient(image, container.orientation)) {
        ef_image_free(image);
        return EF_OUT_OF_MEMORY;
    }
    return status;
}

enum ef_status ef_encode(const struct ef_image *map, enum ef_format format, ef_write *write,
                         void *context, struct ef_detail *detail)
{
    enum { SIDE_MAX_16_BIT = 65535 }; // JPEG and TGA store their sides in 16 bits
    const bool narrow = format == EF_FORMAT_JPG || format == EF_FORMAT_TGA;
    if (detail != NULL)
        detail->text[0] = '\0';
    if (narrow && (map->width > SIDE_MAX_16_BIT || map->height > SIDE_MAX_16_BIT)) {
        detail_set(detail, "%s holds at most %d pixels a side, the map is %ux%u",
                   ef_format_name(format), SIDE_MAX_16_BIT, (unsigned)map->width,
                   (unsigned)map->height);
        return EF_OUTPUT_TOO_LARGE;
    }
    return codec_stb_encode(map, format, write, context);
}

const char *ef_codecs(void)
{
    return strcmp(codec_stb_compressor(), "libdeflate") == 0
               ? "reads jpeg png gif bmp pnm (stb_image); writes png jpg bmp tga (stb_image_write "
                 "with libdeflate)"
               : "reads jpeg png gif bmp pnm (stb_image); writes png jpg bmp tga "
                 "(stb_image_write)";
}
