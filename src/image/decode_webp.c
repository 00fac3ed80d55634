// SPDX-License-Identifier: MIT
// libwebp. Its decoder can be fed piece by piece but wants a buffer for the whole picture all the
// same, so the picture is decoded in one go and held.
#include "image/decoders.h"

#include "image/bytes.h"
#include "image/held.h"
#include "image/huge_pages.h"
#include "image/image.h"
#include "image/webp.h"

#include <webp/decode.h>

#include <stdlib.h>
#include <string.h>

// What is decoded, and where in the picture it belongs.
struct frame {
    const uint8_t *data;
    size_t size;
    uint32_t x, y;
    WebPBitstreamFeatures features;
};

static enum ef_status failure(VP8StatusCode code, struct ef_detail *detail)
{
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return EF_OUT_OF_MEMORY;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        return EF_IMAGE_TRUNCATED;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        detail_set(detail, "libwebp: unsupported feature");
        return EF_IMAGE_UNSUPPORTED;
    default:
        detail_set(detail, "libwebp: bad bitstream");
        return EF_IMAGE_CORRUPT;
    }
}

static uint32_t le24(const uint8_t *p)
{
    return le16(p) | (uint32_t)p[2] << 16;
}

// The first frame of an animation (RFC 9649, 2.7.1.1): what stands in it is a bitstream as libwebp
// takes it without any container.
static enum ef_status first_frame(const uint8_t *data, size_t size, struct frame *frame,
                                  struct ef_detail *detail)
{
    enum { FRAME_HEADER = 16 };
    struct webp_chunk chunk;
    size_t at = WEBP_FIRST_CHUNK;
    while (webp_next_chunk(data, size, &at, &chunk)) {
        if (memcmp(chunk.type, "ANMF", 4) != 0 || chunk.size < FRAME_HEADER)
            continue;
        frame->x = le24(chunk.body) * 2;
        frame->y = le24(chunk.body + 3) * 2;
        frame->data = chunk.body + FRAME_HEADER;
        frame->size = chunk.size - FRAME_HEADER;
        const VP8StatusCode code = WebPGetFeatures(frame->data, frame->size, &frame->features);
        return code == VP8_STATUS_OK ? EF_OK : failure(code, detail);
    }
    detail_set(detail, "an animation without frames");
    return EF_IMAGE_CORRUPT;
}

static enum ef_status decode(const struct frame *frame, const struct held *held,
                             struct ef_detail *detail)
{
    WebPDecoderConfig config;
    const uint32_t width = (uint32_t)frame->features.width;
    const uint32_t height = (uint32_t)frame->features.height;
    if (frame->x > held->width || width > held->width - frame->x || frame->y > held->height ||
        height > held->height - frame->y) {
        detail_set(detail, "a frame reaches beyond the picture");
        return EF_IMAGE_CORRUPT;
    }
    if (!WebPInitDecoderConfig(&config)) // a library other than the one compiled against
        return EF_INTERNAL;
    const size_t offset = frame->y * held->stride + (size_t)frame->x * held->channels;
    config.output.colorspace = held->channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = held->pixels + offset;
    config.output.u.RGBA.stride = (int)held->stride;
    config.output.u.RGBA.size = held->stride * held->height - offset;
    const VP8StatusCode code = WebPDecode(frame->data, frame->size, &config);
    return code == VP8_STATUS_OK ? EF_OK : failure(code, detail);
}

enum ef_status webp_open(const uint8_t *data, size_t size, unsigned pixels, struct source **source,
                         struct ef_detail *detail)
{
    (void)pixels;
    *source = NULL;
    if (size < WEBP_FIRST_CHUNK)
        return EF_IMAGE_TRUNCATED;
    const size_t told = (size_t)le32(data + 4) + 8;
    struct frame frame = {.data = data, .size = told < size ? told : size};
    const VP8StatusCode code = WebPGetFeatures(frame.data, frame.size, &frame.features);
    if (code != VP8_STATUS_OK)
        return failure(code, detail);
    struct held held = {
        .width = (uint32_t)frame.features.width, // of the canvas
        .height = (uint32_t)frame.features.height,
        .release = free,
    };
    enum ef_status status = EF_OK;
    if (frame.features.has_animation)
        status = first_frame(data, frame.size, &frame, detail);
    if (status != EF_OK)
        return status;
    held.channels = frame.features.has_alpha ? 4 : 3;
    held.stride = (size_t)held.width * held.channels;
    held.pixels = huge_pages_malloc(held.stride * held.height); // at most 2^24 x 2^24 x 4
    if (held.pixels == NULL)
        return EF_OUT_OF_MEMORY;
    if ((uint32_t)frame.features.width != held.width ||
        (uint32_t)frame.features.height != held.height)
        memset(held.pixels, 0xFF, held.stride * held.height); // white around the frame
    status = decode(&frame, &held, detail);
    if (status != EF_OK) {
        free(held.pixels);
        return status;
    }
    return held_open(&held, source);
}
