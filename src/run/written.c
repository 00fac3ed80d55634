// SPDX-License-Identifier: MIT
#include "run/written.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

int written_all(int descriptor, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        const ssize_t wrote = write(descriptor, at, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        at += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

int written_close(int file, int failed)
{
    const int error = errno;
    if (close(file) != 0 && failed == 0)
        return -1;
    errno = error;
    return failed;
}
