// SPDX-License-Identifier: MIT
// What is shown, and how: the figures come first, then the rows, in full where there is room.
#include "cli/block_parts.h"

#include "base/limits.h"

enum { CELL_LEAST = 32 }; // columns of a row that has company in its line

static unsigned lines_of(uint64_t count, unsigned per_line)
{
    return (unsigned)((count + per_line - 1) / per_line);
}

// How many have to stand in a line for both kinds to fit into so many lines; 0: they do not fit.
static unsigned rows_per_line(const struct block_style *style, unsigned lines, uint64_t first,
                              uint64_t second)
{
    const unsigned most = (pen_width(style) + BLOCK_GAP) / (CELL_LEAST + BLOCK_GAP);
    for (unsigned per_line = 1; per_line == 1 || per_line <= most; per_line++)
        if (lines_of(first, per_line) + lines_of(second, per_line) <= lines)
            return per_line;
    return 0;
}

static void lay_out_rows(struct pen *pen, const struct progress *progress, unsigned lines)
{
    const unsigned both = rows_per_line(pen->style, lines, progress->limit, progress->workers);
    const unsigned hands =
        lines > 1 ? rows_per_line(pen->style, lines - 1, 0, progress->workers) : 0;
    if (lines == 0 || progress->slots == NULL || progress->hands == NULL)
        return;
    if (both > 0)
        block_slots(pen, progress, both);
    else
        block_slots_briefly(pen, progress);
    if (progress->workers == 0)
        return;
    if (both > 0 || hands > 0)
        block_hands(pen, progress, both > 0 ? both : hands);
    else if (lines > 1)
        block_hands_briefly(pen, progress);
}

void block_lay_out(const struct progress *progress, const struct block_style *style,
                   struct block *block)
{
    enum { FEW = 3, MANY = 7 }; // lines
    struct pen pen = {.block = block, .style = style};
    const unsigned free_lines = style->rows > 1 ? style->rows - 1 : 0;
    const unsigned lines = free_lines < LIMIT_STATUS_LINES ? free_lines : LIMIT_STATUS_LINES;
    block->lines = 0;
    block->used = 0;
    if (lines == 0 || pen_width(style) == 0)
        return;
    block_counts(&pen, progress, lines >= MANY ? 2 : 1);
    if (lines >= FEW)
        block_rates(&pen, progress, lines >= MANY ? 2 : 1);
    lay_out_rows(&pen, progress, lines - block->lines);
}
