// SPDX-License-Identifier: MIT
#include "run/strays.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FOLDERS = 16 }; // in one another; there are none below what a run writes

struct search {
    void (*found)(void *context, const char *path);
    void *context;
    char path[LIMIT_PATH_BYTES]; // of what is being looked at
    unsigned depth;
};

static bool search_folder(struct search *search, int parent, const char *name, int flags);

static bool fail(const struct search *search)
{
    char shown[LIMIT_PATH_BYTES];
    log_error("%s:", text_printable(search->path, shown, sizeof shown));
    return false;
}

static bool is_folder(int folder, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode);
}

static bool take_entry(struct search *search, int folder, const struct dirent *entry)
{
    const size_t length = strlen(search->path);
    bool ok = true;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        return true;
    if (length + 1 + strlen(entry->d_name) >= sizeof search->path) {
        errno = ENAMETOOLONG;
        return fail(search);
    }
    snprintf(search->path + length, sizeof search->path - length, "/%s", entry->d_name);
    if (is_folder(folder, entry))
        ok = search_folder(search, folder, entry->d_name, O_NOFOLLOW);
    else
        search->found(search->context, search->path);
    search->path[length] = '\0';
    return ok;
}

// Also when one entry cannot be read the others are gone through.
static bool read_folder(struct search *search, DIR *listing)
{
    bool ok = true;
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(listing)) != NULL; errno = 0)
        ok = take_entry(search, dirfd(listing), entry) && ok;
    return errno == 0 ? ok : fail(search);
}

static bool search_folder(struct search *search, int parent, const char *name, int flags)
{
    const int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    DIR *listing = folder < 0 ? NULL : fdopendir(folder);
    bool ok = false;
    if (listing == NULL || search->depth == MOST_FOLDERS) {
        errno = listing == NULL ? errno : ELOOP;
        fail(search);
    } else {
        search->depth++;
        ok = read_folder(search, listing);
        search->depth--;
    }
    if (listing != NULL)
        closedir(listing);
    else if (folder >= 0)
        close(folder);
    return ok;
}

bool strays_find(int directory, const char *below, void (*found)(void *context, const char *path),
                 void *context)
{
    static const char *const folders[] = {"original", "edges", "resized", "packages"};
    struct search search = {.found = found, .context = context};
    bool ok = true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct stat status;
        if (strlen(below) + strlen(folders[i]) >= sizeof search.path)
            continue; // no file can be there
        snprintf(search.path, sizeof search.path, "%s%s", below, folders[i]);
        if (fstatat(directory, search.path, &status, 0) != 0 && errno == ENOENT)
            continue;
        ok = search_folder(&search, directory, search.path, 0) && ok;
    }
    return ok;
}
