// SPDX-License-Identifier: MIT
// Which directories of runs a manifest tells of: its own, or, when it is merged, those that it was
// merged from.
#ifndef RUN_MERGED_H
#define RUN_MERGED_H

#include <jansson.h>

#include <stdbool.h>

// Calls `take` for each with its path below the manifest's directory: "" for that itself, otherwise
// with '/' at its end. `head` is the manifest's first line, or NULL; it is foreign text, and what
// it tells of elsewhere or in vain is passed over. False when `take` returned false. Blocking.
bool merged_folders(int directory, const json_t *head,
                    bool (*take)(void *context, const char *folder), void *context);

#endif
