// SPDX-License-Identifier: MIT
// A block of lines at the end of what a terminal shows, below all messages, redrawn in place.
//
// It takes nothing of the terminal that would have to be given back: no mode is set, the cursor
// stays visible and rests on the line below the block, and each frame is one write that ends
// without a colour. Whatever ends the program leaves a terminal that works.
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/pen.h"

struct terminal;

// Whether standard error is a terminal that can move its cursor and never makes us wait.
bool terminal_can_draw(void);

// What it can show now; its size is asked for each time, for it may change.
struct block_style terminal_style(void);

// From now on messages appear above the block. NULL when out of memory. One at a time.
struct terminal *terminal_open(void);

// Shows the block. Does nothing if it stands there already, while the program is in the background,
// and while the terminal does not take what it was given before.
void terminal_show(struct terminal *terminal, const struct block *block,
                   const struct block_style *style);

// Takes the block away. Does nothing for NULL.
void terminal_close(struct terminal *terminal);

#endif
