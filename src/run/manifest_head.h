// SPDX-License-Identifier: MIT
// The first line of a manifest: what wrote it, and which part of a list it is of.
//
//     {"edgefetch":VERSION,"schema":1,"started":TIME}
//     ... with "shard":{"number":3,"count":100,"by":"url"} in a shard's, see shard.h
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

#endif
