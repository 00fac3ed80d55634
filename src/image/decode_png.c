// SPDX-License-Identifier: MIT
// libpng, which is faster row by row than libspng (23 against 27 ms for a megapixel). Interlaced
// pictures are held.
#include "image/decoders.h"

#include "base/limits.h"
#include "image/held.h"
#include "image/huge_pages.h"
#include "image/image.h"

#include <png.h>

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct png_source {
    struct source source;
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t size, at; // `at`: read so far
    size_t tail;     // compressed image data that were read behind the last pixel
    bool at_end;     // the last row is being read, or has been
    bool truncated;  // more was asked for than there is
    // The library fails through a function that must not return. All that lives across a call of
    // it is in this structure.
    jmp_buf escape;
    enum ef_status status;
    struct ef_detail *detail; // of the call at work
    uint32_t channels;        // 1 to 4, as in held.h
    size_t stride;
    uint32_t row_number; // of the next
    uint8_t *row;        // one; interlaced, of a pass
    uint8_t *picture;    // all of them, interlaced; `rows` points into it
    uint8_t **rows;
};

// ---- reports and memory ----

static _Noreturn void give_up(png_structp png, png_const_charp message)
{
    struct png_source *source = png_get_error_ptr(png);
    if (source->truncated)
        source->status = EF_IMAGE_TRUNCATED;
    else if (strstr(message, "emory") != NULL) // "Out of memory", "Insufficient memory ..."
        source->status = EF_OUT_OF_MEMORY;
    else
        source->status = EF_IMAGE_CORRUPT;
    detail_set(source->detail, "libpng: %s", message);
    longjmp(source->escape, 1);
}

// Warnings are about what is not needed for the pixels.
static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static const png_uint_32 image_data = 0x49444154; // "IDAT"

static void take_bytes(png_structp png, png_bytep to, size_t size)
{
    struct png_source *source = png_get_io_ptr(png);
    if (size > source->size - source->at) {
        source->truncated = true;
        png_error(png, "the data end too early");
    }
    // The library unpacks all there is, though it makes no pixels of it.
    if (source->at_end && png_get_io_chunk_type(png) == image_data) {
        source->tail += size;
        if (source->tail > LIMIT_PNG_TAIL_BYTES + 2 * source->stride)
            png_error(png, "image data go on behind the last pixel");
    }
    memcpy(to, source->data + source->at, size);
    source->at += size;
}

// ---- the source ----

// Which pixels a pass has: those at x, y, and every dx-th and dy-th from there.
struct pass {
    uint8_t x, y, dx, dy;
};

static const struct pass adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

enum { PASSES = sizeof adam7 / sizeof *adam7 };

static uint32_t steps_in(uint32_t size, uint32_t start, uint32_t step)
{
    return size > start ? (size - start + step - 1) / step : 0;
}

static uint32_t rows_of(const struct png_source *source, const struct pass *pass)
{
    const bool empty = steps_in(source->source.width, pass->x, pass->dx) == 0;
    return empty ? 0 : steps_in(source->source.height, pass->y, pass->dy);
}

static void spread(const uint8_t *from, uint8_t *to, size_t count, size_t step, size_t channels)
{
    for (size_t x = 0; x < count; x++, to += step * channels)
        for (size_t i = 0; i < channels; i++)
            to[i] = *from++;
}

// The same with a number of channels that the compiler knows.
static void spread_row(const struct png_source *source, const struct pass *pass, uint8_t *to)
{
    const size_t count = steps_in(source->source.width, pass->x, pass->dx);
    to += pass->x * source->channels;
    switch (source->channels) {
    case 1:
        spread(source->row, to, count, pass->dx, 1);
        break;
    case 2:
        spread(source->row, to, count, pass->dx, 2);
        break;
    case 3:
        spread(source->row, to, count, pass->dx, 3);
        break;
    default:
        spread(source->row, to, count, pass->dx, 4);
        break;
    }
}

static void read_pass(struct png_source *source, const struct pass *pass, bool last)
{
    const uint32_t rows = rows_of(source, pass);
    for (uint32_t y = 0; y < rows; y++) {
        uint8_t *to = source->rows[pass->y + y * pass->dy];
        source->at_end = last && y + 1 == rows;
        png_read_row(source->png, pass->dx == 1 ? to : source->row, NULL);
        if (pass->dx > 1)
            spread_row(source, pass, to);
    }
}

// Adam7 (PNG specification, 8.2). Pixels are put where they belong once: the library's own
// interlace handling makes rows of full width of every pass, and takes half as long again. With the
// last row of the last pass that has any it reads to the end of the image data.
static void read_passes(struct png_source *source)
{
    unsigned last = PASSES - 1;
    while (rows_of(source, &adam7[last]) == 0)
        last--;
    for (unsigned i = 0; i <= last; i++)
        read_pass(source, &adam7[i], i == last);
}

static enum ef_status read_png(struct source *base, uint8_t *rgb, uint8_t *gray,
                               struct ef_detail *detail)
{
    struct png_source *source = (struct png_source *)base;
    if (source->status != EF_OK)
        return source->status;
    source->detail = detail;
    if (setjmp(source->escape) != 0)
        return source->status;
    if (source->picture != NULL && source->row_number == 0)
        read_passes(source);
    if (source->picture == NULL) {
        source->at_end = source->row_number + 1 == source->source.height;
        png_read_row(source->png, source->row, NULL);
    }
    const uint8_t *row = source->picture != NULL ? source->rows[source->row_number] : source->row;
    source->row_number++;
    // Only behind the last pixel stand the checksums of the last rows.
    const uint32_t last = source->picture != NULL ? 1 : source->source.height;
    if (source->row_number == last)
        png_read_end(source->png, NULL);
    held_row(row, source->channels, source->source.width, rgb, gray);
    return EF_OK;
}

static void close_png(struct source *base)
{
    struct png_source *source = (struct png_source *)base;
    png_destroy_read_struct(&source->png, &source->info, NULL);
    free(source->row);
    free(source->picture);
    free(source->rows);
    free(source);
}

static bool allocate_picture(struct png_source *source)
{
    size_t size;
    const size_t height = source->source.height;
    if (__builtin_mul_overflow(source->stride, height, &size))
        return false;
    source->picture = huge_pages_malloc(size);
    source->rows = malloc(height * sizeof *source->rows);
    if (source->picture == NULL || source->rows == NULL)
        return false;
    for (size_t y = 0; y < height; y++)
        source->rows[y] = source->picture + y * source->stride;
    return true;
}

// Nothing but pixels and transparency is wanted of a file.
static void refuse_the_rest(png_structp png)
{
    png_set_user_limits(png, LIMIT_PICTURE_SIDE, LIMIT_PICTURE_SIDE);
    png_set_chunk_cache_max(png, LIMIT_PNG_CHUNKS);
    png_set_chunk_malloc_max(png, LIMIT_PNG_CHUNK_BYTES);
#ifdef PNG_SET_UNKNOWN_CHUNKS_SUPPORTED
    static const png_byte unwanted[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT\0eXIf\0hIST\0tIME\0pCAL\0sCAL";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, unwanted, sizeof unwanted / 5);
#endif
}

static enum ef_status start(struct png_source *source)
{
    if (setjmp(source->escape) != 0)
        return source->status;
    source->info = png_create_info_struct(source->png);
    if (source->info == NULL)
        return EF_OUT_OF_MEMORY;
    refuse_the_rest(source->png);
    png_set_read_fn(source->png, source, take_bytes);
    png_read_info(source->png, source->info);
    source->source.width = png_get_image_width(source->png, source->info);
    source->source.height = png_get_image_height(source->png, source->info);
    png_set_expand(source->png);   // palette to RGB, 1 to 4 bits to 8, tRNS to alpha
    png_set_strip_16(source->png); // the upper half, after transparency was decided on all 16 bits
    const bool interlaced =
        png_get_interlace_type(source->png, source->info) == PNG_INTERLACE_ADAM7;
    png_read_update_info(source->png, source->info);
    source->channels = png_get_channels(source->png, source->info);
    source->stride = png_get_rowbytes(source->png, source->info);
    source->row = malloc(source->stride);
    if (source->row == NULL || (interlaced && !allocate_picture(source)))
        return EF_OUT_OF_MEMORY;
    return EF_OK;
}

enum ef_status png_open(const uint8_t *data, size_t size, unsigned pixels, struct source **opened,
                        struct ef_detail *detail)
{
    struct png_source *source = calloc(1, sizeof *source);
    (void)pixels;
    *opened = NULL;
    if (source == NULL)
        return EF_OUT_OF_MEMORY;
    source->source = (struct source){.read = read_png, .close = close_png};
    source->detail = detail;
    source->data = data;
    source->size = size;
    source->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, give_up, ignore_warning);
    const enum ef_status status = source->png != NULL ? start(source) : EF_OUT_OF_MEMORY;
    if (status != EF_OK) {
        close_png(&source->source);
        return status;
    }
    *opened = &source->source;
    return EF_OK;
}
