// SPDX-License-Identifier: MIT
//
// Plain C file handling for the samples.
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_all(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file) {
        return false;
    }
    bool complete = fwrite(bytes, 1, size, file) == size;
    int write_error = errno;
    if (fclose(file) != 0) { // the last block is written, and can fail, here
        return false;
    }
    errno = write_error;
    return complete;
}

bool file_replace(const char *path, const unsigned char *bytes, size_t size)
{
    static const char suffix[] = ".tmp";
    size_t length = strlen(path);
    char *temporary = malloc(length + sizeof suffix);
    if (!temporary) {
        return false;
    }
    memcpy(temporary, path, length);
    memcpy(temporary + length, suffix, sizeof suffix);

    bool replaced = write_all(temporary, bytes, size) && rename(temporary, path) == 0;
    if (!replaced) {
        int cause = errno;
        (void)remove(temporary);
        errno = cause;
    }
    free(temporary);
    return replaced;
}

enum file_match file_compare(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return FILE_UNREADABLE;
    }
    unsigned char block[4096];
    size_t position = 0;
    bool same = true;
    size_t got;
    while (same && (got = fread(block, 1, sizeof block, file)) > 0) {
        same = got <= size - position && memcmp(block, bytes + position, got) == 0;
        position += got;
    }
    int read_error = ferror(file) ? errno : 0;
    (void)fclose(file);
    if (read_error) {
        errno = read_error;
        return FILE_UNREADABLE;
    }
    return same && position == size ? FILE_SAME : FILE_DIFFERS;
}
