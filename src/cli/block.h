// SPDX-License-Identifier: MIT
// The status block: what a terminal shows of a run while it goes on. Figures in, lines of text out.
//
//     ████████▋░░░░░░░░░░░░░░░░░  33 %  4 of 12  3 ok  1 failed
//     3.9 pictures/s  2.1 MiB/s  0:03 left  3.4 MiB of 512 MiB held
//     download 1  bridge.jpg                                  412 KiB   37 %
//     download 2  city.jpg                                           waiting
//     worker 1    boat.jpg                                            2 s
//     worker 2    -
//
// On a small terminal, or with many downloads, a row becomes a character for each of them:
// n (name lookup), w (waiting for an answer), b (body), '.' (free); '#' for a busy worker.
#ifndef CLI_BLOCK_H
#define CLI_BLOCK_H

#include "cli/pen.h"
#include "cli/progress.h"

// At most style->rows - 1 lines, and at most LIMIT_STATUS_LINES, none wider than pen_width().
void block_lay_out(const struct progress *progress, const struct block_style *style,
                   struct block *block);

#endif
