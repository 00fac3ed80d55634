// SPDX-License-Identifier: MIT
// The parts of the status block. Each writes whole lines.
#ifndef CLI_BLOCK_PARTS_H
#define CLI_BLOCK_PARTS_H

#include "cli/block.h"

enum {
    BLOCK_NARROW = 44, // columns; fewer: everything in its shortest form
    BLOCK_GAP = 2,     // columns between what stands in one line
};

static inline bool block_is_narrow(const struct block_style *style)
{
    return style->columns < BLOCK_NARROW;
}

// ---- block_figures.c: at most `most` lines each, what does not fit is left out ----

void block_counts(struct pen *pen, const struct progress *progress, unsigned most);
void block_rates(struct pen *pen, const struct progress *progress, unsigned most);

// ---- block_rows.c ----

// So many of them side by side.
void block_slots(struct pen *pen, const struct progress *progress, unsigned per_line);
void block_hands(struct pen *pen, const struct progress *progress, unsigned per_line);

// One line.
void block_slots_briefly(struct pen *pen, const struct progress *progress);
void block_hands_briefly(struct pen *pen, const struct progress *progress);

#endif
