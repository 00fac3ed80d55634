// SPDX-License-Identifier: MIT
// Writing files so that no failure is missed.
#ifndef RUN_WRITTEN_H
#define RUN_WRITTEN_H

#include <stddef.h>

// Writes all of it, blocking. Returns 0, or -1 with errno.
int written_all(int descriptor, const void *data, size_t size);

// Closes a written file: network file systems report a full disk only then. `failed` is what is
// known of it before, with errno if it is not 0, and comes back unless the closing itself fails.
int written_close(int file, int failed);

#endif
