// SPDX-License-Identifier: MIT
// What is said of a merging: its summary, for people and for programs.
#ifndef CLI_MERGE_TOLD_H
#define CLI_MERGE_TOLD_H

#include "run/merge.h"
#include "run/recount.h"

#include <jansson.h>

#include <stdio.h>

struct merge_told {
    const struct merge_sources *sources;
    struct recount recount;
    struct merge_counts counts;
    json_t *missing, *incomplete; // numbers of shards
};

// The numbers of the shards that are not among the sources. NULL when out of memory.
json_t *merge_missing(const struct merge_sources *sources);

void merge_print(FILE *out, const struct merge_told *told);

// NULL when out of memory; the caller releases it.
json_t *merge_stats(const struct merge_told *told);

#endif
