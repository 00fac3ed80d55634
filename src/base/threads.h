// SPDX-License-Identifier: MIT
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#include <stddef.h>

// Calls `body` with each of `count` neighbouring items of that size, at most LIMIT_SHARING_THREADS,
// at once: the first one in this thread, and so every other for which there is no thread to be had.
// Returns when all calls have. Blocking.
void threads_share(void (*body)(void *item), void *items, size_t size, size_t count);

#endif
