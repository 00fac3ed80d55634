// SPDX-License-Identifier: MIT
#include "run/package.h"

#include "base/limits.h"
#include "run/durable.h"
#include "run/folder.h"
#include "run/package_files.h"
#include "run/series.h"
#include "run/waiting.h"
#include "run/written.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES (sizeof PACKAGES_FOLDER + PACKAGE_NAME_BYTES + sizeof "/.tar")

static void path_of(const char *name, const char *extension, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, PACKAGES_FOLDER "/%s.%s", name, extension);
}

bool package_is_made(int directory, const char *name)
{
    struct stat there;
    char path[PATH_BYTES];
    path_of(name, "tar", path);
    return fstatat(directory, path, &there, 0) == 0;
}

#define SHARD_PREFIX "shard-"

int package_name(int directory, unsigned shard, uint64_t number, char name[PACKAGE_NAME_BYTES])
{
    char first[PACKAGE_NAME_BYTES - 12]; // room for a version behind it
    if (shard > 0)
        snprintf(first, sizeof first, SHARD_PREFIX "%05u-%06llu", shard,
                 (unsigned long long)number);
    else
        snprintf(first, sizeof first, "%06llu", (unsigned long long)number);
    strcpy(name, first);
    for (unsigned version = 1; package_is_made(directory, name); version++) {
        if (version > LIMIT_PACKAGE_VERSIONS) {
            errno = EMLINK;
            return -1;
        }
        snprintf(name, PACKAGE_NAME_BYTES, "%s-%u", first, version);
    }
    return 0;
}

size_t package_name_length(const char *text)
{
    const size_t prefix = sizeof SHARD_PREFIX - 1;
    const size_t skipped = strncmp(text, SHARD_PREFIX, prefix) == 0 ? prefix : 0;
    const size_t digits = strspn(text + skipped, "0123456789-");
    return digits > 0 && skipped + digits < PACKAGE_NAME_BYTES ? skipped + digits : 0;
}

void package_spool_path(const char *name, uint64_t index, const char *key,
                        char path[SPOOL_PATH_BYTES])
{
    snprintf(path, SPOOL_PATH_BYTES, SPOOL_FOLDER "/%s/%012llu-%s", name, (unsigned long long)index,
             key);
}

// ---- making one ----

// Where there is a package there is its index: that comes first. `tar` is in `folder`.
static int rename_files(int directory, int partial, const char *name, int folder, const char *tar)
{
    char index[PATH_BYTES], path[PATH_BYTES];
    snprintf(index, sizeof index, "%s.idx", name);
    path_of(name, "idx", path);
    if (renameat(partial, index, directory, path) != 0)
        return -1;
    path_of(name, "tar", path);
    return renameat(folder, tar, directory, path);
}

static int sync_packages(int directory)
{
    const int folder = openat(directory, PACKAGES_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder < 0 ? -1 : written_close(folder, durable_sync(folder));
}

// A package is never replaced: its name can only have been taken by another run, where the file
// system has no locks. The manifest tells of what waits as of that package, so it will be done
// again.
static int check_name(int directory, const char *name)
{
    if (!package_is_made(directory, name))
        return 0;
    errno = EEXIST;
    return -1;
}

static int pack(int directory, int partial, int spool, const char *name,
                const struct waiting *waiting, bool sync)
{
    char tar[PATH_BYTES];
    const bool alone =
        waiting_is_series(waiting) && !series_may_grow(directory, partial, waiting->files.names[0]);
    snprintf(tar, sizeof tar, "%s.tar", name);
    int failed = check_name(directory, name);
    if (failed == 0)
        failed = alone ? package_files_finish(partial, spool, name, waiting, sync)
                       : package_files_write(partial, spool, name, waiting, sync);
    if (failed == 0)
        failed = rename_files(directory, partial, name, alone ? spool : partial,
                              alone ? waiting->files.names[0] : tar);
    return failed == 0 && sync ? sync_packages(directory) : failed;
}

int package_make(int directory, int partial, const char *name, bool sync)
{
    char path[PATH_BYTES];
    struct waiting waiting;
    snprintf(path, sizeof path, SPOOL_FOLDER "/%s", name);
    const int spool = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    int failed = waiting_open(&waiting, directory, partial, spool);
    if (failed == 0)
        failed = waiting_read_samples(&waiting, spool);
    if (failed == 0 && waiting.count > 0)
        failed = pack(directory, partial, spool, name, &waiting, sync);
    for (size_t i = 0; i < waiting.files.count && failed == 0; i++)
        unlinkat(spool, waiting.files.names[i], 0); // a series that was packed has gone already
    if (failed == 0)
        unlinkat(directory, path, AT_REMOVEDIR); // unless another run has something in it
    const int error = errno;
    waiting_free(&waiting);
    close(spool);
    errno = error;
    return failed;
}

// ---- all of them ----

int package_for_each(int directory, int (*call)(void *context, const char *name), void *context)
{
    struct folder packages;
    const int spool = openat(directory, SPOOL_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return errno == ENOENT ? 0 : -1;
    int failed = written_close(spool, folder_read(&packages, spool));
    for (size_t i = 0; i < packages.count && failed == 0; i++)
        failed =
            strlen(packages.names[i]) < PACKAGE_NAME_BYTES ? call(context, packages.names[i]) : 0;
    const int error = errno;
    folder_free(&packages);
    errno = error;
    return failed;
}

struct making_all {
    int directory, partial;
    bool sync;
};

static int make_next(void *context, const char *name)
{
    const struct making_all *all = context;
    return package_make(all->directory, all->partial, name, all->sync);
}

int package_make_all(int directory, int partial, bool sync)
{
    struct making_all all = {directory, partial, sync};
    return package_for_each(directory, make_next, &all);
}
