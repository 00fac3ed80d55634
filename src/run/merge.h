// SPDX-License-Identifier: MIT
// One manifest of many: of every directory the line that counts about each URL, in the order of the
// sources and, within one, of its manifest, with paths that hold where the merged manifest stands.
// Everything else of a line stays as it is. Memory: 19 to 28 bytes for each URL of the largest
// source (newest.h); and, where they are no shards, whose URLs are different ones, 9 to 16 for each
// URL of all.
#ifndef RUN_MERGE_H
#define RUN_MERGE_H

#include "run/merge_sources.h"

#include <stdbool.h>
#include <stdint.h>

// Who watches. Every function may be NULL.
struct merge_observer {
    void *context;
    // A line of the merged manifest, with its newline, and what it says. False stops, after a
    // message.
    bool (*line)(void *context, const char *text, size_t length, const json_t *line);
    // A shard that may lack URLs, and why.
    void (*incomplete)(void *context, const struct merge_source *source, const char *why);
};

struct merge_counts {
    uint64_t repeated;  // URLs of another directory too: the first one's line is taken
    uint64_t misplaced; // URLs in a shard that they do not belong to
};

// Writes sources->target, whole or not at all. Blocking.
enum merge_result merge_write(const struct merge_sources *sources,
                              const struct merge_observer *observer, struct merge_counts *counts);

#endif
