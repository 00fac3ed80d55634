// SPDX-License-Identifier: MIT
// A file of the output directory beside what the manifest says of it.
#ifndef RUN_STORED_H
#define RUN_STORED_H

#include "run/members.h"

#include <jansson.h>

#include <stddef.h>

enum stored_state { STORED_AS_RECORDED, STORED_MISSING, STORED_DIFFERENT };

// Reads and hashes the file that an entry (original, edges, resized) of the line about the URL of
// that index tells of, whatever its size with LIMIT_COPY_BUFFER_BYTES. A path that leads elsewhere
// is not followed: its file is missing. Unless all is well `why` gets the reason, for people.
// Blocking.
enum stored_state stored_check(struct members *members, const json_t *entry, uint64_t index,
                               char *why, size_t why_size);

#endif
