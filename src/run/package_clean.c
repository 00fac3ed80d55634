// SPDX-License-Identifier: MIT
#include "run/package_clean.h"

#include "base/limits.h"
#include "run/durable.h"
#include "run/gather.h"
#include "run/package.h"
#include "run/waiting.h"
#include "run/written.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char rewritten[] = "cleaned";

struct cleaning {
    int directory, partial;
    bool (*is_done)(void *context, const char *url);
    void *context;
};

// 0 when its URL is not done, 1 when it is, or -1 with errno. A damaged line tells of no URL: its
// sample is kept, for it may be done.
static int is_wanted(const struct cleaning *cleaning, int file, const struct tar_member *line)
{
    char *text = waiting_line(file, line);
    if (text == NULL)
        return errno == EILSEQ ? 1 : -1;
    json_t *object = json_loads(text, 0, NULL);
    const char *url = json_string_value(json_object_get(object, "url"));
    const bool wanted = url == NULL || cleaning->is_done(cleaning->context, url);
    json_decref(object);
    free(text);
    return wanted;
}

// ---- one file ----

// Its samples up to the first that is not wanted, and whether one behind that is.
struct found {
    uint64_t beginning; // bytes
    bool more;
};

static int look(const struct cleaning *cleaning, int file, uint64_t bytes, struct found *found)
{
    struct waiting_sample sample;
    struct tar_member line;
    uint64_t at = 0;
    int result = 0;
    bool all = true;
    while (!found->more && (result = waiting_next(file, bytes, &at, &sample, &line)) == 1) {
        const int wanted = is_wanted(cleaning, file, &line);
        if (wanted < 0)
            return -1;
        all = all && wanted == 1;
        if (all)
            found->beginning = at;
        found->more = wanted == 1 && !all;
    }
    return found->more ? 0 : result;
}

static int copy_wanted(const struct cleaning *cleaning, int file, uint64_t bytes, int to)
{
    uint8_t buffer[LIMIT_COPY_BUFFER_BYTES];
    struct gather gather = {.file = to, .bytes = buffer, .room = sizeof buffer};
    struct waiting_sample sample;
    struct tar_member line;
    uint64_t at = 0;
    int found;
    while ((found = waiting_next(file, bytes, &at, &sample, &line)) == 1) {
        const int wanted = is_wanted(cleaning, file, &line);
        if (wanted < 0 ||
            (wanted == 1 && gather_copy(&gather, file, sample.at, sample.bytes, NULL) != 0))
            return -1;
    }
    return found == 0 && gather_flush(&gather) == 0 ? durable_sync(to) : -1;
}

static int rewrite(const struct cleaning *cleaning, int file, uint64_t bytes, int spool,
                   const char *name)
{
    const int to = openat(cleaning->partial, rewritten,
                          O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (to < 0 || written_close(to, copy_wanted(cleaning, file, bytes, to)) != 0)
        return -1;
    return renameat(cleaning->partial, rewritten, spool, name);
}

static int keep_wanted(const struct cleaning *cleaning, int file, int spool, const char *name)
{
    struct stat status;
    struct found found = {0};
    if (fstat(file, &status) != 0)
        return -1;
    const uint64_t bytes = (uint64_t)status.st_size;
    if (look(cleaning, file, bytes, &found) != 0)
        return -1;
    if (found.more)
        return rewrite(cleaning, file, bytes, spool, name);
    if (found.beginning == 0)
        return unlinkat(spool, name, 0);
    return found.beginning < bytes ? ftruncate(file, (off_t)found.beginning) : 0;
}

static int clean_file(const struct cleaning *cleaning, int spool, const char *name, bool made)
{
    if (made)
        return unlinkat(spool, name, 0);
    const int file = openat(spool, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return file < 0 ? -1 : written_close(file, keep_wanted(cleaning, file, spool, name));
}

// ---- all of them ----

static int clean_package(void *context, const char *name)
{
    const struct cleaning *cleaning = context;
    char path[SPOOL_PATH_BYTES];
    struct waiting waiting;
    const bool made = package_is_made(cleaning->directory, name);
    snprintf(path, sizeof path, SPOOL_FOLDER "/%s", name);
    const int spool = openat(cleaning->directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return errno == ENOTDIR ? 0 : -1; // it is none of our files
    int failed = waiting_open(&waiting, cleaning->directory, cleaning->partial, spool);
    for (size_t i = 0; i < waiting.files.count && failed == 0; i++)
        failed = clean_file(cleaning, spool, waiting.files.names[i], made);
    const int error = errno;
    unlinkat(cleaning->directory, path, AT_REMOVEDIR); // unless something waits in it
    waiting_free(&waiting);
    errno = error;
    return written_close(spool, failed);
}

int package_clean(int directory, int partial, bool (*is_done)(void *context, const char *url),
                  void *context)
{
    struct cleaning cleaning = {directory, partial, is_done, context};
    return package_for_each(directory, clean_package, &cleaning);
}
