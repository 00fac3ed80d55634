// SPDX-License-Identifier: MIT
// Where edgefetch-worker was installed.
#ifndef LIBRARY_WORKER_PATH_H
#define LIBRARY_WORKER_PATH_H

#include <stddef.h>

// Seen from this library, so that an installation may be moved as a whole; otherwise where the
// build was to be installed. Returns `path`.
char *worker_path(char *path, size_t size);

#endif
