// SPDX-License-Identifier: MIT
#include "run/durable.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int durable_sync(int descriptor)
{
    int failed;
    do {
        failed = fsync(descriptor);
    } while (failed != 0 && errno == EINTR);
    return failed;
}

int durable_sync_made(int file, int directory)
{
    return durable_sync(file) == 0 && durable_sync(directory) == 0 ? 0 : -1;
}

int durable_sync_above(const char *path)
{
    char above[LIMIT_PATH_BYTES + sizeof "/.."];
    snprintf(above, sizeof above, "%s/..", path);
    const int directory = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    const int failed = durable_sync(directory);
    const int error = errno;
    close(directory);
    errno = error;
    return failed;
}
