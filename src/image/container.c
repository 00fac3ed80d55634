// SPDX-License-Identifier: MIT
#include "image/container.h"

#include "base/limits.h"
#include "image/bytes.h"
#include "image/container_avif.h"
#include "image/exif.h"
#include "image/jpeg_tables.h"
#include "image/webp.h"

#include <string.h>

#define TEXT_OF(number) #number
#define MORE_THAN(number) "more than " TEXT_OF(number)
#define TOO_MANY_SCANS MORE_THAN(LIMIT_JPEG_SCANS) " scans"

enum {
    JPEG_SOF0 = 0xC0,
    JPEG_DHT = 0xC4,
    JPEG_SOF2 = 0xC2,
    JPEG_SOF15 = 0xCF,
    JPEG_EOI = 0xD9,
    JPEG_SOS = 0xDA,
    JPEG_DQT = 0xDB,
    JPEG_APP1 = 0xE1
};

// Frame headers are C0 to CF, without DHT (C4), JPG (C8) and DAC (CC).
static bool jpeg_is_frame(unsigned marker)
{
    return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != 0xC4 && marker != 0xC8 &&
           marker != 0xCC;
}

static bool jpeg_stands_alone(unsigned marker)
{
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

// Where entropy-coded data that start at `at` end: at the 0xFF of the next marker that is neither a
// stuffed zero nor a restart. `size` when there is none.
static size_t jpeg_scan_end(const uint8_t *data, size_t size, size_t at)
{
    while (at + 1 < size) {
        const uint8_t *found = memchr(data + at, 0xFF, size - 1 - at);
        if (found == NULL)
            return size;
        const uint8_t next = found[1];
        at = (size_t)(found - data);
        if (next != 0x00 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7))
            return at;
        at += next == 0xFF ? 1 : 2;
    }
    return size;
}

// Of an APP1 segment that starts at `segment` with its length; 0 when it is not Exif.
static unsigned jpeg_orientation(const uint8_t *segment, size_t size, size_t length)
{
    static const char exif[6] = "Exif\0";
    const size_t header = 2 + sizeof exif;
    if (length > size || length < header || memcmp(segment + 2, exif, sizeof exif) != 0)
        return 0;
    return exif_orientation(segment + header, length - header);
}

// Looks into a segment whose length is `length` and begins at `segment`; the file ends `size` bytes
// further on.
static void read_jpeg_segment(unsigned marker, const uint8_t *segment, size_t size, size_t length,
                              struct jpeg_tables *tables, struct container *jpeg)
{
    const uint8_t *body = segment + 2;
    const size_t body_size = size - 2;
    const size_t body_length = length < 2 ? 0 : length - 2;
    if (marker == JPEG_DHT && !jpeg_tables_huffman(tables, body, body_size, body_length))
        jpeg->corrupt = "a Huffman table with more than 256 codes";
    if (marker == JPEG_DQT)
        jpeg_tables_quantization(tables, body, body_size, body_length);
    if (marker == JPEG_SOS && !jpeg_tables_scan(tables, body, body_size, body_length))
        jpeg->incomplete = true;
    if (jpeg_is_frame(marker) && size >= 7 && jpeg->width == 0) {
        jpeg->height = be16(segment + 3);
        jpeg->width = be16(segment + 5);
        jpeg_tables_frame(tables, marker == JPEG_SOF2, body, body_size, body_length);
        if (marker > JPEG_SOF2)
            jpeg->unsupported = "lossless, hierarchical or arithmetic JPEG";
        else if (segment[2] != 8)
            jpeg->unsupported = "JPEG with other than 8 bits a sample";
    }
    if (marker == JPEG_APP1 && jpeg->orientation == 0)
        jpeg->orientation = jpeg_orientation(segment, size, length);
}

// What the scans cost a decoder. The pixels have not been checked against any limit.
static void judge_scans(const struct jpeg_tables *tables, struct container *jpeg)
{
    const uint64_t pixels = (uint64_t)jpeg->width * jpeg->height;
    jpeg->samples = jpeg_tables_samples(tables, pixels);
    jpeg->blocks = jpeg_tables_blocks(tables, pixels);
    jpeg->coefficients = tables->progressive || tables->in_parts;
    if (tables->scans > LIMIT_JPEG_SCANS)
        jpeg->corrupt = TOO_MANY_SCANS;
}

static struct container read_jpeg(const uint8_t *data, size_t size)
{
    struct container jpeg = {0};
    struct jpeg_tables tables = {0};
    size_t at = 2;
    while (at + 1 < size) {
        if (data[at] != 0xFF) { // stray bytes between segments are skipped, as decoders do
            at++;
            continue;
        }
        const unsigned marker = data[at + 1];
        if (marker == 0xFF) { // fill
            at++;
            continue;
        }
        at += 2;
        if (marker == JPEG_EOI) {
            jpeg.whole = true;
            break;
        }
        if (jpeg_stands_alone(marker) || marker == 0x00)
            continue;
        if (at + 2 > size)
            break;
        const size_t length = be16(data + at);
        read_jpeg_segment(marker, data + at, size - at, length, &tables, &jpeg);
        at += length < 2 ? 2 : length;
        if (marker == JPEG_SOS)
            at = jpeg_scan_end(data, size, at);
    }
    judge_scans(&tables, &jpeg);
    return jpeg;
}

// Critical chunks (a capital first) that a decoder here knows; any other is an error by
// section 5.4. stb_image puts the four bytes of its name into a buffer that all threads share, as
// they are, and that into its message.
static bool png_chunk_is_known(const uint8_t *type)
{
    static const char critical[][5] = {"IHDR", "PLTE", "IDAT", "IEND", "CgBI"};
    if (type[0] & 0x20)
        return true;
    for (size_t i = 0; i < sizeof critical / sizeof *critical; i++)
        if (memcmp(type, critical[i], 4) == 0)
            return true;
    return false;
}

// Of the header's bytes behind the size: depth, colour type, two methods, interlacing.
static void read_png_pixels(const uint8_t *fields, size_t size, struct container *png)
{
    static const uint8_t channels[8] = {1, 1, 3, 1, 2, 1, 4, 1}; // by colour type
    enum { PALETTE = 3 };
    if (size < 5)
        return;
    png->palette = fields[1] == PALETTE;
    png->pixel_bits = fields[0] * channels[fields[1] & 7];
    png->interlaced = fields[4] != 0;
}

static struct container read_png(const uint8_t *data, size_t size)
{
    struct container png = {0};
    for (size_t at = 8; at + 12 <= size;) {
        const size_t length = be32(data + at);
        const uint8_t *type = data + at + 4;
        if (memcmp(type, "IHDR", 4) == 0 && length >= 13 && at + 16 <= size) {
            png.width = be32(data + at + 8);
            png.height = be32(data + at + 12);
            read_png_pixels(data + at + 16, size - at - 16, &png);
        }
        if (length > size - at - 12)
            break;
        if (!png_chunk_is_known(type))
            png.corrupt = "an unknown critical chunk";
        if (memcmp(type, "eXIf", 4) == 0 && png.orientation == 0)
            png.orientation = exif_orientation(data + at + 8, length);
        if (memcmp(type, "IEND", 4) == 0) {
            png.whole = true;
            break;
        }
        at += 12 + length;
    }
    return png;
}

static size_t gif_table_bytes(uint8_t flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

// Passes the length-prefixed sub-blocks at `at`; 0 when the data end before their terminator.
static size_t gif_pass_blocks(const uint8_t *data, size_t size, size_t at)
{
    while (at < size) {
        const size_t length = data[at++];
        if (length == 0)
            return at;
        at += length;
    }
    return 0;
}

static struct container read_gif(const uint8_t *data, size_t size)
{
    struct container gif = {0};
    if (size < 13)
        return gif;
    gif.width = le16(data + 6);
    gif.height = le16(data + 8);
    size_t at = 13 + gif_table_bytes(data[10]);
    while (at != 0 && at < size) {
        const uint8_t kind = data[at];
        if (kind == 0x21) { // extension: label, then sub-blocks
            at = gif_pass_blocks(data, size, at + 2);
        } else if (kind == 0x2C && at + 10 < size) { // image descriptor, then code size and data
            gif.whole = gif_pass_blocks(data, size, at + 11 + gif_table_bytes(data[at + 9])) != 0;
            break;
        } else {
            break;
        }
    }
    return gif;
}

enum { BMP_OLD_HEADER = 12 }; // bytes; OS/2's

// How many colors stb_image 2.27 takes from in front of the pixels. Of the old header it reckons
// four too few.
static int64_t bmp_palette_colors(uint32_t header, uint64_t pixels_at)
{
    enum { FILE_HEADER = 14, OLD_TAKEN = 38 };
    if (header == BMP_OLD_HEADER)
        return ((int64_t)pixels_at - OLD_TAKEN) / 3;
    return ((int64_t)pixels_at - FILE_HEADER - (int64_t)header) / 4;
}

// True when no pixel of these rows, each of `bits` (1, 4 or 8), is beyond so many colors.
static bool bmp_pixels_are_below(int64_t colors, const uint8_t *rows, size_t row_bytes,
                                 const struct container *bmp, unsigned bits)
{
    const unsigned mask = (1u << bits) - 1, in_byte = 8 / bits;
    for (uint32_t y = 0; y < bmp->height; y++, rows += row_bytes)
        for (uint32_t x = 0; x < bmp->width; x++) {
            const unsigned shift = 8 - bits * (x % in_byte + 1);
            if (((unsigned)rows[x / in_byte] >> shift & mask) >= colors)
                return false;
        }
    return true;
}

// For a color that the palette does not have, stb_image takes what its stack happens to hold.
static bool bmp_colors_are_there(const struct container *bmp, uint32_t header, uint64_t bits,
                                 const uint8_t *data, uint64_t pixels_at, uint64_t row_bytes)
{
    // Without a width there may be four thousand million rows of nothing.
    if (!bmp->whole || bmp->width == 0 || (bits != 1 && bits != 4 && bits != 8))
        return true;
    const int64_t colors = bmp_palette_colors(header, pixels_at);
    return colors >= (int64_t)1 << bits ||
           bmp_pixels_are_below(colors, data + pixels_at, (size_t)row_bytes, bmp, (unsigned)bits);
}

static struct container read_bmp(const uint8_t *data, size_t size)
{
    struct container bmp = {0};
    if (size < 30)
        return bmp;
    const uint64_t pixels_at = le32(data + 10);
    const uint32_t header = le32(data + 14);
    uint64_t bits;
    if (header == BMP_OLD_HEADER) {
        bmp.width = le16(data + 18);
        bmp.height = le16(data + 20);
        bits = le16(data + 24);
    } else {
        const uint32_t height = le32(data + 22);
        bmp.width = le32(data + 18);
        bmp.height = height & 0x80000000u ? 0u - height : height; // negative: top row first
        bits = le16(data + 28);
        if (size >= 34 && (le32(data + 30) == 1 || le32(data + 30) == 2))
            bmp.unsupported = "run-length coded BMP";
    }
    const uint64_t row = (bmp.width * bits + 31) / 32 * 4;
    uint64_t body;
    bmp.whole = !__builtin_mul_overflow(row, (uint64_t)bmp.height, &body) && body <= size &&
                pixels_at <= size - body;
    if (bmp.unsupported == NULL &&
        !bmp_colors_are_there(&bmp, header, bits, data, pixels_at, row)) {
        if (header == BMP_OLD_HEADER)
            bmp.unsupported = "an OS/2 BMP's palette";
        else
            bmp.corrupt = "colors that the palette does not have";
    }
    return bmp;
}

// One decimal number of a PNM header behind white space and comments; 0 when there is none.
static uint32_t pnm_number(const uint8_t *data, size_t size, size_t *at)
{
    uint32_t value = 0;
    while (*at < size && (memchr(" \t\r\n\v\f", data[*at], 6) || data[*at] == '#')) {
        if (data[*at] == '#')
            while (*at < size && data[*at] != '\n' && data[*at] != '\r')
                (*at)++;
        else
            (*at)++;
    }
    while (*at < size && data[*at] >= '0' && data[*at] <= '9') {
        if (value > 100000000)
            return 0;
        value = value * 10 + (uint32_t)(data[(*at)++] - '0');
    }
    return value;
}

static struct container read_pnm(const uint8_t *data, size_t size)
{
    struct container pnm = {0};
    size_t at = 2;
    pnm.width = pnm_number(data, size, &at);
    pnm.height = pnm_number(data, size, &at);
    pnm.max_value = pnm_number(data, size, &at);
    if (pnm.max_value == 0)
        return pnm;
    if (pnm.max_value > 255)
        pnm.unsupported = "PNM with 16 bits a sample";
    const uint64_t channels = data[1] == '6' ? 3 : 1;
    const uint64_t pixels = (uint64_t)pnm.width * pnm.height; // both below 2^32
    const uint64_t body = size > at + 1 ? size - at - 1 : 0;
    pnm.whole = pixels <= body / channels;
    return pnm;
}

// The size in a key frame's header (RFC 6386, 9.1) or a lossless picture's (WebP Lossless
// Bitstream, 3). False when it is neither.
static bool webp_frame_size(const uint8_t *type, const uint8_t *body, size_t size,
                            struct container *webp)
{
    if (memcmp(type, "VP8 ", 4) == 0 && size >= 10 && memcmp(body + 3, "\x9D\x01\x2A", 3) == 0) {
        webp->width = le16(body + 6) & 0x3FFF;
        webp->height = le16(body + 8) & 0x3FFF;
        return true;
    }
    if (memcmp(type, "VP8L", 4) == 0 && size >= 5 && body[0] == 0x2F) {
        const uint32_t bits = le32(body + 1);
        webp->width = (bits & 0x3FFF) + 1;
        webp->height = (bits >> 14 & 0x3FFF) + 1;
        return true;
    }
    return false;
}

// Exif, which some writers precede by JPEG's marker for it.
static unsigned webp_orientation(const uint8_t *body, size_t size)
{
    static const char exif[6] = "Exif\0";
    const size_t skip =
        size >= sizeof exif && memcmp(body, exif, sizeof exif) == 0 ? sizeof exif : 0;
    return exif_orientation(body + skip, size - skip);
}

static struct container read_webp(const uint8_t *data, size_t size)
{
    struct container webp = {0};
    struct webp_chunk chunk;
    size_t at = WEBP_FIRST_CHUNK;
    bool sized = false; // by VP8X, whose canvas is the picture, or by the only frame
    webp.whole = size - 8 >= le32(data + 4);
    webp.lossy = true;
    while (webp_next_chunk(data, size, &at, &chunk)) {
        if (memcmp(chunk.type, "VP8X", 4) == 0 && chunk.size >= 10 && !sized) {
            webp.width = (le32(chunk.body + 4) & 0xFFFFFF) + 1;
            webp.height = (le32(chunk.body + 6) >> 8) + 1;
            sized = true;
        } else if (!sized) {
            sized = webp_frame_size(chunk.type, chunk.body, chunk.size, &webp);
        }
        // Frames of an animation may be of either kind.
        if (memcmp(chunk.type, "VP8L", 4) == 0 || memcmp(chunk.type, "ALPH", 4) == 0 ||
            memcmp(chunk.type, "ANMF", 4) == 0)
            webp.lossy = false;
        if (memcmp(chunk.type, "EXIF", 4) == 0 && webp.orientation == 0)
            webp.orientation = webp_orientation(chunk.body, chunk.size);
    }
    return webp;
}

struct container container_read(enum ef_type type, const uint8_t *data, size_t size)
{
    switch (type) {
    case EF_TYPE_JPEG:
        return read_jpeg(data, size);
    case EF_TYPE_PNG:
        return read_png(data, size);
    case EF_TYPE_GIF:
        return read_gif(data, size);
    case EF_TYPE_BMP:
        return read_bmp(data, size);
    case EF_TYPE_PNM:
        return read_pnm(data, size);
    case EF_TYPE_WEBP:
        return read_webp(data, size);
    case EF_TYPE_AVIF:
        return container_read_avif(data, size);
    case EF_TYPE_UNKNOWN:
    case EF_TYPE_COUNT:
        break;
    }
    return (struct container){0};
}
