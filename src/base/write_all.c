// SPDX-License-Identifier: MIT
#include "base/write_all.h"

#include <errno.h>
#include <unistd.h>

int write_all(int descriptor, const void *data, size_t size)
{
    const char *rest = data;
    while (size > 0) {
        const ssize_t wrote = write(descriptor, rest, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        rest += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}
