// SPDX-License-Identifier: MIT
#include "run/sample.h"

#include "run/durable.h"
#include "run/gather.h"
#include "run/manifest.h"
#include "run/outputs_parts.h"
#include "run/package.h"
#include "run/tar.h"
#include "run/written.h"

#include <edgefetch/edges.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sample {
    struct outputs *outputs;
    struct job *job;
    const char *package;
    struct gather *gather;
};

// ---- members ----

static int begin_member(struct sample *sample, const char *extension, uint64_t bytes)
{
    uint8_t header[TAR_HEADER_BYTES];
    char name[TAR_NAME_BYTES];
    snprintf(name, sizeof name, "%s.%s", sample->job->name, extension);
    const size_t length = tar_header(name, bytes, header);
    if (length == 0) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return gather_add(sample->gather, header, length);
}

static int end_member(struct sample *sample, uint64_t bytes)
{
    static const uint8_t zeros[TAR_BLOCK_BYTES];
    return gather_add(sample->gather, zeros, tar_padding(bytes));
}

static int add_member(struct sample *sample, int memory, uint64_t bytes, const char *extension,
                      struct job_file *file)
{
    uint8_t sha256[DIGEST_BYTES];
    if (asprintf(&file->path, PACKAGES_FOLDER "/%s.tar#%s.%s", sample->package, sample->job->name,
                 extension) < 0) {
        file->path = NULL;
        errno = ENOMEM;
        return -1;
    }
    struct digest *digest = digest_new();
    if (digest == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int failed = begin_member(sample, extension, bytes);
    if (failed == 0)
        failed = gather_copy(sample->gather, memory, 0, bytes, digest);
    digest_finish(digest, sha256);
    file->bytes = bytes;
    digest_hex(sha256, DIGEST_BYTES, file->sha256);
    return failed == 0 ? end_member(sample, bytes) : failed;
}

static int add_edges(struct sample *sample, unsigned i)
{
    const struct ef_options *picture = &sample->outputs->picture;
    char extension[32];
    const char *detector =
        picture->detector_count == 1 ? "edges" : ef_detector_name(picture->detectors[i]);
    snprintf(extension, sizeof extension, "%s.%s", detector, ef_format_name(picture->format));
    return add_member(sample, sample->job->outputs[i], sample->job->answer.output_bytes[i],
                      extension, &sample->job->edges[i]);
}

// The resized picture is the output after the maps.
static int add_picture(struct sample *sample)
{
    const struct outputs *outputs = sample->outputs;
    struct job *job = sample->job;
    const unsigned i = outputs->picture.detector_count;
    if (outputs->picture.save_resized)
        return add_member(sample, job->outputs[i], job->answer.output_bytes[i],
                          ef_format_name(outputs->picture.resized_format), &job->resized);
    if (outputs->keep_originals)
        return add_member(sample, job->body.descriptor, job->body.bytes,
                          ef_type_extension(job->answer.result.type), &job->original);
    return 0;
}

static int add_line(struct sample *sample)
{
    char *line = manifest_sample(sample->job, sample->outputs->packages);
    if (line == NULL) {
        errno = ENOMEM;
        return -1;
    }
    const size_t bytes = strlen(line);
    int failed = begin_member(sample, "json", bytes);
    if (failed == 0)
        failed = gather_add(sample->gather, line, bytes);
    free(line);
    return failed == 0 ? end_member(sample, bytes) : failed;
}

int sample_add(struct outputs *outputs, struct job *job, const char *package, struct gather *gather)
{
    struct sample sample = {outputs, job, package, gather};
    int failed = add_picture(&sample);
    for (unsigned i = 0; i < outputs->picture.detector_count && failed == 0; i++)
        failed = add_edges(&sample, i);
    return failed == 0 ? add_line(&sample) : failed;
}

// ---- where it waits ----

int sample_package(const struct outputs *outputs, uint64_t index, char package[PACKAGE_NAME_BYTES])
{
    const uint64_t number = (index - 1) / outputs->packages->samples_per_package;
    return package_name(outputs->directory, outputs->shard, number, package);
}

static int sync_at(int directory, const char *path)
{
    const int folder = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder < 0 ? -1 : written_close(folder, durable_sync(folder));
}

static void folder_of(const char *package, char folder[SPOOL_PATH_BYTES])
{
    snprintf(folder, SPOOL_PATH_BYTES, SPOOL_FOLDER "/%s", package);
}

// Another run may find the spool empty at its end, and remove it: one that is refused the
// directory, or, where there are no locks, any.
static int make_in_spool(int directory, const char *folder)
{
    enum { TIMES = 3 };
    int failed = mkdirat(directory, folder, 0777);
    for (unsigned i = 0; i < TIMES && failed != 0 && errno == ENOENT; i++)
        if (mkdirat(directory, SPOOL_FOLDER, 0777) == 0 || errno == EEXIST)
            failed = mkdirat(directory, folder, 0777);
    return failed;
}

int sample_make_folder(const struct outputs *outputs, const char *package)
{
    char folder[SPOOL_PATH_BYTES];
    folder_of(package, folder);
    if (make_in_spool(outputs->directory, folder) != 0)
        return errno == EEXIST ? 0 : -1;
    return outputs->sync ? sync_at(outputs->directory, SPOOL_FOLDER) : 0;
}

int sample_sync_folder(const struct outputs *outputs, const char *package)
{
    char folder[SPOOL_PATH_BYTES];
    folder_of(package, folder);
    return sync_at(outputs->directory, folder);
}

// ---- a file of its own ----

// The first sample of a package makes its folder.
static int move(const struct outputs *outputs, const struct job *job, const char *package,
                const char *temporary)
{
    char path[SPOOL_PATH_BYTES];
    package_spool_path(package, job->index, job->name, path);
    int failed = renameat(outputs->partial, temporary, outputs->directory, path);
    if (failed != 0 && errno == ENOENT) {
        failed = sample_make_folder(outputs, package);
        if (failed == 0)
            failed = renameat(outputs->partial, temporary, outputs->directory, path);
    }
    return failed == 0 && outputs->sync ? sample_sync_folder(outputs, package) : failed;
}

static int write_file(struct outputs *outputs, struct job *job, const char *package, int file)
{
    uint8_t buffer[LIMIT_COPY_BUFFER_BYTES];
    struct gather gather = {.file = file, .bytes = buffer, .room = sizeof buffer};
    int failed = sample_add(outputs, job, package, &gather);
    if (failed == 0)
        failed = gather_flush(&gather);
    return failed == 0 && outputs->sync ? durable_sync(file) : failed;
}

int sample_write(struct outputs *outputs, struct job *job)
{
    char temporary[TEMPORARY_NAME_BYTES], package[PACKAGE_NAME_BYTES];
    if (sample_package(outputs, job->index, package) != 0)
        return -1;
    outputs_name_temporary(outputs, temporary);
    const int file = openat(outputs->partial, temporary,
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
        return -1;
    int failed = written_close(file, write_file(outputs, job, package, file));
    if (failed == 0)
        failed = move(outputs, job, package, temporary);
    if (failed != 0) {
        const int error = errno;
        unlinkat(outputs->partial, temporary, 0);
        errno = error;
    }
    return failed;
}
