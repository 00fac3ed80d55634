// SPDX-License-Identifier: MIT
#include "run/quarantine.h"

#include "base/log.h"
#include "base/text.h"
#include "base/write_all.h"
#include "run/durable.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "quarantine"

enum { FILE_BYTES = NAME_BYTES + 16 };

// A picture and its place.
struct kept {
    const uint8_t *data;
    size_t size;
    char sha256[DIGEST_HEX_BYTES];
    char stem[FILE_BYTES]; // its names' without extension
};

bool quarantine_takes(const struct run_options *options, const struct job *job)
{
    const bool costly = job->status == EF_WORKER_CRASHED || job->status == EF_WORKER_TIMEOUT ||
                        job->status == EF_WORKER_PROTOCOL || job->status == EF_OUT_OF_MEMORY;
    return options->quarantine && !options->discard && costly && job->body.bytes > 0;
}

// ---- the folder ----

static void count_entry(struct quarantine *quarantine, const char *name)
{
    struct stat status;
    const char *dot = strrchr(name, '.');
    if (dot == NULL || strcmp(dot, ".bin") != 0 ||
        fstatat(quarantine->folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    atomic_fetch_add(&quarantine->files, 1);
    atomic_fetch_add(&quarantine->bytes, (uint64_t)status.st_size);
}

static void remove_temporary(const struct quarantine *quarantine, const char *name)
{
    if (strncmp(name, ".new-", 5) == 0) // left by a run that was killed
        unlinkat(quarantine->folder, name, 0);
}

static int take_stock(struct quarantine *quarantine)
{
    const int copy = openat(quarantine->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    if (listing == NULL) {
        if (copy >= 0)
            close(copy);
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        remove_temporary(quarantine, entry->d_name);
        count_entry(quarantine, entry->d_name);
    }
    closedir(listing);
    return 0;
}

int quarantine_open(struct quarantine *quarantine, int directory, const struct run_options *options)
{
    *quarantine = (struct quarantine){.options = options, .folder = -1};
    if (!options->quarantine)
        return 0;
    if (mkdirat(directory, FOLDER, 0700) != 0 && errno != EEXIST)
        return -1;
    quarantine->folder = openat(directory, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (quarantine->folder < 0)
        return -1;
    if (options->fsync && durable_sync(directory) != 0)
        return -1;
    return take_stock(quarantine);
}

void quarantine_close(struct quarantine *quarantine)
{
    if (quarantine->folder >= 0)
        close(quarantine->folder);
    quarantine->folder = -1;
}

// Makes room for one more; false when there is none.
static bool reserve(struct quarantine *quarantine, uint64_t bytes)
{
    const uint64_t files = atomic_fetch_add(&quarantine->files, 1);
    const uint64_t before = atomic_fetch_add(&quarantine->bytes, bytes);
    if (files < LIMIT_QUARANTINE_FILES && before + bytes <= LIMIT_QUARANTINE_BYTES)
        return true;
    atomic_fetch_sub(&quarantine->files, 1);
    atomic_fetch_sub(&quarantine->bytes, bytes);
    if (!atomic_exchange(&quarantine->full_is_told, true))
        log_warning("the quarantine is full (%u pictures or %llu MiB): nothing more is kept",
                    LIMIT_QUARANTINE_FILES, LIMIT_QUARANTINE_BYTES / MIB(1));
    return false;
}

static void release(struct quarantine *quarantine, uint64_t bytes)
{
    atomic_fetch_sub(&quarantine->files, 1);
    atomic_fetch_sub(&quarantine->bytes, bytes);
}

// ---- files ----

// Writes a file under a temporary name and gives it its own when it is whole.
static int write_file(struct quarantine *quarantine, const char *name, const void *data,
                      size_t size)
{
    char temporary[32];
    snprintf(temporary, sizeof temporary, ".new-%llu",
             (unsigned long long)atomic_fetch_add(&quarantine->temporary, 1));
    const int file = openat(quarantine->folder, temporary,
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return -1;
    int failed = write_all(file, data, size);
    if (failed == 0 && quarantine->options->fsync)
        failed = durable_sync(file);
    if (close(file) != 0)
        failed = -1;
    if (failed == 0)
        failed = renameat(quarantine->folder, temporary, quarantine->folder, name);
    const int error = errno;
    if (failed != 0)
        unlinkat(quarantine->folder, temporary, 0);
    else if (quarantine->options->fsync)
        return durable_sync(quarantine->folder);
    errno = error;
    return failed;
}

static bool is_same(int file, const struct kept *kept)
{
    struct stat status;
    if (fstat(file, &status) != 0 || (uint64_t)status.st_size != kept->size)
        return false;
    void *there = mmap(NULL, kept->size, PROT_READ, MAP_PRIVATE, file, 0);
    if (there == MAP_FAILED)
        return false;
    const bool same = memcmp(there, kept->data, kept->size) == 0;
    munmap(there, kept->size);
    return same;
}

enum place { PLACE_FREE, PLACE_SAME, PLACE_TAKEN };

static enum place look_at(const struct quarantine *quarantine, const char *name,
                          const struct kept *kept)
{
    const int file =
        openat(quarantine->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return errno == ENOENT ? PLACE_FREE : PLACE_TAKEN;
    const bool same = is_same(file, kept);
    close(file);
    return same ? PLACE_SAME : PLACE_TAKEN;
}

// Chooses kept->stem. Nobody else does so for this name: one run a directory, one job a name.
static enum place find_place(const struct quarantine *quarantine, const char *name,
                             struct kept *kept)
{
    enum place place = PLACE_TAKEN;
    for (unsigned i = 1; i <= LIMIT_QUARANTINE_VERSIONS && place == PLACE_TAKEN; i++) {
        char file[FILE_BYTES + 8];
        if (i == 1)
            snprintf(kept->stem, sizeof kept->stem, "%s", name);
        else
            snprintf(kept->stem, sizeof kept->stem, "%s-%u", name, i);
        snprintf(file, sizeof file, "%s.bin", kept->stem);
        place = look_at(quarantine, file, kept);
    }
    return place;
}

static int write_both(struct quarantine *quarantine, const struct job *job, const struct kept *kept)
{
    char file[FILE_BYTES + 8];
    snprintf(file, sizeof file, "%s.bin", kept->stem);
    if (write_file(quarantine, file, kept->data, kept->size) != 0)
        return -1;
    char *note = quarantine_note(quarantine->options, job, file, kept->sha256);
    snprintf(file, sizeof file, "%s.json", kept->stem);
    errno = ENOMEM;
    const int failed = note == NULL ? -1 : write_file(quarantine, file, note, strlen(note));
    free(note);
    return failed;
}

// Returns 0 when the picture stands there, or -1 with errno.
static int keep(struct quarantine *quarantine, struct job *job, struct kept *kept)
{
    uint8_t sha256[DIGEST_BYTES];
    const enum place place = find_place(quarantine, job->name, kept);
    if (place == PLACE_TAKEN) {
        errno = EEXIST;
        return -1;
    }
    digest_sha256(kept->data, kept->size, sha256);
    digest_hex(sha256, DIGEST_BYTES, kept->sha256);
    if (place == PLACE_FREE) {
        if (!reserve(quarantine, kept->size))
            return 0;
        if (write_both(quarantine, job, kept) != 0) {
            release(quarantine, kept->size);
            return -1;
        }
    }
    if (asprintf(&job->quarantine, FOLDER "/%s.bin", kept->stem) < 0) {
        job->quarantine = NULL;
        errno = ENOMEM;
        return -1;
    }
    return 0;
}

void quarantine_keep(struct quarantine *quarantine, struct job *job)
{
    char shown[LIMIT_SHOWN_URL_BYTES];
    if (quarantine->folder < 0)
        return;
    const size_t size = (size_t)job->body.bytes;
    void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, job->body.descriptor, 0);
    struct kept kept = {.data = data, .size = size};
    if (data == MAP_FAILED || keep(quarantine, job, &kept) != 0)
        log_warning("not kept in quarantine: %s: %s",
                    text_printable(job->url.shown, shown, sizeof shown), strerror(errno));
    if (data != MAP_FAILED)
        munmap(data, size);
}
