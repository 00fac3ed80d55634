// SPDX-License-Identifier: MIT
#include "cli/pen.h"

#include "base/text.h"
#include "cli/columns.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FOREIGN_BYTES = 512 };

unsigned pen_width(const struct block_style *style)
{
    return style->columns > 1 ? style->columns - 1 : 0;
}

unsigned pen_left(const struct pen *pen)
{
    const unsigned width = pen_width(pen->style);
    return width > pen->column ? width - pen->column : 0;
}

// A piece is put whole or not at all, and a newline always fits behind.
static bool put(struct pen *pen, const char *piece, size_t size)
{
    struct block *block = pen->block;
    if (size + 1 > sizeof block->text - block->used)
        return false;
    memcpy(block->text + block->used, piece, size);
    block->used += size;
    return true;
}

static void put_columns(struct pen *pen, const char *piece, size_t size, unsigned columns)
{
    if (columns <= pen_left(pen) && put(pen, piece, size))
        pen->column += columns;
}

// One code point as this terminal can show it. Returns its bytes in `text`.
static size_t put_code_point(struct pen *pen, const char *text, size_t size, unsigned *most)
{
    uint32_t code_point = '?';
    const size_t length = utf8_decode(text, size, &code_point);
    int columns = columns_of(code_point);
    const bool shown = columns >= 0 && (code_point < 0x80 || pen->style->unicode);
    if (!shown)
        columns = columns == 0 ? 0 : 1;
    if ((unsigned)columns > *most) {
        *most = 0;
        return size;
    }
    if (shown)
        put_columns(pen, text, length, (unsigned)columns);
    else if (columns > 0)
        put_columns(pen, "?", 1, 1);
    *most -= (unsigned)columns;
    return length;
}

void pen_foreign(struct pen *pen, const char *text, unsigned most)
{
    char shown[FOREIGN_BYTES];
    text_printable(text, shown, sizeof shown);
    if (most > pen_left(pen))
        most = pen_left(pen);
    const size_t size = strlen(shown);
    const bool cut = columns_of_text(shown) > most;
    const unsigned dots = !cut ? 0 : pen->style->unicode ? 1 : most < 8 ? 1 : 3;
    if (cut && most < dots)
        return;
    unsigned left = most - dots;
    for (size_t i = 0; i < size && (left > 0 || !cut);)
        i += put_code_point(pen, shown + i, size - i, &left);
    if (cut && pen->style->unicode)
        put_columns(pen, "\u2026", strlen("\u2026"), 1);
    else if (cut)
        put_columns(pen, "...", dots, dots);
}

void pen_text(struct pen *pen, const char *text)
{
    put_columns(pen, text, strlen(text), (unsigned)strlen(text));
}

void pen_printf(struct pen *pen, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pen_text(pen, text);
}

void pen_coloured(struct pen *pen, enum pen_colour colour, const char *text)
{
    char piece[FOREIGN_BYTES];
    const int size = pen->style->colour
                         ? snprintf(piece, sizeof piece, "\033[%dm%s\033[0m", (int)colour, text)
                         : snprintf(piece, sizeof piece, "%s", text);
    if (size > 0 && (size_t)size < sizeof piece)
        put_columns(pen, piece, (size_t)size, (unsigned)strlen(text));
}

static void bar_of_blocks(struct pen *pen, unsigned columns, double share)
{
    static const char *const parts[] = {"",       "\u258F", "\u258E", "\u258D",
                                        "\u258C", "\u258B", "\u258A", "\u2589"};
    const unsigned eighths = (unsigned)(share * 8 * columns);
    unsigned column = 0;
    for (; column < eighths / 8; column++)
        put_columns(pen, "\u2588", strlen("\u2588"), 1);
    if (eighths % 8 > 0) {
        put_columns(pen, parts[eighths % 8], strlen(parts[1]), 1);
        column++;
    }
    for (; column < columns; column++)
        put_columns(pen, "\u2591", strlen("\u2591"), 1);
}

void pen_bar(struct pen *pen, unsigned columns, double share)
{
    if (columns < 3 || columns > pen_left(pen))
        return;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    if (pen->style->colour)
        put(pen, "\033[32m", 5);
    if (pen->style->unicode) {
        bar_of_blocks(pen, columns, share);
    } else {
        const unsigned inside = columns - 2;
        const unsigned filled = (unsigned)(share * inside);
        pen_text(pen, "[");
        for (unsigned i = 0; i < inside; i++)
            pen_text(pen, i < filled ? "#" : "-");
        pen_text(pen, "]");
    }
    if (pen->style->colour)
        put(pen, "\033[0m", 4);
}

void pen_to(struct pen *pen, unsigned column)
{
    while (pen->column < column && pen_left(pen) > 0) {
        const unsigned before = pen->column;
        pen_text(pen, " ");
        if (pen->column == before)
            return;
    }
}

void pen_end_line(struct pen *pen)
{
    if (pen->block->used < sizeof pen->block->text) {
        pen->block->text[pen->block->used++] = '\n';
        pen->block->lines++;
    }
    pen->column = 0;
}
