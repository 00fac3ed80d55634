// SPDX-License-Identifier: MIT
// libjpeg-turbo. Baseline pictures come row by row; progressive ones and those in several scans
// are held by the library as coefficients.
#include "image/decoders.h"

#include "base/limits.h"
#include "image/held.h"
#include "image/image.h"

#include <stdio.h> // which jpeglib.h needs but does not include

#include <jerror.h>
#include <jpeglib.h>

#include <setjmp.h>
#include <stdlib.h>

// What the library is asked for. FORM_YCC is for RGB and luma at once.
enum form { FORM_GRAY, FORM_RGB, FORM_YCC, FORM_CMYK };

struct jpeg_source {
    struct source source;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    // The library reports through functions that must not return. All that lives across a call of
    // it is in this structure, so nothing is lost when one is left by longjmp.
    jmp_buf escape;
    enum ef_status status;
    struct ef_detail *detail; // of the call at work
    enum form form;
    uint8_t *row;      // one, in `form`; for what does not go straight to the caller
    uint8_t *unwanted; // within the same block: a row for what the caller does not take
};

// ---- reports ----

static enum ef_status status_of(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: // beyond max_memory_to_use
        return EF_OUT_OF_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return EF_IMAGE_UNSUPPORTED;
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
    case JWRN_JPEG_EOF:
        return EF_IMAGE_TRUNCATED;
    default:
        return EF_IMAGE_CORRUPT;
    }
}

static _Noreturn void give_up(j_common_ptr common)
{
    struct jpeg_source *source = common->client_data;
    char message[JMSG_LENGTH_MAX];
    source->status = status_of(common->err->msg_code);
    common->err->format_message(common, message);
    detail_set(source->detail, "libjpeg: %s", message);
    longjmp(source->escape, 1);
}

// What is often seen in files whose pixels are all there.
static bool is_harmless(int code)
{
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM ||
           code == JWRN_NOT_SEQUENTIAL;
}

// Warnings have level -1. After most of them the library goes on with gray or repeated blocks,
// whose borders would pass for edges.
static void on_message(j_common_ptr common, int level)
{
    if (level < 0 && !is_harmless(common->err->msg_code))
        give_up(common);
}

static void on_progress(j_common_ptr common)
{
    struct jpeg_source *source = common->client_data;
    if (source->jpeg.input_scan_number <= LIMIT_JPEG_SCANS)
        return;
    detail_set(source->detail, "more than %d scans", LIMIT_JPEG_SCANS);
    source->status = EF_IMAGE_CORRUPT;
    longjmp(source->escape, 1);
}

// ---- colours ----

static inline uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// A row of YCbCr triples as RGB and luma. The RGB is libjpeg's own (jdcolor.c), bit for bit:
// constants of 16 fraction bits, each sum rounded once.
static inline __attribute__((always_inline)) void convert_ycc(const uint8_t *restrict ycc,
                                                              size_t width, uint8_t *restrict rgb,
                                                              uint8_t *restrict gray)
{
    enum { HALF = 1 << 15, R_CR = 91881, G_CB = -22554, G_CR = -46802, B_CB = 116130 };
    for (size_t i = 0; i < width; i++) {
        const int y = ycc[3 * i];
        const int cb = ycc[3 * i + 1] - 128;
        const int cr = ycc[3 * i + 2] - 128;
        gray[i] = (uint8_t)y;
        rgb[3 * i] = clamp(y + ((R_CR * cr + HALF) >> 16));
        rgb[3 * i + 1] = clamp(y + ((G_CB * cb + G_CR * cr + HALF) >> 16));
        rgb[3 * i + 2] = clamp(y + ((B_CB * cb + HALF) >> 16));
    }
}

#if defined(__x86_64__)

// The same source, for a compiler that may use AVX2: a quarter of the time.
__attribute__((target("avx2"))) static void ycc_row_avx2(const uint8_t *ycc, size_t width,
                                                         uint8_t *rgb, uint8_t *gray)
{
    convert_ycc(ycc, width, rgb, gray);
}

#endif

static void ycc_row(const uint8_t *ycc, size_t width, uint8_t *rgb, uint8_t *gray)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        ycc_row_avx2(ycc, width, rgb, gray);
        return;
    }
#endif
    convert_ycc(ycc, width, rgb, gray);
}

// CMYK to RGB in place. All four are taken to be stored inverted, as every writer that follows
// Adobe does, and as Pillow takes them: 255 is no ink.
static void cmyk_to_rgb(uint8_t *row, size_t width)
{
    const uint8_t *from = row;
    for (size_t x = 0; x < width; x++, from += 4) {
        const unsigned paper = from[3];
        for (int i = 0; i < 3; i++)
            *row++ = (uint8_t)((from[i] * paper + 127) / 255);
    }
}

// ---- the source ----

static enum ef_status finish_row(struct jpeg_source *source, uint8_t *rgb, uint8_t *gray)
{
    const size_t width = source->source.width;
    switch (source->form) {
    case FORM_GRAY:
        if (rgb != NULL)
            held_row(gray != NULL ? gray : source->row, 1, width, rgb, NULL);
        break;
    case FORM_RGB:
        if (gray != NULL)
            held_row(rgb != NULL ? rgb : source->row, 3, width, NULL, gray);
        break;
    case FORM_YCC:
        ycc_row(source->row, width, rgb != NULL ? rgb : source->unwanted,
                gray != NULL ? gray : source->unwanted);
        break;
    case FORM_CMYK:
        cmyk_to_rgb(source->row, width);
        held_row(source->row, 3, width, rgb, gray);
        break;
    }
    return EF_OK;
}

// Alone, so that what a jump out of the library may have spoilt is used nowhere.
static enum ef_status read_scanline(struct jpeg_source *source, JSAMPROW row)
{
    if (setjmp(source->escape) != 0)
        return source->status;
    if (jpeg_read_scanlines(&source->jpeg, &row, 1) != 1)
        return EF_IMAGE_CORRUPT; // not possible: the library's source never waits
    if (source->jpeg.output_scanline == source->jpeg.output_height)
        jpeg_finish_decompress(&source->jpeg); // looks at what is behind the pixels
    return EF_OK;
}

static enum ef_status read_jpeg(struct source *base, uint8_t *rgb, uint8_t *gray,
                                struct ef_detail *detail)
{
    struct jpeg_source *source = (struct jpeg_source *)base;
    uint8_t *straight = source->form == FORM_GRAY ? gray : source->form == FORM_RGB ? rgb : NULL;
    if (source->status != EF_OK)
        return source->status;
    source->detail = detail;
    const enum ef_status status = read_scanline(source, straight != NULL ? straight : source->row);
    return status == EF_OK ? finish_row(source, rgb, gray) : status;
}

static void close_jpeg(struct source *base)
{
    struct jpeg_source *source = (struct jpeg_source *)base;
    jpeg_destroy_decompress(&source->jpeg); // never fails
    free(source->row);
    free(source);
}

static void choose_form(struct jpeg_source *source, unsigned pixels)
{
    struct jpeg_decompress_struct *jpeg = &source->jpeg;
    const bool both = (pixels & PIXELS_RGB) && (pixels & PIXELS_GRAY);
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
        source->form = FORM_GRAY;
        break;
    case JCS_YCbCr:
        source->form = both ? FORM_YCC : pixels & PIXELS_GRAY ? FORM_GRAY : FORM_RGB;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        source->form = FORM_CMYK;
        break;
    default: // RGB, or something that the library will refuse to make RGB of
        source->form = FORM_RGB;
        break;
    }
    static const J_COLOR_SPACE spaces[] = {
        [FORM_GRAY] = JCS_GRAYSCALE,
        [FORM_RGB] = JCS_RGB,
        [FORM_YCC] = JCS_YCbCr,
        [FORM_CMYK] = JCS_CMYK,
    };
    jpeg->out_color_space = spaces[source->form];
}

static enum ef_status start(struct jpeg_source *source, const uint8_t *data, size_t size,
                            unsigned pixels)
{
    struct jpeg_decompress_struct *jpeg = &source->jpeg;
    if (setjmp(source->escape) != 0)
        return source->status;
    jpeg_create_decompress(jpeg);
    source->progress.progress_monitor = on_progress;
    jpeg->progress = &source->progress;
    jpeg_mem_src(jpeg, data, size);
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->arith_code) {
        detail_set(source->detail, "arithmetic JPEG");
        return EF_IMAGE_UNSUPPORTED;
    }
    choose_form(source, pixels);
    // What is unknown stays as it is: no smoothing that other decoders do not do.
    jpeg->do_block_smoothing = FALSE;
    const uint64_t area = (uint64_t)jpeg->image_width * jpeg->image_height;
    jpeg->mem->max_memory_to_use =
        (long)(LIMIT_JPEG_BASE_BYTES + LIMIT_JPEG_BYTES_PER_PIXEL * area);
    jpeg_start_decompress(jpeg);
    source->source.width = jpeg->output_width;
    source->source.height = jpeg->output_height;
    const size_t widest = (size_t)jpeg->output_width * 4;
    source->row = malloc(2 * widest);
    if (source->row == NULL)
        return EF_OUT_OF_MEMORY;
    source->unwanted = source->row + widest;
    return EF_OK;
}

enum ef_status jpeg_open(const uint8_t *data, size_t size, unsigned pixels, struct source **opened,
                         struct ef_detail *detail)
{
    struct jpeg_source *source = calloc(1, sizeof *source);
    *opened = NULL;
    if (source == NULL)
        return EF_OUT_OF_MEMORY;
    source->source = (struct source){.read = read_jpeg, .close = close_jpeg};
    source->detail = detail;
    source->jpeg.err = jpeg_std_error(&source->errors);
    source->errors.error_exit = give_up;
    source->errors.emit_message = on_message;
    source->jpeg.client_data = source; // creating may fail already
    const enum ef_status status = start(source, data, size, pixels);
    if (status != EF_OK) {
        close_jpeg(&source->source);
        return status;
    }
    *opened = &source->source;
    return EF_OK;
}
