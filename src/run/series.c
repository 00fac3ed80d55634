// SPDX-License-Identifier: MIT
#include "run/series.h"

#include "run/durable.h"
#include "run/gather.h"
#include "run/outputs_parts.h"
#include "run/sample.h"
#include "run/written.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char series_prefix[] = "series-";

enum { PREFIX_LENGTH = sizeof series_prefix - 1, MOST_OF_ONE_RUN = 1000 };

// ---- names ----

bool series_is_one(const char *file)
{
    return strncmp(file, series_prefix, PREFIX_LENGTH) == 0 && strlen(file) < SERIES_NAME_BYTES;
}

#define OWNER_BYTES (SERIES_NAME_BYTES + sizeof PARTIAL_PREFIX)

static void owner_of(const char *file, char owner[OWNER_BYTES])
{
    const char *run = file + PREFIX_LENGTH;
    snprintf(owner, OWNER_BYTES, PARTIAL_PREFIX "%.*s", (int)strcspn(run, "-"), run);
}

bool series_may_grow(int directory, int partial, const char *file)
{
    char owner[OWNER_BYTES];
    struct stat theirs, ours;
    owner_of(file, owner);
    if (fstatat(directory, owner, &theirs, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    return fstat(partial, &ours) != 0 || theirs.st_dev != ours.st_dev ||
           theirs.st_ino != ours.st_ino;
}

bool series_is_anothers(int directory, int partial, const char *file)
{
    char owner[OWNER_BYTES];
    owner_of(file, owner);
    return series_may_grow(directory, partial, file) && outputs_are_of_live_run(directory, owner);
}

static void path_of(const struct series *series, char path[SPOOL_PATH_BYTES])
{
    snprintf(path, SPOOL_PATH_BYTES, SPOOL_FOLDER "/%s/%s", series->package, series->file);
}

// ---- the file ----

// A killed run of the same number may have left one of that name: then it has another number
// behind.
static int create(struct series *series, const struct outputs *outputs)
{
    const char *run = outputs->partial_name + sizeof PARTIAL_PREFIX - 1;
    char path[SPOOL_PATH_BYTES];
    int file = -1;
    for (unsigned i = 0; i < MOST_OF_ONE_RUN && file < 0; i++) {
        snprintf(series->file, sizeof series->file, i == 0 ? "%s%s" : "%s%s-%u", series_prefix, run,
                 i);
        path_of(series, path);
        file = openat(outputs->directory, path,
                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (file < 0 && errno != EEXIST)
            break;
    }
    series->bytes = 0;
    if (file < 0)
        series->file[0] = '\0'; // it is not ours
    return file;
}

static int begin(struct series *series, const struct outputs *outputs, uint64_t index)
{
    if (sample_package(outputs, index, series->package) != 0 ||
        sample_make_folder(outputs, series->package) != 0)
        return -1;
    const int file = create(series, outputs);
    if (file >= 0 && outputs->sync && sample_sync_folder(outputs, series->package) != 0)
        return written_close(file, -1);
    return file;
}

// It may have been packed by another run.
static int open_series(struct series *series, const struct outputs *outputs, uint64_t index)
{
    char path[SPOOL_PATH_BYTES];
    int file = -1;
    if (series->file[0] != '\0') {
        path_of(series, path);
        file = openat(outputs->directory, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0 && errno != ENOENT)
            return -1;
    }
    return file >= 0 ? file : begin(series, outputs, index);
}

// ---- appending ----

static int append_one(struct series *series, struct outputs *outputs, struct gather *gather,
                      struct job *job)
{
    gather->used = 0;
    if (lseek(gather->file, (off_t)series->bytes, SEEK_SET) < 0)
        return -1;
    int failed = sample_add(outputs, job, series->package, gather);
    if (failed == 0)
        failed = gather_flush(gather);
    const off_t end = failed == 0 ? lseek(gather->file, 0, SEEK_CUR) : -1;
    if (end >= 0) {
        series->bytes = (uint64_t)end;
        return 0;
    }
    const int error = errno;
    // What cannot be cut off is written over, or is no whole sample.
    (void)!ftruncate(gather->file, (off_t)series->bytes);
    errno = error;
    return -1;
}

static int append_all(struct series *series, struct outputs *outputs, int file, struct job *jobs)
{
    uint8_t buffer[LIMIT_COPY_BUFFER_BYTES];
    struct gather gather = {.file = file, .bytes = buffer, .room = sizeof buffer};
    int stopping = 0;
    for (struct job *job = jobs; job != NULL; job = job->next) {
        const int error = append_one(series, outputs, &gather, job) == 0 ? 0 : errno;
        const int all = error == 0 ? 0 : outputs_fail(job, error);
        stopping = stopping == 0 ? all : stopping;
    }
    return stopping;
}

static int fail_all(struct job *jobs, int error)
{
    int stopping = 0;
    for (struct job *job = jobs; job != NULL; job = job->next)
        stopping = outputs_fail(job, error);
    return stopping;
}

int series_append(struct series *series, struct outputs *outputs, struct job *jobs)
{
    const int file = open_series(series, outputs, jobs->index);
    if (file < 0)
        return fail_all(jobs, errno);
    const uint64_t before = series->bytes;
    const int stopping = append_all(series, outputs, file, jobs);
    if (written_close(file, outputs->sync ? durable_sync(file) : 0) == 0)
        return stopping;
    series->bytes = before;
    return fail_all(jobs, errno);
}
