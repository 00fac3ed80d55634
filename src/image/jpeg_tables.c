// SPDX-License-Identifier: MIT
#include "image/jpeg_tables.h"

enum { TABLE_COUNT = 4, COMPONENTS = 4 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Like stb_image, this begins a table wherever something of the segment is left, and reads it to
// its end even if that is beyond the segment.
bool jpeg_tables_huffman(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                         size_t length)
{
    enum { HEADER = 17, AC_CLASS = 0x10 };
    while (length > 0 && size > 0) {
        size_t codes = 0;
        for (size_t i = 1; i < HEADER && i < size; i++)
            codes += segment[i];
        if (codes > 256)
            return false;
        if ((segment[0] & 15) < TABLE_COUNT)
            *(segment[0] & AC_CLASS ? &tables->ac : &tables->dc) |= 1u << (segment[0] & 15);
        const size_t table = smaller(HEADER + codes, size);
        segment += table;
        size -= table;
        length -= smaller(table, length);
    }
    return true;
}

void jpeg_tables_quantization(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                              size_t length)
{
    while (length > 0 && size > 0) {
        if ((segment[0] & 15) < TABLE_COUNT)
            tables->quantization |= 1u << (segment[0] & 15);
        const size_t table = smaller(1 + (segment[0] >> 4 ? 128 : 64), size);
        segment += table;
        size -= table;
        length -= smaller(table, length);
    }
}

void jpeg_tables_frame(struct jpeg_tables *tables, bool progressive, const uint8_t *segment,
                       size_t size, size_t length)
{
    enum { HEADER = 6, COMPONENT = 3 };
    const size_t end = smaller(size, length);
    uint32_t widest = 1, highest = 1;
    tables->progressive = progressive;
    for (size_t at = HEADER; at + COMPONENT <= end; at += COMPONENT) {
        const uint32_t across = segment[at + 1] >> 4, down = segment[at + 1] & 15;
        tables->needed |= 1u << (segment[at + 2] & 15);
        widest = across > widest ? across : widest;
        highest = down > highest ? down : highest;
        if (tables->components == COMPONENTS)
            continue; // no decoder takes more
        tables->ids[tables->components] = segment[at];
        tables->area[tables->components++] = across * down;
    }
    tables->largest_area = widest * highest;
}

// A component that the frame does not have counts as a whole one.
static uint32_t area_of(const struct jpeg_tables *tables, uint8_t id)
{
    for (unsigned i = 0; i < tables->components; i++)
        if (tables->ids[i] == id)
            return tables->area[i];
    return tables->largest_area;
}

static uint64_t part_of(const struct jpeg_tables *tables, uint64_t pixels, uint64_t areas)
{
    return tables->largest_area == 0 ? 0 : pixels * areas / tables->largest_area;
}

uint64_t jpeg_tables_samples(const struct jpeg_tables *tables, uint64_t pixels)
{
    uint64_t areas = 0;
    for (unsigned i = 0; i < tables->components; i++)
        areas += tables->area[i];
    return part_of(tables, pixels, areas);
}

uint64_t jpeg_tables_blocks(const struct jpeg_tables *tables, uint64_t pixels)
{
    enum { SAMPLES_IN_BLOCK = 64 };
    return part_of(tables, pixels / SAMPLES_IN_BLOCK, tables->scanned);
}

static void count_scan(struct jpeg_tables *tables, const uint8_t *segment, size_t end)
{
    const unsigned components = segment[0];
    if (tables->scans++ == 0)
        tables->in_parts = components < tables->components;
    for (size_t at = 1; at + 1 < end && at < 1 + (size_t)components * 2; at += 2)
        tables->scanned += area_of(tables, segment[at]);
}

bool jpeg_tables_scan(struct jpeg_tables *tables, const uint8_t *segment, size_t size,
                      size_t length)
{
    enum { COMPONENT = 2, TRAILER = 3 };
    if (size > 0)
        count_scan(tables, segment, smaller(size, length));
    if (size == 0 || (tables->needed & ~tables->quantization) != 0)
        return false;
    const size_t trailer = 1 + (size_t)segment[0] * COMPONENT;
    if (trailer + TRAILER > smaller(size, length))
        return false;
    // A progressive scan is of DC alone or of AC alone, and only DC's first one is Huffman-coded.
    const bool first = segment[trailer + 2] >> 4 == 0;
    const bool dc = !tables->progressive || (segment[trailer] == 0 && first);
    const bool ac = !tables->progressive || segment[trailer] != 0;
    for (size_t at = 2; at < trailer; at += COMPONENT) {
        const unsigned used_dc = 1u << (segment[at] >> 4);
        const unsigned used_ac = 1u << (segment[at] & 15);
        if ((dc && !(tables->dc & used_dc)) || (ac && !(tables->ac & used_ac)))
            return false;
    }
    return true;
}
