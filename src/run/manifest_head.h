// SPDX-License-Identifier: MIT
// The first line of a manifest: what wrote it, and which part of a list it is of.
//
//     {"edgefetch":VERSION,"schema":1,"started":TIME}
//     ... with "shard":{"number":3,"count":100,"by":"url"} in a shard's, see shard.h,
//     and "merged":{...} in that of several directories, see merge_sources.h
#ifndef RUN_MANIFEST_HEAD_H
#define RUN_MANIFEST_HEAD_H

#include "run/shard.h"

#include <jansson.h>

// With its newline. NULL when out of memory; the caller frees it.
char *manifest_head_write(const struct shard *shard);

// That of an open manifest, wherever its descriptor stands. NULL when the first line is not whole
// or no head; the caller releases it. Blocking.
json_t *manifest_head_read(int manifest);

// What a head says of the shard; 0 of 0 when it is none, or none that there can be.
struct shard manifest_head_shard(const json_t *head);

// True for the head of a manifest that was merged from others; see merge_sources.h.
bool manifest_head_is_merged(const json_t *head);

// Whether lines may be added to an open manifest: not to a merged one, which the next merging would
// replace. False after a message that names `directory`, the manifest's.
bool manifest_may_grow(int manifest, const char *directory);

#endif
