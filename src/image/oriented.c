// SPDX-License-Identifier: MIT
#include "image/oriented.h"

#include "image/huge_pages.h"

#include <stdlib.h>
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

// Columns are fetched this many at a time: the picture is then walked through once for them all,
// instead of once for every row that comes out.
enum { BAND_ROWS = 16 };

// RGB is copied by four bytes, which is one instruction instead of three. What is read and written
// too much needs room behind every row that is written and behind the last that is read.
enum { SPARE = 1 };

// One of the two forms of the picture.
struct plane {
    uint32_t channels; // 0: not asked for
    uint8_t *stored;   // the whole picture as it came; only one row when it is just mirrored
    uint8_t *band;     // transposed: BAND_ROWS rows of the upright picture
};

struct oriented {
    struct source source;
    struct source *inner;
    struct steps steps;
    struct plane rgb, gray;
    bool filled;  // `stored` is
    uint32_t row; // the next
};

static inline __attribute__((always_inline)) void copy_pixel(uint8_t *to, const uint8_t *from,
                                                             uint32_t channels)
{
    memcpy(to, from, channels == 1 ? 1 : channels + SPARE);
}

static inline __attribute__((always_inline)) void mirror(uint8_t *to, const uint8_t *from,
                                                         size_t width, uint32_t channels)
{
    for (size_t i = 0; i + 1 < width; i++)
        copy_pixel(to + i * channels, from + (width - 1 - i) * channels, channels);
    memcpy(to + (width - 1) * channels, from, channels); // nothing is to be written behind it
}

static void mirror_row(uint8_t *to, const uint8_t *from, size_t width, uint32_t channels)
{
    if (channels == 1)
        mirror(to, from, width, 1);
    else
        mirror(to, from, width, 3);
}

// ---- the band: rows of the upright picture that are columns of the stored one ----

static size_t band_stride(const struct oriented *oriented, uint32_t channels)
{
    return (size_t)oriented->source.width * channels + SPARE;
}

static inline __attribute__((always_inline)) void fill_rows(const struct oriented *oriented,
                                                            const struct plane *plane,
                                                            uint32_t first, uint32_t count,
                                                            uint32_t channels)
{
    const size_t columns = oriented->inner->width;
    const size_t width = oriented->source.width; // the stored picture's height
    const size_t stride = band_stride(oriented, channels);
    const bool leftwards = oriented->steps.mirror_y;
    for (size_t x = 0; x < width; x++) {
        const size_t stored_row = oriented->steps.mirror_x ? width - 1 - x : x;
        const uint8_t *row = plane->stored + stored_row * columns * channels;
        uint8_t *to = plane->band + x * channels;
        for (size_t i = 0; i < count; i++, to += stride)
            copy_pixel(to, row + (leftwards ? columns - 1 - first - i : first + i) * channels,
                       channels);
    }
}

static void fill_band(const struct oriented *oriented, const struct plane *plane, uint32_t first,
                      uint32_t count)
{
    if (plane->channels == 1)
        fill_rows(oriented, plane, first, count, 1);
    else
        fill_rows(oriented, plane, first, count, 3);
}

static void give(const struct oriented *oriented, const struct plane *plane, uint8_t *out)
{
    const uint32_t y = oriented->row;
    const size_t size = (size_t)oriented->source.width * plane->channels;
    if (oriented->steps.transpose) {
        if (y % BAND_ROWS == 0) {
            const uint32_t left = oriented->source.height - y;
            fill_band(oriented, plane, y, left < BAND_ROWS ? left : BAND_ROWS);
        }
        memcpy(out, plane->band + y % BAND_ROWS * band_stride(oriented, plane->channels), size);
        return;
    }
    const uint8_t *row =
        plane->stored + (oriented->steps.mirror_y ? oriented->source.height - 1 - y : y) * size;
    if (oriented->steps.mirror_x)
        mirror_row(out, row, oriented->source.width, plane->channels);
    else
        memcpy(out, row, size);
}

// ---- the source ----

static uint8_t *stored_row(const struct oriented *oriented, const struct plane *plane, uint32_t y)
{
    const size_t size = (size_t)oriented->inner->width * plane->channels;
    return plane->channels == 0 ? NULL : plane->stored + y * size;
}

static enum ef_status fill(struct oriented *oriented, struct ef_detail *detail)
{
    enum ef_status status = EF_OK;
    for (uint32_t y = 0; y < oriented->inner->height && status == EF_OK; y++)
        status = oriented->inner->read(oriented->inner, stored_row(oriented, &oriented->rgb, y),
                                       stored_row(oriented, &oriented->gray, y), detail);
    oriented->filled = true;
    return status;
}

static enum ef_status read_held(struct source *source, uint8_t *rgb, uint8_t *gray,
                                struct ef_detail *detail)
{
    struct oriented *oriented = (struct oriented *)source;
    if (!oriented->filled) {
        const enum ef_status status = fill(oriented, detail);
        if (status != EF_OK)
            return status;
    }
    if (rgb != NULL)
        give(oriented, &oriented->rgb, rgb);
    if (gray != NULL)
        give(oriented, &oriented->gray, gray);
    oriented->row++;
    return EF_OK;
}

static enum ef_status read_mirrored(struct source *source, uint8_t *rgb, uint8_t *gray,
                                    struct ef_detail *detail)
{
    struct oriented *oriented = (struct oriented *)source;
    const enum ef_status status =
        oriented->inner->read(oriented->inner, rgb == NULL ? NULL : oriented->rgb.stored,
                              gray == NULL ? NULL : oriented->gray.stored, detail);
    if (status == EF_OK && rgb != NULL)
        mirror_row(rgb, oriented->rgb.stored, source->width, 3);
    if (status == EF_OK && gray != NULL)
        mirror_row(gray, oriented->gray.stored, source->width, 1);
    return status;
}

static void free_oriented(struct oriented *oriented)
{
    free(oriented->rgb.stored);
    free(oriented->rgb.band);
    free(oriented->gray.stored);
    free(oriented->gray.band);
    free(oriented);
}

static void close_oriented(struct source *source)
{
    struct oriented *oriented = (struct oriented *)source;
    oriented->inner->close(oriented->inner);
    free_oriented(oriented);
}

// Rows of `width` pixels, each with the spare byte; NULL when there is not enough memory for them.
static uint8_t *allocate(uint32_t width, uint32_t rows, uint32_t channels)
{
    size_t size;
    if (__builtin_mul_overflow((size_t)width * channels + SPARE, (size_t)rows, &size))
        return NULL;
    return huge_pages_malloc(size);
}

static bool allocate_plane(const struct oriented *oriented, struct plane *plane, uint32_t channels)
{
    const bool whole = oriented->source.read == read_held;
    plane->channels = channels;
    plane->stored = allocate(oriented->inner->width, whole ? oriented->inner->height : 1, channels);
    if (oriented->steps.transpose)
        plane->band = allocate(oriented->source.width, BAND_ROWS, channels);
    return plane->stored != NULL && (plane->band != NULL || !oriented->steps.transpose);
}

enum ef_status source_orient(struct source **source, unsigned orientation, unsigned pixels)
{
    if (orientation < 2 || orientation > 8)
        return EF_OK;
    struct source *inner = *source;
    struct oriented *oriented = calloc(1, sizeof *oriented);
    if (oriented == NULL)
        return EF_OUT_OF_MEMORY;
    oriented->inner = inner;
    oriented->steps = steps_of[orientation];
    oriented->source = (struct source){
        .width = oriented->steps.transpose ? inner->height : inner->width,
        .height = oriented->steps.transpose ? inner->width : inner->height,
        .read = orientation == 2 ? read_mirrored : read_held,
        .close = close_oriented,
    };
    if ((pixels & PIXELS_RGB && !allocate_plane(oriented, &oriented->rgb, 3)) ||
        (pixels & PIXELS_GRAY && !allocate_plane(oriented, &oriented->gray, 1))) {
        free_oriented(oriented);
        return EF_OUT_OF_MEMORY;
    }
    *source = &oriented->source;
    return EF_OK;
}
