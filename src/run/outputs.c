// SPDX-License-Identifier: MIT
#include "run/outputs.h"

#include "base/log.h"
#include "base/probe.h"
#include "base/text.h"
#include "run/durable.h"
#include "run/gather.h"
#include "run/outputs_parts.h"
#include "run/package.h"
#include "run/sample.h"
#include "run/written.h"

#include <edgefetch/edges.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// mkdir -p; with `sync` what is made is on the disk.
static int make_directories(const char *path, bool sync)
{
    char part[LIMIT_PATH_BYTES];
    if (strlen(path) >= sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (size_t i = 1; path[i - 1] != '\0'; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        const bool made = mkdir(part, 0777) == 0;
        if (!made && errno != EEXIST)
            return -1;
        if (made && sync && durable_sync_above(part) != 0)
            return -1;
    }
    return 0;
}

static int make_subdirectory(int directory, const char *name)
{
    struct stat there;
    if (mkdirat(directory, name, 0777) == 0)
        return 0;
    if (errno != EEXIST || fstatat(directory, name, &there, 0) != 0)
        return -1;
    errno = ENOTDIR;
    return S_ISDIR(there.st_mode) ? 0 : -1;
}

// Removes a temporary directory and the files in it.
static void remove_partial(int directory, const char *name)
{
    const int partial = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *listing = partial < 0 ? NULL : fdopendir(partial);
    if (listing == NULL) {
        if (partial >= 0)
            close(partial);
        return;
    }
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        if (entry->d_name[0] != '.')
            unlinkat(partial, entry->d_name, 0);
    closedir(listing);
    unlinkat(directory, name, AT_REMOVEDIR);
}

// Returns 0 when nobody has the lock, or an errno.
static int try_lock(int directory, const char *name)
{
    const int partial = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (partial < 0)
        return errno;
    const int error = flock(partial, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    close(partial);
    return error;
}

bool outputs_are_of_live_run(int directory, const char *partial_name)
{
    return try_lock(directory, partial_name) == EWOULDBLOCK;
}

// A run that was killed leaves its temporary directory behind, but not its lock.
static void remove_abandoned(int directory)
{
    const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    if (listing == NULL) {
        if (copy >= 0)
            close(copy);
        return;
    }
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        if (strncmp(entry->d_name, PARTIAL_PREFIX, sizeof PARTIAL_PREFIX - 1) == 0 &&
            try_lock(directory, entry->d_name) == 0)
            remove_partial(directory, entry->d_name);
    closedir(listing);
}

static int make_partial(struct outputs *outputs)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        snprintf(outputs->partial_name, sizeof outputs->partial_name, PARTIAL_PREFIX "%06x",
                 ((unsigned)getpid() + attempt * 0x10001u) & 0xFFFFFFu);
        if (mkdirat(outputs->directory, outputs->partial_name, 0777) != 0) {
            if (errno != EEXIST)
                return -1;
            continue;
        }
        outputs->partial = openat(outputs->directory, outputs->partial_name,
                                  O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        // Another run that starts now may have taken it for abandoned and removed it.
        if (outputs->partial >= 0 || errno != ENOENT)
            break;
    }
    if (outputs->partial < 0)
        return -1;
    // A file system without locks only loses the cleaning up after a killed run.
    flock(outputs->partial, LOCK_EX | LOCK_NB);
    return 0;
}

static bool make_subdirectories(const struct outputs *outputs)
{
    if (outputs->packages != NULL)
        return make_subdirectory(outputs->directory, PACKAGES_FOLDER) == 0 &&
               make_subdirectory(outputs->directory, SPOOL_FOLDER) == 0;
    return (!outputs->keep_originals || make_subdirectory(outputs->directory, "original") == 0) &&
           (!outputs->make_maps || make_subdirectory(outputs->directory, "edges") == 0) &&
           (!outputs->make_maps || !outputs->picture.save_resized ||
            make_subdirectory(outputs->directory, "resized") == 0);
}

static int open_folder(const struct outputs *outputs, const char *name, bool there_is, bool *failed)
{
    if (!there_is || *failed)
        return -1;
    const int folder = openat(outputs->directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *failed = folder < 0;
    return folder;
}

// The names of the subdirectories are on the disk; those of what comes into them follow with it.
static bool open_folders(struct outputs *outputs)
{
    bool failed = durable_sync(outputs->directory) != 0;
    if (outputs->packages != NULL)
        return !failed;
    const bool resized = outputs->make_maps && outputs->picture.save_resized;
    int *folders = outputs->folders;
    folders[FOLDER_ORIGINAL] = open_folder(outputs, "original", outputs->keep_originals, &failed);
    folders[FOLDER_EDGES] = open_folder(outputs, "edges", outputs->make_maps, &failed);
    folders[FOLDER_RESIZED] = open_folder(outputs, "resized", resized, &failed);
    return !failed;
}

bool outputs_wait_for_disk(const struct outputs *outputs)
{
    return outputs->sync && !outputs->discard;
}

// The names of what has been renamed. Returns 0, or -1 with errno.
static int sync_folders(const struct outputs *outputs)
{
    for (size_t i = 0; i < OUTPUT_FOLDER_COUNT; i++)
        if (outputs->folders[i] >= 0 && durable_sync(outputs->folders[i]) != 0)
            return -1;
    return 0;
}

int outputs_open(struct outputs *outputs, const struct run_options *options)
{
    char shown[LIMIT_PATH_BYTES];
    *outputs =
        (struct outputs){.directory = -1,
                         .partial = -1,
                         .keep_originals = !options->no_originals && options->part != PART_PROCESS,
                         .discard = options->discard,
                         .make_maps = options->part != PART_DOWNLOAD,
                         .sync = options->fsync,
                         .folders = {-1, -1, -1},
                         .quarantine = {.folder = -1},
                         .packages = options->package ? options : NULL,
                         .picture = options->picture};
    if (options->discard)
        return 0;
    if (make_directories(options->output, options->fsync) == 0)
        outputs->directory = open(options->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (outputs->directory >= 0 && make_subdirectories(outputs) &&
        (!outputs->sync || open_folders(outputs)) &&
        quarantine_open(&outputs->quarantine, outputs->directory, options) == 0) {
        remove_abandoned(outputs->directory);
        if (make_partial(outputs) == 0)
            return 0;
    }
    log_error("output directory %s:", text_printable(options->output, shown, sizeof shown));
    const int why = errno;
    outputs_close(outputs);
    errno = why;
    return -1;
}

void outputs_close(struct outputs *outputs)
{
    if (outputs->partial >= 0) {
        remove_partial(outputs->directory, outputs->partial_name);
        if (outputs->packages != NULL)
            unlinkat(outputs->directory, SPOOL_FOLDER, AT_REMOVEDIR); // unless samples wait
        close(outputs->partial);
    }
    for (size_t i = 0; i < OUTPUT_FOLDER_COUNT; i++) {
        if (outputs->folders[i] >= 0)
            close(outputs->folders[i]);
        outputs->folders[i] = -1;
    }
    quarantine_close(&outputs->quarantine);
    if (outputs->directory >= 0)
        close(outputs->directory);
    outputs->partial = outputs->directory = -1;
}

void outputs_name_temporary(struct outputs *outputs, char name[TEMPORARY_NAME_BYTES])
{
    snprintf(name, TEMPORARY_NAME_BYTES, "%llu",
             (unsigned long long)atomic_fetch_add(&outputs->next_temporary, 1));
}

static int write_and_rename(struct outputs *outputs, int memory, uint64_t bytes, const char *path,
                            struct digest *digest)
{
    char temporary[TEMPORARY_NAME_BYTES];
    uint8_t buffer[LIMIT_COPY_BUFFER_BYTES];
    outputs_name_temporary(outputs, temporary);
    const int file = openat(outputs->partial, temporary,
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
        return -1;
    struct gather gather = {.file = file, .bytes = buffer, .room = sizeof buffer};
    int failed = gather_copy(&gather, memory, 0, bytes, digest);
    if (failed == 0)
        failed = gather_flush(&gather);
    if (failed == 0 && outputs->sync)
        failed = durable_sync(file);
    if (written_close(file, failed) == 0 &&
        renameat(outputs->partial, temporary, outputs->directory, path) == 0)
        return 0;
    const int error = errno;
    unlinkat(outputs->partial, temporary, 0);
    errno = error;
    return -1;
}

// Writes a sealed memory file to `folder`/NAME.EXT. -1 with errno.
static int write_output(struct outputs *outputs, int memory, uint64_t bytes, const char *folder,
                        const char *name, const char *extension, struct job_file *file)
{
    uint8_t sha256[DIGEST_BYTES];
    if (asprintf(&file->path, "%s/%s.%s", folder, name, extension) < 0) {
        file->path = NULL;
        errno = ENOMEM;
        return -1;
    }
    struct digest *digest = digest_new();
    if (digest == NULL) {
        errno = ENOMEM;
        return -1;
    }
    const int failed = write_and_rename(outputs, memory, bytes, file->path, digest);
    digest_finish(digest, sha256);
    file->bytes = bytes;
    digest_hex(sha256, DIGEST_BYTES, file->sha256);
    return failed;
}

// Failures that have nothing to do with this one picture.
static bool stops_the_run(int error)
{
    return error != ENAMETOOLONG && error != EISDIR && error != ENOTDIR && error != ENOTEMPTY &&
           error != EEXIST;
}

int outputs_fail(struct job *job, int error)
{
    job_fail(job, EF_OUTPUT_FAILED, "%s", strerror(error));
    return stops_the_run(error) ? error : 0;
}

static int write_original(struct outputs *outputs, struct job *job)
{
    return write_output(outputs, job->body.descriptor, job->body.bytes, "original", job->name,
                        ef_type_extension(job->answer.result.type), &job->original);
}

static int write_edges(struct outputs *outputs, struct job *job, unsigned i)
{
    const struct ef_options *picture = &outputs->picture;
    char extension[32];
    if (picture->detector_count == 1)
        snprintf(extension, sizeof extension, "%s", ef_format_name(picture->format));
    else
        snprintf(extension, sizeof extension, "%s.%s", ef_detector_name(picture->detectors[i]),
                 ef_format_name(picture->format));
    return write_output(outputs, job->outputs[i], job->answer.output_bytes[i], "edges", job->name,
                        extension, &job->edges[i]);
}

// The resized picture is the output after the maps.
static int write_resized(struct outputs *outputs, struct job *job)
{
    const unsigned i = outputs->picture.detector_count;
    return write_output(outputs, job->outputs[i], job->answer.output_bytes[i], "resized", job->name,
                        ef_format_name(outputs->picture.resized_format), &job->resized);
}

static void note_sizes(const struct outputs *outputs, struct job *job)
{
    const unsigned count = outputs->picture.detector_count;
    for (unsigned i = 0; i < count; i++)
        job->edges[i].bytes = job->answer.output_bytes[i];
    if (outputs->picture.save_resized)
        job->resized.bytes = job->answer.output_bytes[count];
}

// -1 with errno.
static int write_files(struct outputs *outputs, struct job *job)
{
    int failed = 0;
    if (outputs->keep_originals)
        failed = write_original(outputs, job);
    for (unsigned i = 0; i < outputs->picture.detector_count && failed == 0; i++)
        failed = write_edges(outputs, job, i);
    if (outputs->picture.save_resized && failed == 0)
        failed = write_resized(outputs, job);
    return failed == 0 ? sync_folders(outputs) : failed;
}

int outputs_commit(struct outputs *outputs, struct job *job)
{
    int failed;
    if (!outputs->make_maps)
        return outputs_keep_body(outputs, job);
    if (job->status != EF_OK) {
        quarantine_keep(&outputs->quarantine, job);
        return 0;
    }
    if (outputs->discard) {
        note_sizes(outputs, job);
        return 0;
    }
    failed = outputs->packages != NULL ? sample_write(outputs, job) : write_files(outputs, job);
    return failed == 0 ? 0 : outputs_fail(job, errno);
}

// ---- for runs that only download ----

int outputs_open_body(struct outputs *outputs, struct body *body)
{
    char temporary[TEMPORARY_NAME_BYTES];
    outputs_name_temporary(outputs, temporary);
    return body_open_file(body, outputs->partial, temporary);
}

void outputs_identify(struct job *job)
{
    uint8_t first[PROBE_BYTES];
    const char *what = NULL;
    struct ef_result *result = &job->answer.result;
    const ssize_t size = pread(job->body.descriptor, first, sizeof first, 0);
    if (size < 0) {
        job_fail(job, EF_OUTPUT_FAILED, "%s", strerror(errno));
        return;
    }
    result->type = ef_probe(first, (size_t)size);
    if (result->type != EF_TYPE_UNKNOWN)
        return;
    const enum ef_status status = probe_foreign(first, (size_t)size, &what);
    job_fail(job, status, what != NULL ? "%s: they look like %s" : NULL, ef_status_sentence(status),
             what);
}

int outputs_keep_body(struct outputs *outputs, struct job *job)
{
    struct job_file *file = &job->original;
    uint8_t sha256[DIGEST_BYTES];
    file->bytes = job->body.bytes;
    if (outputs->discard)
        return 0;
    if (asprintf(&file->path, "original/%s.%s", job->name,
                 ef_type_extension(job->answer.result.type)) < 0) {
        file->path = NULL;
        errno = ENOMEM;
    } else if (body_rename(&job->body, outputs->directory, file->path, outputs->sync, sha256) ==
                   0 &&
               sync_folders(outputs) == 0) {
        digest_hex(sha256, DIGEST_BYTES, file->sha256);
        return 0;
    }
    return outputs_fail(job, errno);
}
