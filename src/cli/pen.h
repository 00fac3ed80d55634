// SPDX-License-Identifier: MIT
// Writes lines of text for a terminal that are never wider than they may be.
#ifndef CLI_PEN_H
#define CLI_PEN_H

#include <stdbool.h>
#include <stddef.h>

#define BLOCK_BYTES (64 * 1024)

struct block_style {
    unsigned columns, rows; // of the terminal
    bool colour, unicode;
};

// Lines for a terminal, each ended by a newline.
struct block {
    unsigned lines;
    size_t used;
    char text[BLOCK_BYTES];
};

// Begins as {.block =, .style =}; the block is empty or has whole lines.
struct pen {
    struct block *block;
    const struct block_style *style;
    unsigned column; // where the next character goes
};

enum pen_colour { PEN_GREEN = 32, PEN_RED = 31, PEN_YELLOW = 33, PEN_DIM = 2 };

// The widest line: the last column stays free, where terminals differ in what comes behind it.
unsigned pen_width(const struct block_style *style);

// How many columns are left in this line.
unsigned pen_left(const struct pen *pen);

// Foreign text, made printable, in at most `most` columns, cut at its end where it is longer.
void pen_foreign(struct pen *pen, const char *text, unsigned most);

// Our own text, ASCII; nothing where it does not fit as a whole.
void pen_text(struct pen *pen, const char *text);
void pen_printf(struct pen *pen, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same in a colour, on terminals that have some.
void pen_coloured(struct pen *pen, enum pen_colour colour, const char *text);

// A bar of so many columns, filled to `share` (0 to 1).
void pen_bar(struct pen *pen, unsigned columns, double share);

// Spaces up to a column; nothing when it is passed already.
void pen_to(struct pen *pen, unsigned column);

void pen_end_line(struct pen *pen);

#endif
