// SPDX-License-Identifier: MIT
// `edgefetch bench --report`: the ways side by side on one page.
#ifndef CLI_BENCH_PAGE_H
#define CLI_BENCH_PAGE_H

#include "cli/bench_run.h"

// Keeps what a run has left in `output` and at `stats` for the page, instead of what an earlier one
// has. Call it before they are removed.
void bench_page_keep(struct bench_way *way, const char *output, const char *stats);

// Writes a page with the last run of the fastest way of each mode. Returns 0, or -1 after a
// message.
int bench_page_write(const char *path, struct bench_way *ways, size_t count);

void bench_page_free(struct bench_way *way);

#endif
