// SPDX-License-Identifier: MIT
#include "run/body.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int memory_file(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int memory_file_seal(int descriptor)
{
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int body_append(struct body *body, const void *data, size_t size)
{
    const char *from = data;
    if (body->descriptor < 0)
        body->descriptor = memory_file("edgefetch-body");
    if (body->descriptor < 0)
        return -1;
    while (size > 0) {
        const ssize_t wrote = write(body->descriptor, from, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        from += wrote;
        size -= (size_t)wrote;
        body->bytes += (uint64_t)wrote;
    }
    return 0;
}

void body_close(struct body *body)
{
    if (body->descriptor >= 0)
        close(body->descriptor);
    body->descriptor = -1;
}
