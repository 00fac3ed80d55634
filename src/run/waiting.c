// SPDX-License-Identifier: MIT
#include "run/waiting.h"

#include "base/limits.h"
#include "run/series.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- one sample ----

// 1 when that is the character there, 0, or -1 with errno.
static int stands(int file, uint64_t at, char expected)
{
    char found = '\0';
    const ssize_t got = pread(file, &found, 1, (off_t)at);
    return got < 0 ? -1 : got == 1 && found == expected;
}

// After a loss of power a file can have zeros where its end was to be. As above.
static int line_is_whole(int file, const struct tar_member *line)
{
    const int begins = line->size > 1 ? stands(file, line->offset, '{') : 0;
    return begins == 1 ? stands(file, line->offset + line->size - 1, '\n') : begins;
}

int waiting_next(int file, uint64_t bytes, uint64_t *at, struct waiting_sample *sample,
                 struct tar_member *line)
{
    const struct tar_source source = {.file = file};
    char key[TAR_NAME_BYTES] = "";
    uint64_t next = *at;
    size_t length = 0;
    do {
        const int found = tar_next(&source, &next, line);
        if (found != 1)
            return found < 0 && errno != EILSEQ ? -1 : 0;
        if (length == 0) {
            length = strcspn(line->name, ".");
            memcpy(key, line->name, length);
        }
        if (next > bytes || length == 0 || strncmp(line->name, key, length) != 0 ||
            line->name[length] != '.')
            return 0;
    } while (strcmp(line->name + length, ".json") != 0);
    const int whole = line_is_whole(file, line);
    if (whole != 1)
        return whole;
    sample->at = *at;
    sample->bytes = next - *at;
    *at = next;
    return 1;
}

char *waiting_line(int file, const struct tar_member *line)
{
    const size_t size = (size_t)line->size;
    if (line->size > LIMIT_MANIFEST_LINE_BYTES) {
        errno = EILSEQ;
        return NULL;
    }
    char *text = malloc(size + 1);
    if (text == NULL)
        return NULL;
    const ssize_t got = pread(file, text, size, (off_t)line->offset);
    if (got != (ssize_t)size) {
        const int error = got < 0 ? errno : EILSEQ;
        free(text);
        errno = error;
        return NULL;
    }
    text[size] = '\0';
    return text;
}

// Without parsing the line, for there are many: before this key there is only a string, in which no
// quotation mark stands without a backslash. Returns 0, or -1 with errno.
static int read_index(int file, const struct tar_member *line, uint64_t *index)
{
    static const char key[] = "\",\"index\":";
    char *text = waiting_line(file, line);
    if (text == NULL)
        return -1;
    const char *found = strstr(text, key);
    *index = found == NULL ? 0 : strtoull(found + sizeof key - 1, NULL, 10);
    free(text);
    errno = EILSEQ;
    return *index == 0 ? -1 : 0;
}

// ---- a folder ----

static bool add(struct waiting *waiting, const struct waiting_sample *sample)
{
    if (waiting->count == waiting->capacity) {
        const size_t capacity = waiting->capacity == 0 ? 64 : 2 * waiting->capacity;
        struct waiting_sample *larger = realloc(waiting->samples, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        waiting->samples = larger;
        waiting->capacity = capacity;
    }
    waiting->samples[waiting->count++] = *sample;
    return true;
}

static int add_series(struct waiting *waiting, int file, struct waiting_sample *sample,
                      uint64_t bytes)
{
    struct tar_member line;
    const bool alone = waiting_is_series(waiting);
    uint64_t at = 0;
    int found;
    while ((found = waiting_next(file, bytes, &at, sample, &line)) == 1)
        if ((!alone && read_index(file, &line, &sample->index) != 0) || !add(waiting, sample))
            return -1;
    return found;
}

static int add_file(struct waiting *waiting, int spool, size_t i)
{
    struct stat status;
    struct waiting_sample sample = {.file = waiting->files.names[i], .age = i};
    if (fstatat(spool, sample.file, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    sample.bytes = (uint64_t)status.st_size;
    if (!series_is_one(sample.file)) {
        sample.index = strtoull(sample.file, NULL, 10);
        return add(waiting, &sample) ? 0 : -1;
    }
    const int file = openat(spool, sample.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return -1;
    const int failed = add_series(waiting, file, &sample, (uint64_t)status.st_size), error = errno;
    close(file);
    errno = error;
    return failed;
}

struct aged {
    char *name;
    struct timespec written;
};

int waiting_compare_ages(const struct timespec *one, const struct timespec *other)
{
    if (one->tv_sec != other->tv_sec)
        return one->tv_sec < other->tv_sec ? -1 : 1;
    return (one->tv_nsec > other->tv_nsec) - (one->tv_nsec < other->tv_nsec);
}

static int compare_aged(const void *a, const void *b)
{
    const struct aged *one = a, *other = b;
    const int order = waiting_compare_ages(&one->written, &other->written);
    return order != 0 ? order : strcmp(one->name, other->name); // samples alone before series
}

// The plain files among them, with their times. False with errno when one cannot be looked at.
static bool look_at(struct folder *files, int spool, struct aged *aged)
{
    struct stat status;
    size_t kept = 0;
    bool ok = true;
    for (size_t i = 0; i < files->count; i++) {
        const bool there = fstatat(spool, files->names[i], &status, AT_SYMLINK_NOFOLLOW) == 0;
        ok = ok && (there || errno == ENOENT);
        if (there && S_ISREG(status.st_mode))
            aged[kept++] = (struct aged){files->names[i], status.st_mtim};
        else
            free(files->names[i]);
    }
    files->count = kept;
    return ok;
}

int waiting_list(struct folder *files, int spool)
{
    if (folder_read(files, spool) != 0)
        return -1;
    struct aged *aged = calloc(files->count + 1, sizeof *aged);
    if (aged == NULL)
        return -1;
    const bool ok = look_at(files, spool, aged);
    const int error = errno;
    qsort(aged, files->count, sizeof *aged, compare_aged);
    for (size_t i = 0; i < files->count; i++)
        files->names[i] = aged[i].name;
    free(aged);
    errno = error;
    return ok ? 0 : -1;
}

static void leave_anothers(struct folder *files, int directory, int partial)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++)
        if (series_is_one(files->names[i]) &&
            series_is_anothers(directory, partial, files->names[i]))
            free(files->names[i]);
        else
            files->names[kept++] = files->names[i];
    files->count = kept;
}

int waiting_open(struct waiting *waiting, int directory, int partial, int spool)
{
    *waiting = (struct waiting){0};
    const int failed = waiting_list(&waiting->files, spool);
    if (failed == 0)
        leave_anothers(&waiting->files, directory, partial);
    return failed;
}

bool waiting_is_series(const struct waiting *waiting)
{
    return waiting->files.count == 1 && series_is_one(waiting->files.names[0]);
}

void waiting_free(struct waiting *waiting)
{
    folder_free(&waiting->files);
    free(waiting->samples);
    *waiting = (struct waiting){0};
}

// ---- its samples, in order ----

static int compare(const void *a, const void *b)
{
    const struct waiting_sample *one = a, *other = b;
    if (one->index != other->index)
        return one->index < other->index ? -1 : 1;
    if (one->age != other->age)
        return one->age > other->age ? -1 : 1;
    return (one->at > other->at) - (one->at < other->at);
}

// The name of its first member, up to the first dot. False when it cannot be read.
static bool read_key(int spool, const struct waiting_sample *sample, char key[TAR_NAME_BYTES])
{
    struct tar_member member;
    uint64_t at = sample->at;
    const int file = openat(spool, sample->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return false;
    const bool found = tar_next(&(struct tar_source){.file = file}, &at, &member) == 1;
    close(file);
    if (found) {
        memcpy(key, member.name, sizeof member.name);
        key[strcspn(key, ".")] = '\0';
    }
    return found;
}

// A run with --refresh has written it anew, or two runs at once have.
static bool is_double(int spool, const struct waiting_sample *sample,
                      const struct waiting_sample *before)
{
    char key[TAR_NAME_BYTES], key_before[TAR_NAME_BYTES];
    return sample->index == before->index && read_key(spool, sample, key) &&
           read_key(spool, before, key_before) && strcmp(key, key_before) == 0;
}

static void drop_doubles(struct waiting *waiting, int spool)
{
    struct waiting_sample *samples = waiting->samples;
    size_t kept = 0;
    for (size_t i = 0; i < waiting->count; i++)
        if (kept == 0 || !is_double(spool, &samples[i], &samples[kept - 1]))
            samples[kept++] = samples[i];
    waiting->count = kept;
}

int waiting_read_samples(struct waiting *waiting, int spool)
{
    for (size_t i = 0; i < waiting->files.count; i++)
        if (add_file(waiting, spool, i) != 0)
            return -1;
    if (waiting_is_series(waiting) || waiting->count == 0)
        return 0;
    qsort(waiting->samples, waiting->count, sizeof *waiting->samples, compare);
    drop_doubles(waiting, spool);
    return 0;
}
