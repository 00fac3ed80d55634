// SPDX-License-Identifier: MIT
#include "run/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool add(struct folder *folder, const char *name)
{
    if (folder->count == folder->capacity) {
        const size_t capacity = folder->capacity == 0 ? 64 : 2 * folder->capacity;
        char **larger = realloc(folder->names, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        folder->names = larger;
        folder->capacity = capacity;
    }
    char *copy = strdup(name);
    if (copy != NULL)
        folder->names[folder->count++] = copy;
    return copy != NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int folder_read(struct folder *folder, int directory)
{
    *folder = (struct folder){0};
    const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    if (listing == NULL) {
        const int error = errno;
        if (copy >= 0)
            close(copy);
        errno = error;
        return -1;
    }
    bool ok = true;
    const struct dirent *entry;
    for (errno = 0; ok && (entry = readdir(listing)) != NULL; errno = 0)
        ok = entry->d_name[0] == '.' || add(folder, entry->d_name);
    const int error = errno;
    closedir(listing);
    if (folder->count > 0)
        qsort(folder->names, folder->count, sizeof *folder->names, compare);
    errno = error;
    return ok && error == 0 ? 0 : -1;
}

void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->names[i]);
    free(folder->names);
    *folder = (struct folder){0};
}
