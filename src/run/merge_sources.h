// SPDX-License-Identifier: MIT
// What is merged: the directories of the shards of one list, or of runs that are none.
#ifndef RUN_MERGE_SOURCES_H
#define RUN_MERGE_SOURCES_H

#include "run/complete.h"
#include "run/shard.h"

#include <jansson.h>

#include <stddef.h>

struct merge_source {
    char *path;   // of the directory
    char *folder; // the same relative to the merged manifest's, with '/' at its end
    struct shard shard;
    char started[32]; // of its first run, as the manifest has it; "": not known
    bool ended;       // a shard's complete.json is there, and ...
    struct complete complete;
};

struct merge_sources {
    struct merge_source *items; // shards by number, other directories as they were given
    size_t count;
    struct shard shard; // `count` and `by_host` of all; 0: they are no shards
    // Where the merged manifest goes. Every source stands below its directory.
    char *directory, *target;
};

enum merge_result {
    MERGE_DONE,
    MERGE_REFUSED,     // what was asked for makes no sense
    MERGE_FAILED,      // something cannot be read or written
    MERGE_INTERRUPTED, // by a signal; the only one without a message
};

// Finds what there is: a path is the directory of a run or shard, or one that holds those of
// shards. `output` is a file or directory, or NULL, for which there must be one path that holds
// shards. A shard without a manifest is not there. Blocking. merge_sources_free() is right whatever
// comes of it.
enum merge_result merge_sources_find(struct merge_sources *sources, char *const *paths,
                                     size_t count, const char *output);

void merge_sources_free(struct merge_sources *sources);

// The first line of the merged manifest, with its newline; the same for the same sources. NULL when
// out of memory; the caller frees it. It is that of a manifest, and in it
//
//     "merged":{"shards":100,"by":"url","from":["", "other/"]}
//
// where `from` has the folders that hold the shards' directories; or, where there are no shards,
// "merged":{"from":[...]} with the directories themselves.
char *merge_sources_head(const struct merge_sources *sources);

#endif
