// SPDX-License-Identifier: MIT
#include "image/memory.h"

#include "base/limits.h"
#include "image/rows.h"

static uint64_t area(const struct container *container)
{
    return (uint64_t)container->width * container->height;
}

// libjpeg holds coefficients of two bytes for each sample, or rows.
static uint64_t jpeg_library(const struct container *jpeg)
{
    return jpeg->coefficients ? 2 * jpeg->samples : 0;
}

// Samples, coefficients of two bytes for progressive pictures, RGBA; and luma where both are
// wanted.
static uint64_t jpeg_stb(const struct container *jpeg)
{
    return (jpeg->coefficients ? 3 : 1) * jpeg->samples + 5 * area(jpeg);
}

// Interlaced pictures are held, with a palette expanded to RGBA at most; others only pass through.
static uint64_t png_library(const struct container *png)
{
    const uint64_t stored = area(png) * png->pixel_bits / 8;
    const uint64_t held = png->interlaced ? area(png) * 4 : 0;
    return stored > held ? stored : held;
}

// The data as they were compressed, the same unfiltered and, interlaced, put together; then with 8
// bits a sample, or with a palette's colours.
static uint64_t png_stb(const struct container *png)
{
    const uint64_t bits = png->pixel_bits < 8 ? 8 : png->pixel_bits;
    const uint64_t unpacked = area(png) * bits / 8;
    const uint64_t with_colours = png->palette ? area(png) * 5 : 0;
    const uint64_t most = unpacked * 2 + (png->interlaced ? unpacked / 2 : 0);
    return most > with_colours ? most : with_colours;
}

static uint64_t decoder_bytes(enum ef_type type, const struct container *container, bool stb)
{
    switch (type) {
    case EF_TYPE_JPEG:
        return stb ? jpeg_stb(container) : jpeg_library(container);
    case EF_TYPE_PNG:
        return stb ? png_stb(container) : png_library(container);
    case EF_TYPE_GIF: // picture and background as RGBA, and which pixels have been drawn
        return area(container) * 9;
    case EF_TYPE_BMP:
    case EF_TYPE_PNM:
        return area(container) * 4;
    case EF_TYPE_WEBP: // RGBA, and without loss the library's own
        return area(container) * (container->lossy ? 4 : 8);
    case EF_TYPE_AVIF: // three planes of 16 bits, and RGB
        return area(container) * 9;
    case EF_TYPE_UNKNOWN:
    case EF_TYPE_COUNT:
        break;
    }
    return 0;
}

// Orientations of which no row is complete before all have been read (oriented.h).
static uint64_t upright_bytes(const struct container *container, unsigned pixels)
{
    if (container->orientation < 3 || container->orientation > 8)
        return 0;
    return area(container) * ((pixels & PIXELS_RGB ? 3u : 0) + (pixels & PIXELS_GRAY ? 1u : 0));
}

uint64_t memory_of_picture(enum ef_type type, const struct container *container, unsigned pixels,
                           bool stb)
{
    return decoder_bytes(type, container, stb) + upright_bytes(container, pixels);
}

uint64_t memory_scaled(uint64_t limit, uint64_t max_pixels)
{
    const double times = (double)max_pixels / LIMIT_USUAL_PIXELS;
    return times <= 1 ? limit : (uint64_t)((double)limit * times);
}
