// SPDX-License-Identifier: MIT
#include "run/package_files.h"

#include "base/cpus.h"
#include "base/limits.h"
#include "base/threads.h"
#include "base/write_all.h"
#include "run/durable.h"
#include "run/gather.h"
#include "run/package.h"
#include "run/tar.h"
#include "run/written.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_BYTES (PACKAGE_NAME_BYTES + sizeof ".tar")

// Neighbours among the samples, which one thread writes into the package.
struct part {
    int spool;
    char *const *names; // of `count` samples
    uint64_t *sizes;    // theirs
    size_t count;
    uint64_t bytes;       // of all of them
    uint64_t at;          // where the next one begins in the package
    struct gather gather; // the package, from `at` on
    FILE *lines;          // of the index: the `text`, `text_bytes` long when it is closed
    char *text;
    size_t text_bytes;
    int error; // an errno, or 0
};

// ---- one part ----

// The index of a sample's members. Its length must be `bytes`.
static int add_lines(struct part *part, const struct tar_source *source, uint64_t bytes)
{
    struct tar_member member;
    uint64_t at = 0;
    int found;
    while ((found = tar_next(source, &at, &member)) == 1)
        fprintf(part->lines, "%llu\t%llu\t%s\n", (unsigned long long)(part->at + member.offset),
                (unsigned long long)member.size, member.name);
    part->at += at;
    if (found == 0 && at == bytes)
        return 0;
    errno = found == 0 ? EILSEQ : errno;
    return -1;
}

static int add_large(struct part *part, int sample, uint64_t bytes)
{
    const struct tar_source source = {.file = sample};
    const int failed = add_lines(part, &source, bytes);
    return failed == 0 ? gather_copy(&part->gather, sample, bytes, NULL) : failed;
}

// A small one is read once.
static int add_small(struct part *part, int sample, size_t bytes)
{
    struct gather *gather = &part->gather;
    if (gather_make_room(gather, bytes) != 0)
        return -1;
    const struct tar_source source = {.data = gather->bytes + gather->used, .size = bytes};
    return gather_read(gather, sample, bytes, 0) == 0 ? add_lines(part, &source, bytes) : -1;
}

static int add_sample(struct part *part, int sample, uint64_t bytes)
{
    return bytes <= part->gather.room ? add_small(part, sample, (size_t)bytes)
                                      : add_large(part, sample, bytes);
}

static int add_samples(struct part *part)
{
    int failed = 0;
    for (size_t i = 0; i < part->count && failed == 0; i++) {
        const int sample = openat(part->spool, part->names[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        failed = sample < 0 ? -1 : add_sample(part, sample, part->sizes[i]);
        const int error = errno;
        if (sample >= 0)
            close(sample);
        errno = error;
    }
    return failed == 0 ? gather_flush(&part->gather) : failed;
}

static void measure_part(void *item)
{
    struct part *part = item;
    struct stat status;
    for (size_t i = 0; i < part->count; i++) {
        if (fstatat(part->spool, part->names[i], &status, AT_SYMLINK_NOFOLLOW) != 0) {
            part->error = errno;
            return;
        }
        part->sizes[i] = (uint64_t)status.st_size;
        part->bytes += part->sizes[i];
    }
}

static void write_part(void *item)
{
    struct part *part = item;
    part->gather.bytes = malloc(LIMIT_PACKAGE_GATHERED_BYTES);
    part->gather.room = LIMIT_PACKAGE_GATHERED_BYTES;
    part->lines = open_memstream(&part->text, &part->text_bytes);
    int failed = part->gather.bytes == NULL || part->lines == NULL ? -1 : 0;
    if (failed == 0 && lseek(part->gather.file, (off_t)part->at, SEEK_SET) < 0)
        failed = -1;
    if (failed == 0)
        failed = add_samples(part);
    if (failed == 0 && ferror(part->lines)) {
        errno = ENOMEM; // they are in memory
        failed = -1;
    }
    part->error = failed == 0 ? 0 : errno;
    if (part->lines != NULL && fclose(part->lines) != 0 && part->error == 0)
        part->error = errno;
    free(part->gather.bytes);
}

static void forget_part(void *item)
{
    const struct part *part = item;
    for (size_t i = 0; i < part->count; i++)
        unlinkat(part->spool, part->names[i], 0);
}

// ---- all of them ----

struct parts {
    struct part part[LIMIT_SHARING_THREADS];
    size_t count;
};

static void share_out(struct parts *parts, int spool, const struct folder *samples, uint64_t *sizes)
{
    const size_t cpus = cpus_allowed(), worth = samples->count / LIMIT_PACKAGE_THREAD_SAMPLES + 1;
    const size_t most = cpus < LIMIT_SHARING_THREADS ? cpus : LIMIT_SHARING_THREADS;
    parts->count = worth < most ? worth : most;
    for (size_t i = 0, first = 0, end; i < parts->count; i++, first = end) {
        end = samples->count * (i + 1) / parts->count;
        parts->part[i] = (struct part){.spool = spool,
                                       .names = samples->names + first,
                                       .sizes = sizes == NULL ? NULL : sizes + first,
                                       .count = end - first,
                                       .gather.file = -1};
    }
}

// Returns 0, or -1 with the errno of the first part that has failed.
static int in_all(struct parts *parts, void (*body)(void *part))
{
    threads_share(body, parts->part, sizeof *parts->part, parts->count);
    for (size_t i = 0; i < parts->count; i++)
        if (parts->part[i].error != 0) {
            errno = parts->part[i].error;
            return -1;
        }
    return 0;
}

// The package is opened for each part: they have positions of their own.
static int open_parts(struct parts *parts, int partial, const char *tar)
{
    uint64_t at = 0;
    for (size_t i = 0; i < parts->count; i++) {
        struct part *part = &parts->part[i];
        part->at = at;
        at += part->bytes;
        part->gather.file = openat(partial, tar, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        if (part->gather.file < 0)
            return -1;
    }
    return 0;
}

static int close_parts(struct parts *parts, int failed)
{
    for (size_t i = 0; i < parts->count; i++)
        if (parts->part[i].gather.file >= 0)
            failed = written_close(parts->part[i].gather.file, failed);
    return failed;
}

static int write_tar(struct parts *parts, int partial, const char *name, int tar)
{
    static const uint8_t end[TAR_END_BYTES];
    int failed = in_all(parts, measure_part);
    if (failed == 0)
        failed = open_parts(parts, partial, name);
    if (failed == 0)
        failed = in_all(parts, write_part);
    failed = close_parts(parts, failed);
    if (failed == 0 && lseek(tar, 0, SEEK_END) < 0)
        failed = -1;
    return failed == 0 ? write_all(tar, end, sizeof end) : failed;
}

static int write_index(const struct parts *parts, int index)
{
    int failed = 0;
    for (size_t i = 0; i < parts->count && failed == 0; i++)
        failed = write_all(index, parts->part[i].text, parts->part[i].text_bytes);
    return failed;
}

static int create(int partial, const char *path)
{
    return openat(partial, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
}

static int finish(int file, int failed, bool sync)
{
    return written_close(file, failed == 0 && sync ? durable_sync(file) : failed);
}

static int write_both(struct parts *parts, int partial, const char *tar_name,
                      const char *index_name, bool sync)
{
    const int tar = create(partial, tar_name);
    if (tar < 0 || finish(tar, write_tar(parts, partial, tar_name, tar), sync) != 0)
        return -1;
    const int index = create(partial, index_name);
    return index < 0 ? -1 : finish(index, write_index(parts, index), sync);
}

int package_files_write(int partial, int spool, const char *name, const struct folder *samples,
                        bool sync)
{
    char tar[TEMPORARY_BYTES], index[TEMPORARY_BYTES];
    snprintf(tar, sizeof tar, "%s.tar", name);
    snprintf(index, sizeof index, "%s.idx", name);
    uint64_t *sizes = calloc(samples->count, sizeof *sizes);
    if (sizes == NULL)
        return -1;
    struct parts parts;
    share_out(&parts, spool, samples, sizes);
    const int failed = write_both(&parts, partial, tar, index, sync);
    const int error = errno;
    for (size_t i = 0; i < parts.count; i++)
        free(parts.part[i].text);
    free(sizes);
    if (failed != 0) {
        unlinkat(partial, tar, 0);
        unlinkat(partial, index, 0);
        errno = error;
    }
    return failed;
}

void package_files_forget(int spool, const struct folder *samples)
{
    struct parts parts;
    share_out(&parts, spool, samples, NULL);
    threads_share(forget_part, parts.part, sizeof *parts.part, parts.count);
}
