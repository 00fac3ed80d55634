// SPDX-License-Identifier: MIT
// The names in a directory, in order.
#ifndef RUN_FOLDER_H
#define RUN_FOLDER_H

#include <stddef.h>

struct folder {
    char **names; // sorted by their bytes; without those that begin with a dot
    size_t count, capacity;
};

// Reads the directory behind a descriptor, which stays the caller's. Returns 0, or -1 with errno;
// folder_free() is right in either case. Blocking.
int folder_read(struct folder *folder, int directory);

void folder_free(struct folder *folder);

#endif
