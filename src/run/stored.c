// SPDX-License-Identifier: MIT
#include "run/stored.h"

#include "base/limits.h"
#include "run/digest.h"
#include "run/manifest_lines.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// -1 with errno.
static int hash(int file, uint64_t bytes, char hex[DIGEST_HEX_BYTES])
{
    uint8_t sha256[DIGEST_BYTES], buffer[LIMIT_COPY_BUFFER_BYTES];
    struct digest *digest = digest_new();
    ssize_t size = 1;
    if (digest == NULL) {
        errno = ENOMEM;
        return -1;
    }
    while (size > 0 && bytes > 0) {
        size = read(file, buffer, bytes < sizeof buffer ? (size_t)bytes : sizeof buffer);
        if (size < 0 && errno == EINTR) {
            size = 1;
        } else if (size > 0) {
            digest_update(digest, buffer, (size_t)size);
            bytes -= (uint64_t)size;
        }
    }
    const int error = errno;
    digest_finish(digest, sha256);
    digest_hex(sha256, DIGEST_BYTES, hex);
    errno = error;
    return size < 0 ? -1 : 0;
}

static enum stored_state compare(int file, uint64_t size, const json_t *entry, char *why,
                                 size_t why_size)
{
    char hex[DIGEST_HEX_BYTES];
    const long long bytes = json_integer_value(json_object_get(entry, "bytes"));
    if ((long long)size != bytes) {
        snprintf(why, why_size, "%lld bytes, not %lld", (long long)size, bytes);
    } else if (hash(file, size, hex) != 0) {
        snprintf(why, why_size, "%s", strerror(errno));
    } else if (strcasecmp(hex, manifest_text(entry, "sha256")) != 0) {
        snprintf(why, why_size, "another SHA-256");
    } else {
        return STORED_AS_RECORDED;
    }
    return STORED_DIFFERENT;
}

enum stored_state stored_check(struct members *members, const json_t *entry, uint64_t index,
                               char *why, size_t why_size)
{
    const char *path = manifest_text(entry, "path");
    if (!manifest_path_is_confined(path)) {
        snprintf(why, why_size, "the path leads out of the directory");
        return STORED_MISSING;
    }
    uint64_t size;
    const int file = members_open(members, path, index, &size);
    if (file < 0) {
        const bool foreign = errno == EISDIR || errno == EINVAL;
        snprintf(why, why_size, "%s", foreign ? "it is not a file" : strerror(errno));
        return errno == ENOENT || errno == ENOTDIR ? STORED_MISSING : STORED_DIFFERENT;
    }
    const enum stored_state state = compare(file, size, entry, why, why_size);
    close(file);
    return state;
}
