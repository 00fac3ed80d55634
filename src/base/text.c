// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool continuation(const char *text, size_t size, size_t at)
{
    return at < size && ((unsigned char)text[at] & 0xC0u) == 0x80u;
}

size_t utf8_decode(const char *text, size_t size, uint32_t *code_point)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0)
        return 0;
    const unsigned char first = (unsigned char)text[0];
    if (first < 0x80) {
        *code_point = first;
        return 1;
    }
    const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    uint32_t value = first & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (!continuation(text, size, i))
            return 0;
        value = value << 6 | ((unsigned char)text[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return length;
}

bool utf8_valid(const char *text, size_t size)
{
    uint32_t unused;
    for (size_t i = 0; i < size;) {
        const size_t length = utf8_decode(text + i, size - i, &unused);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

bool text_is_unsafe(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},       {0x034F, 0x034F},
        {0x061C, 0x061C},    {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F},    {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xE000, 0xF8FF},    {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},    {0xFFF0, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
        {0xF0000, 0x10FFFF},
    };
    if (c >= 0x20 && c < 0x7F) // nearly all there is
        return false;
    if ((c & 0xFFFE) == 0xFFFE)
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

char *text_printable(const char *text, char *out, size_t out_size)
{
    return text_printable_n(text, strlen(text), out, out_size);
}

static size_t plain_run(const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && text[length] >= 0x20 && text[length] < 0x7F)
        length++;
    return length;
}

char *text_printable_n(const char *text, size_t size, char *out, size_t out_size)
{
    size_t used = 0;
    size_t cut = 0; // the last place where "..." and the terminator still fit behind
    for (size_t i = 0; i < size;) {
        // Nearly all there is, at once: what leaves room for a cut behind it.
        const size_t room = out_size - used > 4 ? out_size - used - 4 : 0;
        const size_t plain = plain_run(text + i, size - i < room ? size - i : room);
        memcpy(out + used, text + i, plain);
        used += plain;
        i += plain;
        if (plain > 0)
            cut = used;
        if (i == size)
            break;
        char piece[16];
        uint32_t code_point = 0;
        size_t length = utf8_decode(text + i, size - i, &code_point);
        int piece_length;
        if (length == 0) {
            piece_length =
                snprintf(piece, sizeof piece, "\\x%02X", (unsigned)(unsigned char)text[i]);
            length = 1;
        } else if (text_is_unsafe(code_point)) {
            piece_length = snprintf(piece, sizeof piece, "\\u{%X}", (unsigned)code_point);
        } else {
            piece_length = (int)length;
            memcpy(piece, text + i, length);
        }
        if (used + (size_t)piece_length + 1 > out_size) {
            memcpy(out + cut, "...", 4);
            return out;
        }
        memcpy(out + used, piece, (size_t)piece_length);
        used += (size_t)piece_length;
        if (used + 4 <= out_size)
            cut = used;
        i += length;
    }
    out[used] = '\0';
    return out;
}

unsigned text_distance(const char *a, const char *b)
{
    const size_t a_length = strlen(a);
    const size_t b_length = strlen(b);
    unsigned row[64];
    if (a_length > 63 || b_length > 63)
        return 64;
    for (unsigned j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            const unsigned substituted = diagonal + (a[i - 1] != b[j - 1]);
            const unsigned edited = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = substituted < edited ? substituted : edited;
        }
    }
    return row[b_length];
}
