// SPDX-License-Identifier: MIT
#include "run/written.h"

#include <errno.h>
#include <unistd.h>

int written_close(int file, int failed)
{
    const int error = errno;
    if (close(file) != 0 && failed == 0)
        return -1;
    errno = error;
    return failed;
}
