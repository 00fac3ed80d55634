// SPDX-License-Identifier: MIT
#ifndef BASE_WRITE_ALL_H
#define BASE_WRITE_ALL_H

#include <stddef.h>

// write(), as often as it takes. Returns 0, or -1 with errno; then a part may have been written.
int write_all(int descriptor, const void *data, size_t size);

#endif
