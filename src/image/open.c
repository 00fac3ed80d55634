// SPDX-License-Identifier: MIT
#include "image/open.h"

#include "base/limits.h"
#include "base/probe.h"
#include "image/container.h"
#include "image/decoder.h"
#include "image/image.h"
#include "image/memory.h"
#include "image/oriented.h"

static enum ef_status check_area(uint32_t width, uint32_t height, uint64_t max_pixels,
                                 struct ef_detail *detail)
{
    if ((uint64_t)width * height <= max_pixels)
        return EF_OK;
    detail_set(detail, "%ux%u pixels, the limit is %llu", (unsigned)width, (unsigned)height,
               (unsigned long long)max_pixels);
    return EF_IMAGE_TOO_LARGE;
}

// Refuses what must not or cannot be decoded. The area comes first: it decides what the rest costs.
static enum ef_status check_container(const struct container *container, uint64_t max_pixels,
                                      struct ef_detail *detail)
{
    const enum ef_status status =
        check_area(container->width, container->height, max_pixels, detail);
    if (status != EF_OK)
        return status;
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
    if (container->width == 0 || container->height == 0) {
        detail_set(detail, "the header gives no size");
        return EF_IMAGE_CORRUPT;
    }
    return EF_OK;
}

// Refuses pictures that would take too much memory or time for what they are. `container` has been
// checked.
static enum ef_status check_cost(enum ef_type type, const struct container *container,
                                 const struct open_settings *settings, bool stb,
                                 struct ef_detail *detail)
{
    const uint32_t width = container->width, height = container->height;
    const uint64_t bytes = memory_of_picture(type, container, settings->pixels, stb);
    const uint64_t most = memory_scaled(LIMIT_PICTURE_BYTES, settings->max_pixels);
    if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE) {
        detail_set(detail, "%ux%u pixels, the limit of a side is %u", (unsigned)width,
                   (unsigned)height, LIMIT_PICTURE_SIDE);
        return EF_IMAGE_TOO_LARGE;
    }
    if (container->blocks > memory_scaled(LIMIT_JPEG_BLOCKS, settings->max_pixels)) {
        detail_set(detail, "more scans than %ux%u pixels need", (unsigned)width, (unsigned)height);
        return EF_IMAGE_CORRUPT;
    }
    if (bytes > most) {
        detail_set(detail, "%ux%u pixels of this kind take %llu MiB, the limit is %llu",
                   (unsigned)width, (unsigned)height, (unsigned long long)(bytes / MIB(1)),
                   (unsigned long long)(most / MIB(1)));
        return EF_OUT_OF_MEMORY;
    }
    return EF_OK;
}

static enum ef_status identify(const uint8_t *data, size_t size, enum ef_type *type,
                               struct ef_detail *detail)
{
    const char *what;
    *type = ef_probe(data, size);
    if (*type == EF_TYPE_UNKNOWN) {
        const enum ef_status status = probe_foreign(data, size, &what);
        if (what != NULL)
            detail_set(detail, status == EF_NOT_AN_IMAGE ? "they look like %s" : "%s", what);
        return status;
    }
    return EF_OK;
}

static enum ef_status choose(enum ef_type *type, bool stb_only, const struct decoder **decoder,
                             struct ef_detail *detail)
{
    *decoder = decoder_for(*type, stb_only);
    if (*decoder != NULL)
        return EF_OK;
    detail_set(detail, "%s", probe_name(*type));
    if (decoder_for(*type, false) == NULL)
        *type = EF_TYPE_UNKNOWN; // for this build
    return EF_IMAGE_UNSUPPORTED;
}

enum ef_status picture_open(const uint8_t *data, size_t size, const struct open_settings *settings,
                            struct source **source, enum ef_type *type, struct ef_detail *detail)
{
    const struct decoder *decoder;
    *source = NULL;
    if (detail != NULL)
        detail->text[0] = '\0';
    enum ef_status status = identify(data, size, type, detail);
    if (status == EF_OK)
        status = choose(type, settings->stb_only, &decoder, detail);
    if (status != EF_OK)
        return status;
    struct container container = container_read(*type, data, size);
    if (settings->no_orient)
        container.orientation = 0;
    status = check_container(&container, settings->max_pixels, detail);
    if (status == EF_OK)
        status = check_cost(*type, &container, settings, decoder_is_stb(decoder), detail);
    if (status == EF_OK)
        status = decoder->open(data, size, settings->pixels, source, detail);
    if (status != EF_OK)
        return status;
    // Once more, of what the decoder found: it need not have read the same header.
    status = check_area((*source)->width, (*source)->height, settings->max_pixels, detail);
    if (status == EF_OK)
        status = source_orient(source, container.orientation, settings->pixels);
    if (status != EF_OK) {
        (*source)->close(*source);
        *source = NULL;
    }
    return status;
}
