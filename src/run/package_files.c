// SPDX-License-Identifier: MIT
#include "run/package_files.h"

#include "base/cpus.h"
#include "base/limits.h"
#include "base/threads.h"
#include "base/write_all.h"
#include "run/durable.h"
#include "run/gather.h"
#include "run/package.h"
#include "run/package_index.h"
#include "run/tar.h"
#include "run/written.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_BYTES (PACKAGE_NAME_BYTES + sizeof ".tar")

static const uint8_t tar_end[TAR_END_BYTES];

// Neighbours among the samples, which one thread writes into the package.
struct part {
    int spool;
    const struct waiting_sample *samples;
    size_t count;
    int file; // that the last sample was in, or -1
    const char *file_name;
    uint64_t at;          // where the next one begins in the package
    struct gather gather; // the package, from `at` on
    FILE *lines;          // of the index: the `text`, `text_bytes` long when it is closed
    char *text;
    size_t text_bytes;
    int error; // an errno, or 0
};

// ---- one part ----

// The index of a sample's members. It must end where it does.
static int add_lines(struct part *part, const struct tar_source *source, uint64_t at,
                     uint64_t bytes)
{
    struct tar_member member;
    const uint64_t begin = at, end = at + bytes;
    int found = 1;
    while (at < end && (found = tar_next(source, &at, &member)) == 1)
        package_index_add_line(part->lines, member.name, part->at + (member.offset - begin),
                               member.size);
    part->at += bytes;
    if (found == 1 && at == end)
        return 0;
    errno = found < 0 ? errno : EILSEQ;
    return -1;
}

static int add_large(struct part *part, const struct waiting_sample *sample)
{
    const struct tar_source source = {.file = part->file};
    if (add_lines(part, &source, sample->at, sample->bytes) != 0)
        return -1;
    return gather_copy(&part->gather, part->file, sample->at, sample->bytes, NULL);
}

// A small one is read once.
static int add_small(struct part *part, const struct waiting_sample *sample)
{
    struct gather *gather = &part->gather;
    const size_t bytes = (size_t)sample->bytes;
    if (gather_make_room(gather, bytes) != 0)
        return -1;
    const struct tar_source source = {.data = gather->bytes + gather->used, .size = bytes};
    const int failed = gather_read(gather, part->file, bytes, sample->at);
    return failed == 0 ? add_lines(part, &source, 0, bytes) : failed;
}

static int open_file(struct part *part, const char *name)
{
    if (part->file >= 0 && part->file_name == name)
        return 0;
    if (part->file >= 0)
        close(part->file);
    part->file = openat(part->spool, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    part->file_name = name;
    return part->file < 0 ? -1 : 0;
}

static int add_samples(struct part *part)
{
    int failed = 0;
    for (size_t i = 0; i < part->count && failed == 0; i++) {
        const struct waiting_sample *sample = &part->samples[i];
        failed = open_file(part, sample->file);
        if (failed == 0)
            failed = sample->bytes <= part->gather.room ? add_small(part, sample)
                                                        : add_large(part, sample);
    }
    return failed == 0 ? gather_flush(&part->gather) : failed;
}

// `failed` is what is known before, with errno.
static int close_lines(struct part *part, int failed)
{
    const int error = errno;
    const bool whole = part->lines != NULL && !ferror(part->lines);
    const bool closed = part->lines == NULL || fclose(part->lines) == 0;
    errno = failed != 0 ? error : ENOMEM; // they are in memory
    return failed == 0 && whole && closed ? 0 : -1;
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
    part->error = close_lines(part, failed) == 0 ? 0 : errno;
    if (part->file >= 0)
        close(part->file);
    free(part->gather.bytes);
}

// ---- all of them ----

struct parts {
    struct part part[LIMIT_SHARING_THREADS];
    size_t count;
};

static void share_out(struct parts *parts, int spool, const struct waiting *waiting)
{
    const size_t cpus = cpus_allowed(), worth = waiting->count / LIMIT_PACKAGE_THREAD_SAMPLES + 1;
    const size_t most = cpus < LIMIT_SHARING_THREADS ? cpus : LIMIT_SHARING_THREADS;
    uint64_t at = 0;
    parts->count = worth < most ? worth : most;
    for (size_t i = 0, first = 0, end; i < parts->count; i++, first = end) {
        end = waiting->count * (i + 1) / parts->count;
        parts->part[i] = (struct part){.spool = spool,
                                       .samples = waiting->samples + first,
                                       .count = end - first,
                                       .file = -1,
                                       .at = at,
                                       .gather.file = -1};
        for (size_t sample = first; sample < end; sample++)
            at += waiting->samples[sample].bytes;
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
    for (size_t i = 0; i < parts->count; i++) {
        struct part *part = &parts->part[i];
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
    int failed = open_parts(parts, partial, name);
    if (failed == 0)
        failed = in_all(parts, write_part);
    failed = close_parts(parts, failed);
    if (failed == 0 && lseek(tar, 0, SEEK_END) < 0)
        failed = -1;
    return failed == 0 ? write_all(tar, tar_end, sizeof tar_end) : failed;
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

// What has failed leaves nothing behind.
static int clear(int partial, const char *tar, const char *index)
{
    const int error = errno;
    unlinkat(partial, tar, 0);
    unlinkat(partial, index, 0);
    errno = error;
    return -1;
}

int package_files_write(int partial, int spool, const char *name, const struct waiting *waiting,
                        bool sync)
{
    char tar[TEMPORARY_BYTES], index[TEMPORARY_BYTES];
    snprintf(tar, sizeof tar, "%s.tar", name);
    snprintf(index, sizeof index, "%s.idx", name);
    struct parts parts;
    share_out(&parts, spool, waiting);
    const int failed = write_both(&parts, partial, tar, index, sync);
    const int error = errno;
    for (size_t i = 0; i < parts.count; i++)
        free(parts.part[i].text);
    errno = error;
    return failed == 0 ? 0 : clear(partial, tar, index);
}

// ---- a series ----

static int list_series(struct part *part, int index)
{
    const struct tar_source source = {.file = part->file};
    int failed = 0;
    part->lines = open_memstream(&part->text, &part->text_bytes);
    if (part->lines == NULL)
        return -1;
    for (size_t i = 0; i < part->count && failed == 0; i++)
        failed = add_lines(part, &source, part->samples[i].at, part->samples[i].bytes);
    failed = close_lines(part, failed);
    return failed == 0 ? write_all(index, part->text, part->text_bytes) : failed;
}

// Behind its last whole sample.
static int end_series(int file, uint64_t bytes)
{
    if (ftruncate(file, (off_t)bytes) != 0 || lseek(file, (off_t)bytes, SEEK_SET) < 0)
        return -1;
    return write_all(file, tar_end, sizeof tar_end);
}

int package_files_finish(int partial, int spool, const char *name, const struct waiting *waiting,
                         bool sync)
{
    char path[TEMPORARY_BYTES];
    struct part part = {.samples = waiting->samples, .count = waiting->count};
    snprintf(path, sizeof path, "%s.idx", name);
    part.file = openat(spool, waiting->files.names[0], O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (part.file < 0)
        return -1;
    const int index = create(partial, path);
    int failed = index < 0 ? -1 : finish(index, list_series(&part, index), sync);
    if (failed == 0)
        failed = end_series(part.file, part.at);
    failed = finish(part.file, failed, sync);
    const int error = errno;
    free(part.text);
    errno = error;
    return failed;
}
