// SPDX-License-Identifier: MIT
// The figures at the top, one behind the other as far as there is room.
#include "cli/block_parts.h"

#include "cli/amounts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ULL(value) ((unsigned long long)(value))

enum {
    BAR_LEAST = 10,   // columns
    BAR_MOST = 40,    // columns
    PIECE_BYTES = 64, // of one figure with its word
    PIECES = 8,
};

struct pieces {
    unsigned count;
    struct piece {
        enum pen_colour colour; // 0: none
        char text[PIECE_BYTES];
    } pieces[PIECES];
};

__attribute__((format(printf, 3, 4))) static void add(struct pieces *pieces, enum pen_colour colour,
                                                      const char *format, ...)
{
    struct piece *piece = &pieces->pieces[pieces->count++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(piece->text, sizeof piece->text, format, arguments);
    va_end(arguments);
    piece->colour = colour;
}

// In at most `most` lines; what does not fit is left out.
static void flow(struct pen *pen, const struct pieces *pieces, unsigned most)
{
    const unsigned gap = block_is_narrow(pen->style) ? 1 : BLOCK_GAP;
    unsigned lines = 1;
    for (unsigned i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->pieces[i];
        const unsigned before = pen->column > 0 ? gap : 0;
        if (before + strlen(piece->text) > pen_left(pen)) {
            if (lines == most || pen->column == 0)
                continue;
            pen_end_line(pen);
            lines++;
        } else {
            pen_to(pen, pen->column + before);
        }
        if (piece->colour != 0)
            pen_coloured(pen, piece->colour, piece->text);
        else
            pen_text(pen, piece->text);
    }
    pen_end_line(pen);
}

static void add_failed(struct pieces *pieces, const struct progress *progress)
{
    if (progress->failed > 0)
        add(pieces, PEN_RED, "%llu failed", ULL(progress->failed));
}

void block_counts(struct pen *pen, const struct progress *progress, unsigned most)
{
    const bool narrow = block_is_narrow(pen->style);
    const double share = progress->total > 0 ? (double)progress->done / (double)progress->total : 0;
    const unsigned third = pen_width(pen->style) / 3;
    struct pieces pieces = {0};
    if (progress->total_known && third >= BAR_LEAST)
        pen_bar(pen, third < BAR_MOST ? third : BAR_MOST, share);
    if (progress->total_known && !narrow)
        add(&pieces, 0, "%3u %%", (unsigned)(100 * share));
    add(&pieces, 0, narrow ? "%llu/%llu%s" : "%llu of %llu%s", ULL(progress->done),
        ULL(progress->total), progress->total_known ? "" : "+");
    if (narrow)
        add_failed(&pieces, progress);
    add(&pieces, 0, "%llu ok", ULL(progress->ok));
    if (!narrow)
        add_failed(&pieces, progress);
    if (progress->skipped > 0)
        add(&pieces, 0, "%llu skipped", ULL(progress->skipped));
    if (progress->cancelled > 0)
        add(&pieces, 0, "%llu cancelled", ULL(progress->cancelled));
    if (progress->stopping)
        add(&pieces, PEN_YELLOW, "stopping");
    flow(pen, &pieces, most);
}

void block_rates(struct pen *pen, const struct progress *progress, unsigned most)
{
    const bool narrow = block_is_narrow(pen->style);
    const char *at_least = progress->total_known || progress->left_s < 0 ? "" : "at least ";
    char text[AMOUNT_BYTES], more[AMOUNT_BYTES];
    struct pieces pieces = {0};
    add(&pieces, 0, narrow ? "%.1f/s" : "%.1f pictures/s", progress->pictures_per_s);
    add(&pieces, 0, "%s%s left", at_least, amount_of_seconds(progress->left_s, text));
    add(&pieces, 0, "%s/s", amount_of_bytes(progress->bytes_per_s, text));
    add(&pieces, 0, "%s of %s held", amount_of_bytes((double)progress->held, text),
        amount_of_bytes((double)progress->most_held, more));
    flow(pen, &pieces, most);
}
