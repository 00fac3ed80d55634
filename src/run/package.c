// SPDX-License-Identifier: MIT
#include "run/package.h"

#include "base/limits.h"
#include "run/durable.h"
#include "run/folder.h"
#include "run/package_files.h"
#include "run/tar.h"
#include "run/written.h"

#include <jansson.h>

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

// Where there is a package there is its index: that comes first.
static int rename_files(int directory, int partial, const char *name, bool sync)
{
    char temporary[PATH_BYTES], path[PATH_BYTES];
    static const char *const extensions[] = {"idx", "tar"};
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        snprintf(temporary, sizeof temporary, "%s.%s", name, extensions[i]);
        path_of(name, extensions[i], path);
        if (renameat(partial, temporary, directory, path) != 0)
            return -1;
    }
    if (!sync)
        return 0;
    const int folder = openat(directory, PACKAGES_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder < 0 ? -1 : written_close(folder, durable_sync(folder));
}

static void forget(int directory, int spool, const char *path, const struct folder *samples)
{
    package_files_forget(spool, samples);
    unlinkat(directory, path, AT_REMOVEDIR);
}

int package_make(int directory, int partial, const char *name, bool sync)
{
    char path[PATH_BYTES];
    struct folder samples;
    snprintf(path, sizeof path, SPOOL_FOLDER "/%s", name);
    const int spool = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return errno == ENOENT ? 0 : -1;
    int failed = folder_read(&samples, spool);
    if (failed == 0 && samples.count > 0)
        failed = package_files_write(partial, spool, name, &samples, sync);
    if (failed == 0 && samples.count > 0)
        failed = rename_files(directory, partial, name, sync);
    if (failed == 0)
        forget(directory, spool, path, &samples);
    const int error = errno;
    folder_free(&samples);
    close(spool);
    errno = error;
    return failed;
}

// ---- all of them ----

// Calls for every package for which something waits. Returns 0, or -1 with errno.
static int for_each(int directory, int (*call)(void *context, const char *name), void *context)
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
    return for_each(directory, make_next, &all);
}

// ---- cleaning ----

struct cleaning {
    int directory;
    bool (*is_done)(void *context, const char *url);
    void *context;
};

static json_t *read_json(int sample, const struct tar_member *member)
{
    json_t *line = NULL;
    char *text = member->size > LIMIT_MANIFEST_LINE_BYTES ? NULL : malloc((size_t)member->size + 1);
    if (text != NULL &&
        pread(sample, text, (size_t)member->size, (off_t)member->offset) == (ssize_t)member->size)
        line = json_loadb(text, (size_t)member->size, 0, NULL);
    free(text);
    return line;
}

// What a sample's last member tells of.
static bool is_wanted(const struct cleaning *cleaning, int sample)
{
    struct tar_member member = {.name = ""};
    uint64_t at = 0;
    int found;
    const struct tar_source source = {.file = sample};
    while ((found = tar_next(&source, &at, &member)) == 1)
        ;
    if (found != 0)
        return false;
    json_t *line = read_json(sample, &member);
    const char *url = json_string_value(json_object_get(line, "url"));
    const bool wanted = url != NULL && cleaning->is_done(cleaning->context, url);
    json_decref(line);
    return wanted;
}

static int clean_next(void *context, const char *name)
{
    const struct cleaning *cleaning = context;
    char path[PATH_BYTES];
    struct folder samples;
    const bool made = package_is_made(cleaning->directory, name);
    snprintf(path, sizeof path, SPOOL_FOLDER "/%s", name);
    const int spool = openat(cleaning->directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return -1;
    const int failed = folder_read(&samples, spool);
    for (size_t i = 0; i < samples.count; i++) {
        const int sample = openat(spool, samples.names[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (made || sample < 0 || !is_wanted(cleaning, sample))
            unlinkat(spool, samples.names[i], 0);
        if (sample >= 0)
            close(sample);
    }
    unlinkat(cleaning->directory, path, AT_REMOVEDIR); // unless something waits in it
    folder_free(&samples);
    return written_close(spool, failed);
}

int package_clean(int directory, bool (*is_done)(void *context, const char *url), void *context)
{
    struct cleaning cleaning = {directory, is_done, context};
    return for_each(directory, clean_next, &cleaning);
}
