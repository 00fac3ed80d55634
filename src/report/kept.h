// SPDX-License-Identifier: MIT
// The manifest lines that a report shows: all of them, or, when there are more than a page can
// bear, every second, every fourth ... of them.
#ifndef REPORT_KEPT_H
#define REPORT_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All zero is empty.
struct kept {
    char **lines; // each one JSON object, with or without a newline
    size_t count, capacity;
    uint64_t seen;
    uint64_t every; // of so many lines one is kept; 0: none has come yet
};

// Copies a line. False when out of memory.
bool kept_add(struct kept *kept, const char *line, size_t length);

// How many lines have come and are not kept.
uint64_t kept_left_out(const struct kept *kept);

void kept_free(struct kept *kept);

#endif
