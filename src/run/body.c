// SPDX-License-Identifier: MIT
#include "run/body.h"

#include "run/digest.h"
#include "run/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

int body_open_file(struct body *body, int folder, const char *name)
{
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    body->digest = digest_new();
    if (body->digest == NULL) {
        errno = ENOMEM;
        return -1;
    }
    body->descriptor = openat(folder, name, flags, 0666);
    if (body->descriptor < 0)
        return -1;
    body->folder = folder;
    strncpy(body->temporary, name, sizeof body->temporary - 1);
    return 0;
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
        if (body->digest != NULL)
            digest_update(body->digest, from, (size_t)wrote);
        from += wrote;
        size -= (size_t)wrote;
        body->bytes += (uint64_t)wrote;
    }
    return 0;
}

int body_restart(struct body *body)
{
    uint8_t unwanted[DIGEST_BYTES];
    if (body->digest != NULL) {
        digest_finish(body->digest, unwanted);
        body->digest = digest_new();
        if (body->digest == NULL) {
            errno = ENOMEM;
            return -1;
        }
    }
    body->bytes = 0;
    return ftruncate(body->descriptor, 0) == 0 && lseek(body->descriptor, 0, SEEK_SET) == 0 ? 0
                                                                                            : -1;
}

static int close_file(struct body *body)
{
    const int closed = close(body->descriptor);
    body->descriptor = -1;
    return closed;
}

void body_sha256(struct body *body, uint8_t sha256[DIGEST_BYTES])
{
    if (body->digest != NULL)
        digest_finish(body->digest, body->sha256);
    body->digest = NULL;
    memcpy(sha256, body->sha256, DIGEST_BYTES);
}

int body_rename(struct body *body, int directory, const char *path, bool sync,
                uint8_t sha256[DIGEST_BYTES])
{
    body_sha256(body, sha256);
    if (sync && durable_sync(body->descriptor) != 0)
        return -1;
    // Network file systems report a full disk only when a file is closed.
    if (close_file(body) != 0 || renameat(body->folder, body->temporary, directory, path) != 0)
        return -1;
    body->folder = -1;
    return 0;
}

void body_close(struct body *body)
{
    uint8_t unwanted[DIGEST_BYTES];
    if (body->descriptor >= 0)
        close_file(body);
    if (body->digest != NULL)
        digest_finish(body->digest, unwanted);
    if (body->folder >= 0)
        unlinkat(body->folder, body->temporary, 0);
    body->digest = NULL;
    body->folder = -1;
}
