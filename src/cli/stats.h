// SPDX-License-Identifier: MIT
// The summary for programs: one JSON object in a file.
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include "run/engine.h"

#include <jansson.h>

// The figures of a run. NULL when out of memory; the caller releases it.
json_t *stats_of(const struct run_result *result);

// Failures by their codes: {"http_4xx": 2}. As above.
json_t *stats_failures(const struct tally *tally);

// Writes an object to a file. Returns 0, or -1 after a message.
int stats_dump(const json_t *stats, const char *path);

// Writes the figures of a run to a file. Returns 0, or -1 after a message.
int stats_write(const struct run_result *result, const char *path);

#endif
