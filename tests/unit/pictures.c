// SPDX-License-Identifier: MIT
#include "pictures.h"

#include "support.h"

#include "image/encoder.h"
#include "image/open.h"

#include <stdlib.h>
#include <string.h>

const uint8_t tiny_gif[43] =
    "GIF89a\1\0\1\0\x80\0\0\xFF\xFF\xFF\0\0\0" // screen 1 x 1, a table of white and black
    "\x21\xF9\4\0\0\0\0\0"                     // graphic control extension
    "\x2C\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;";     // image, one sub-block of data, terminator

const uint8_t tiny_bmp[62] = {
    'B', 'M', 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, // file header
    40,  0,   0,  0, 2, 0, 0, 0, 1, 0, 0,  0, 1, 0, 24, 0, [54] = 0, 0, 255, 255, 0, 0, 0, 0,
};

void bytes_add(struct bytes *to, const void *from, size_t size)
{
    to->bytes = realloc(to->bytes, to->size + size + 1);
    assert_non_null(to->bytes);
    memcpy(to->bytes + to->size, from, size);
    to->size += size;
}

static int add(void *context, const void *data, size_t size)
{
    bytes_add(context, data, size);
    return 0;
}

void picture_free(struct picture *picture)
{
    free(picture->pixels);
    *picture = (struct picture){0};
}

struct picture map_made(uint32_t width, uint32_t height, uint64_t seed)
{
    const size_t size = (size_t)width * height;
    struct picture map = {width, height, 1, malloc(size)};
    struct chance chance = {seed};
    assert_non_null(map.pixels);
    chance_fill(&chance, map.pixels, size);
    return map;
}

enum ef_status map_encode(const struct picture *map, enum ef_format format, ef_write *write,
                          void *context)
{
    const struct encode_settings settings = {.channels = 1,
                                             .width = map->width,
                                             .height = map->height,
                                             .quality = 90,
                                             .compression = 1,
                                             .write = write,
                                             .context = context};
    struct sink *sink = NULL;
    enum ef_status status = encoder_for(format)->open(&settings, &sink);
    for (uint32_t y = 0; y < map->height && status == EF_OK; y++)
        status = sink->write(sink, map->pixels + (size_t)y * map->width);
    if (status == EF_OK)
        status = sink->finish(sink);
    if (sink != NULL)
        sink->close(sink);
    return status;
}

struct bytes encoded(const struct picture *map, enum ef_format format)
{
    struct bytes bytes = {0};
    assert_int_equal(map_encode(map, format, add, &bytes), EF_OK);
    return bytes;
}

static enum ef_status read_rows(struct source *source, struct picture *picture,
                                struct ef_detail *detail)
{
    const size_t stride = (size_t)source->width * 3;
    enum ef_status status = EF_OK;
    *picture = (struct picture){source->width, source->height, 3, malloc(stride * source->height)};
    assert_non_null(picture->pixels);
    for (uint32_t y = 0; y < source->height && status == EF_OK; y++)
        status = source->read(source, picture->pixels + y * stride, NULL, detail);
    if (status != EF_OK)
        picture_free(picture);
    return status;
}

enum ef_status picture_decode(const uint8_t *data, size_t size, uint64_t max_pixels,
                              struct picture *picture, enum ef_type *type, struct ef_detail *detail)
{
    const struct open_settings settings = {.pixels = PIXELS_RGB, .max_pixels = max_pixels};
    struct source *source = NULL;
    *picture = (struct picture){0};
    detail->text[0] = '\0';
    enum ef_status status = picture_open(data, size, &settings, &source, type, detail);
    if (status == EF_OK)
        status = read_rows(source, picture, detail);
    if (source != NULL)
        source->close(source);
    return status;
}

static void add_be32(struct bytes *to, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};
    bytes_add(to, bytes, sizeof bytes);
}

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void add_chunk(struct bytes *png, const char *type, const struct bytes *content)
{
    add_be32(png, (uint32_t)content->size);
    const size_t from = png->size;
    bytes_add(png, type, 4);
    if (content->size > 0)
        bytes_add(png, content->bytes, content->size);
    add_be32(png, crc32_of(png->bytes + from, png->size - from));
}

// A zlib stream of one stored block (RFC 1950, RFC 1951).
static struct bytes stored(const uint8_t *data, size_t size)
{
    const uint8_t head[] = {
        0x78, 0x01, 1, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)~size, (uint8_t)(~size >> 8)};
    uint32_t a = 1;
    uint32_t b = 0;
    struct bytes stream = {0};
    for (size_t i = 0; i < size; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    bytes_add(&stream, head, sizeof head);
    bytes_add(&stream, data, size);
    add_be32(&stream, b << 16 | a);
    return stream;
}

// A PNG with one more chunk before its data, if `extra` is not NULL.
static struct bytes put_together(const struct bytes *header, const char *type,
                                 const struct bytes *extra, const void *rows, size_t size)
{
    struct bytes png = {0};
    struct bytes stream = stored(rows, size);
    const struct bytes nothing = {0};
    BYTES_ADD(&png, "\x89PNG\r\n\x1A\n");
    add_chunk(&png, "IHDR", header);
    if (extra != NULL)
        add_chunk(&png, type, extra);
    add_chunk(&png, "IDAT", &stream);
    add_chunk(&png, "IEND", &nothing);
    free(stream.bytes);
    return png;
}

static struct bytes header_of(uint32_t width, uint32_t height, unsigned depth, enum png_color color)
{
    struct bytes header = {0};
    add_be32(&header, width);
    add_be32(&header, height);
    bytes_add(&header, (uint8_t[]){(uint8_t)depth, (uint8_t)color, 0, 0, 0}, 5);
    return header;
}

struct bytes png_made(uint32_t width, uint32_t height, unsigned depth, enum png_color color,
                      const struct bytes *palette, const void *rows, size_t size)
{
    struct bytes header = header_of(width, height, depth, color);
    const struct bytes png = put_together(&header, "PLTE", palette, rows, size);
    free(header.bytes);
    return png;
}

struct bytes png_with_exif(uint32_t width, uint32_t height, const struct bytes *exif,
                           const void *rows, size_t size)
{
    struct bytes header = header_of(width, height, 8, PNG_GRAY);
    const struct bytes png = put_together(&header, "eXIf", exif, rows, size);
    free(header.bytes);
    return png;
}
