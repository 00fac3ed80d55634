// SPDX-License-Identifier: MIT
// The summary for programs: one JSON object in a file.
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include "run/engine.h"

#include <jansson.h>

// The figures of a run. NULL when out of memory; the caller releases it.
json_t *stats_of(const struct run_result *result);

// Writes them to a file. Returns 0, or -1 after a message.
int stats_write(const struct run_result *result, const char *path);

#endif
