// SPDX-License-Identifier: MIT
// --shard: as it is given, or from what batch engines tell their tasks.
#ifndef CLI_SHARDS_H
#define CLI_SHARDS_H

#include "run/options.h"

// option_parse functions for a struct shard and its by_host.
bool parse_shard(void *target, const char *value, char *why, size_t size);
bool parse_shard_by(void *target, const char *value, char *why, size_t size);

// What --shard-by may be: the i-th word, or NULL.
const char *shard_by_word(size_t index);

// Makes the output directory that of the shard: DIR/shard-00003-of-00100. Does nothing for a run
// that is no shard. False when out of memory, after a message; the caller frees it.
bool shard_directory(struct run_options *options, char **directory);

#endif
