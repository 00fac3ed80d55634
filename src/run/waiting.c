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

int waiting_next(int file, uint64_t bytes, uint64_t *at, struct waiting_sample *sample,
                 struct tar_member *line)
{
    const struct tar_source source = {.file = file};
    char key[TAR_NAME_BYTES] = "";
    uint64_t next = *at;
    size_t length = 0;
    do {
        const int found = tar_next(&source, &next, line);
        if (found < 0 && errno != EILSEQ)
            return -1;
        if (length == 0) {
            length = strcspn(line->name, ".");
            memcpy(key, line->name, length);
        }
        if (found != 1 || next > bytes || strncmp(line->name, key, length) != 0 ||
            line->name[length] != '.')
            return 0;
    } while (strcmp(line->name + length, ".json") != 0);
    sample->at = *at;
    sample->bytes = next - *at;
    *at = next;
    return 1;
}

char *waiting_line(int file, const struct tar_member *line)
{
    const size_t size = (size_t)line->size;
    char *text = line->size > LIMIT_MANIFEST_LINE_BYTES ? NULL : malloc(size + 1);
    if (text == NULL)
        return NULL;
    if (pread(file, text, size, (off_t)line->offset) != (ssize_t)size) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

// Without parsing the line, for there are many: before this key there is only a string, in which no
// quotation mark stands without a backslash. 0: it has none.
static uint64_t read_index(int file, const struct tar_member *line)
{
    static const char key[] = "\",\"index\":";
    char *text = waiting_line(file, line);
    const char *found = text == NULL ? NULL : strstr(text, key);
    const uint64_t index = found == NULL ? 0 : strtoull(found + sizeof key - 1, NULL, 10);
    free(text);
    return index;
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

static int add_series(struct waiting *waiting, int file, const char *name, uint64_t bytes)
{
    struct waiting_sample sample = {.file = name};
    struct tar_member line;
    uint64_t at = 0;
    int found;
    while ((found = waiting_next(file, bytes, &at, &sample, &line)) == 1) {
        sample.index = read_index(file, &line);
        if (!add(waiting, &sample))
            return -1;
    }
    return found;
}

static int add_file(struct waiting *waiting, int spool, const char *name)
{
    struct stat status;
    if (fstatat(spool, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    const uint64_t bytes = (uint64_t)status.st_size;
    if (!series_is_one(name)) {
        const uint64_t index = strtoull(name, NULL, 10);
        return add(waiting, &(struct waiting_sample){name, index, 0, bytes}) ? 0 : -1;
    }
    const int file = openat(spool, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return -1;
    const int failed = add_series(waiting, file, name, bytes), error = errno;
    close(file);
    errno = error;
    return failed;
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

int waiting_list(struct waiting *waiting, int directory, int partial, int spool)
{
    *waiting = (struct waiting){0};
    const int failed = folder_read(&waiting->files, spool);
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
    const int order = one->file == other->file ? 0 : strcmp(one->file, other->file);
    return order != 0 ? order : (one->at > other->at) - (one->at < other->at);
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

// Two runs at once may both have written it.
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
        if (add_file(waiting, spool, waiting->files.names[i]) != 0)
            return -1;
    if (waiting->count > 0)
        qsort(waiting->samples, waiting->count, sizeof *waiting->samples, compare);
    drop_doubles(waiting, spool);
    return 0;
}
