// SPDX-License-Identifier: MIT
#include "coded.h"

#include "support.h"

#include "image/open.h"

#include <stdio.h> // which jpeglib.h needs but does not include
#include <stdlib.h>
#include <string.h>

void all_forget(struct decoded *decoded)
{
    free(decoded->rgb);
    free(decoded->gray);
}

void source_all(struct source *source, unsigned pixels, struct decoded *decoded)
{
    const size_t width = source->width;
    decoded->width = source->width;
    decoded->height = source->height;
    decoded->rgb = pixels & PIXELS_RGB ? malloc(width * source->height * 3) : NULL;
    decoded->gray = pixels & PIXELS_GRAY ? malloc(width * source->height) : NULL;
    for (size_t y = 0; y < source->height && decoded->status == EF_OK; y++)
        decoded->status = source->read(
            source, decoded->rgb == NULL ? NULL : decoded->rgb + y * width * 3,
            decoded->gray == NULL ? NULL : decoded->gray + y * width, &decoded->detail);
    source->close(source);
}

struct decoded picture_all(const struct bytes *bytes, const struct open_settings *settings)
{
    struct decoded decoded = {0};
    struct source *source;
    struct guarded guarded = guarded_make(bytes->bytes, bytes->size);
    decoded.status = picture_open(guarded.bytes, guarded.size, settings, &source, &decoded.type,
                                  &decoded.detail);
    if (decoded.status == EF_OK)
        source_all(source, settings->pixels, &decoded);
    else
        assert_null(source);
    guarded_free(&guarded);
    return decoded;
}

static void add_le(struct bytes *to, uint32_t value, size_t bytes)
{
    const uint8_t parts[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    bytes_add(to, parts, bytes);
}

struct bytes webp_begin(uint32_t width, uint32_t height, uint8_t flags)
{
    struct bytes webp = {0};
    BYTES_ADD(&webp, "RIFF....WEBPVP8X");
    add_le(&webp, 10, 4);
    add_le(&webp, flags, 4);
    add_le(&webp, width - 1, 3);
    add_le(&webp, height - 1, 3);
    return webp;
}

void webp_end(struct bytes *webp)
{
    const uint32_t size = (uint32_t)webp->size - 8;
    for (int i = 0; i < 4; i++)
        webp->bytes[4 + i] = (uint8_t)(size >> 8 * i);
}

void webp_add_frame(struct bytes *webp, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                    const struct bytes *still)
{
    BYTES_ADD(webp, "ANMF");
    add_le(webp, (uint32_t)(16 + still->size - 12), 4);
    add_le(webp, x / 2, 3);
    add_le(webp, y / 2, 3);
    add_le(webp, width - 1, 3);
    add_le(webp, height - 1, 3);
    add_le(webp, 100, 4); // duration, flags
    bytes_add(webp, still->bytes + 12, still->size - 12);
}

#ifdef HAVE_JPEG
#include <jpeglib.h>

static void set_colors(struct jpeg_compress_struct *jpeg, const struct jpeg_kind *kind)
{
    const bool ink = kind->color == 'k' || kind->color == 'c';
    jpeg->input_components = kind->color == 'g' ? 1 : ink ? 4 : 3;
    jpeg->in_color_space = kind->color == 'g' ? JCS_GRAYSCALE : ink ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(jpeg);
    if (kind->color == 'r')
        jpeg_set_colorspace(jpeg, JCS_RGB);
    if (kind->color == 'c')
        jpeg_set_colorspace(jpeg, JCS_YCCK);
    if (kind->no_adobe)
        jpeg->write_Adobe_marker = FALSE;
}

// DC, then every coefficient in two scans of its own.
static int script_many_scans(jpeg_scan_info scans[127])
{
    int count = 0;
    scans[count++] = (jpeg_scan_info){1, {0}, 0, 0, 0, 0};
    for (int k = 1; k < 64; k++) {
        scans[count++] = (jpeg_scan_info){1, {0}, k, k, 0, 1};
        scans[count++] = (jpeg_scan_info){1, {0}, k, k, 1, 0};
    }
    return count;
}

struct bytes jpeg_coded(const struct jpeg_kind *kind, uint32_t width, uint32_t height,
                        const uint8_t *pixels)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg_scan_info scans[127];
    unsigned char *out = NULL;
    unsigned long size = 0;
    struct bytes coded = {0};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, &size);
    jpeg.image_width = width;
    jpeg.image_height = height;
    set_colors(&jpeg, kind);
    jpeg.comp_info[0].h_samp_factor = kind->across > 0 ? kind->across : 1;
    jpeg.comp_info[0].v_samp_factor = kind->down > 0 ? kind->down : 1;
    jpeg_set_quality(&jpeg, kind->quality, TRUE);
    jpeg.arith_code = kind->arithmetic;
    jpeg.restart_in_rows = (int)kind->restart_rows;
    if (kind->progressive)
        jpeg_simple_progression(&jpeg);
    if (kind->many_scans) {
        jpeg.num_scans = script_many_scans(scans);
        jpeg.scan_info = scans;
    }
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < height) {
        const size_t stride = (size_t)width * (size_t)jpeg.input_components;
        JSAMPROW row = (JSAMPROW)pixels + jpeg.next_scanline * stride;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    bytes_add(&coded, out, size);
    free(out);
    return coded;
}
#endif

#ifdef HAVE_PNG
#include <png.h>

static void add(png_structp png, png_bytep data, size_t size)
{
    bytes_add(png_get_io_ptr(png), data, size);
}

static void flush_nothing(UNUSED png_structp png) {}

static void set_palette(png_structp png, png_infop info, const struct png_kind *kind,
                        struct chance *chance)
{
    png_color palette[256];
    png_byte alphas[256];
    const int count = 1 << kind->depth;
    chance_fill(chance, palette, sizeof palette);
    chance_fill(chance, alphas, sizeof alphas);
    png_set_PLTE(png, info, palette, count);
    if (kind->transparent)
        png_set_tRNS(png, info, alphas, (count + 1) / 2, NULL);
}

static void set_transparent(png_structp png, png_infop info, const struct png_kind *kind,
                            const uint8_t *row)
{
    // The picture's first pixel, so that there is one.
    png_color_16 key = {0};
    if (kind->color == PNG_GRAY) {
        const int wide = row[0] << 8 | row[1];
        key.gray = (png_uint_16)(kind->depth == 16 ? wide : row[0] >> (8 - kind->depth));
    } else if (kind->depth == 16) {
        key.red = (png_uint_16)(row[0] << 8 | row[1]);
        key.green = (png_uint_16)(row[2] << 8 | row[3]);
        key.blue = (png_uint_16)(row[4] << 8 | row[5]);
    } else {
        key.red = row[0];
        key.green = row[1];
        key.blue = row[2];
    }
    png_set_tRNS(png, info, NULL, 0, &key);
}

struct bytes png_coded(const struct png_kind *kind, uint32_t width, uint32_t height,
                       const uint8_t *rows, uint64_t seed)
{
    struct bytes coded = {0};
    struct chance chance = {seed};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &coded, add, flush_nothing);
    png_set_IHDR(png, info, width, height, kind->depth, (int)kind->color,
                 kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (kind->color == PNG_PALETTE)
        set_palette(png, info, kind, &chance);
    else if (kind->transparent)
        set_transparent(png, info, kind, rows);
    png_write_info(png, info);
    const size_t stride = png_get_rowbytes(png, info);
    for (int passes = png_set_interlace_handling(png); passes > 0; passes--)
        for (uint32_t y = 0; y < height; y++)
            png_write_row(png, rows + y * stride);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return coded;
}
#endif

#ifdef HAVE_WEBP
#include <webp/encode.h>

struct bytes webp_coded(uint32_t width, uint32_t height, const uint8_t *rgba)
{
    uint8_t *out;
    struct bytes coded = {0};
    const size_t size =
        WebPEncodeLosslessRGBA(rgba, (int)width, (int)height, (int)(4 * width), &out);
    assert_true(size > 0);
    bytes_add(&coded, out, size);
    WebPFree(out);
    return coded;
}
#endif

#ifdef HAVE_AVIF
#include <avif/avif.h>

struct bytes avif_coded(uint32_t width, uint32_t height, const uint8_t *rgba, bool alpha,
                        unsigned rotation, int mirror)
{
    avifImage *image = avifImageCreate(width, height, 8, AVIF_PIXEL_FORMAT_YUV444);
    avifEncoder *encoder = avifEncoderCreate();
    avifRWData out = AVIF_DATA_EMPTY;
    avifRGBImage rgb;
    struct bytes coded = {0};
    avifRGBImageSetDefaults(&rgb, image);
    rgb.ignoreAlpha = !alpha;
    rgb.pixels = (uint8_t *)rgba; // only read
    rgb.rowBytes = 4 * width;
    assert_int_equal(avifImageRGBToYUV(image, &rgb), AVIF_RESULT_OK);
    if (rotation > 0) {
        image->transformFlags |= AVIF_TRANSFORM_IROT;
        image->irot.angle = (uint8_t)rotation;
    }
    if (mirror >= 0) {
        image->transformFlags |= AVIF_TRANSFORM_IMIR;
        image->imir.mode = (uint8_t)mirror;
    }
    encoder->maxThreads = 1;
    encoder->speed = AVIF_SPEED_FASTEST;
    encoder->minQuantizer = encoder->maxQuantizer = 4;
    assert_int_equal(avifEncoderWrite(encoder, image, &out), AVIF_RESULT_OK);
    bytes_add(&coded, out.data, out.size);
    avifRWDataFree(&out);
    avifEncoderDestroy(encoder);
    avifImageDestroy(image);
    return coded;
}
#endif
