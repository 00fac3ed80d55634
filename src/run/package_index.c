// SPDX-License-Identifier: MIT
#include "run/package_index.h"

#include "base/limits.h"
#include "run/series.h"
#include "run/waiting.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void package_index_free(struct package_index *index)
{
    if (index == NULL)
        return;
    for (size_t i = 0; i < index->text_count; i++)
        free(index->texts[i]);
    free(index->texts);
    folder_free(&index->files);
    free(index->path);
    free(index->entries);
    free(index);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct package_entry *)a)->name, ((const struct package_entry *)b)->name);
}

// Of one name, the newest first.
static int compare_all(const void *a, const void *b)
{
    const struct package_entry *one = a, *other = b;
    const int order = compare(one, other);
    return order != 0 ? order : (one->age < other->age) - (one->age > other->age);
}

const struct package_entry *package_index_find(const struct package_index *index, const char *name)
{
    const struct package_entry wanted = {.name = name};
    if (index->count == 0)
        return NULL;
    return bsearch(&wanted, index->entries, index->count, sizeof wanted, compare);
}

// ---- lines ----

static bool add(struct package_index *index, const struct package_entry *entry)
{
    if (index->count == index->capacity) {
        const size_t capacity = index->capacity == 0 ? 64 : 2 * index->capacity;
        struct package_entry *larger = realloc(index->entries, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        index->entries = larger;
        index->capacity = capacity;
    }
    index->entries[index->count++] = *entry;
    return true;
}

void package_index_add_line(FILE *lines, const char *name, uint64_t offset, uint64_t size)
{
    fprintf(lines, "%llu\t%llu\t%s\n", (unsigned long long)offset, (unsigned long long)size, name);
}

// The same read; what is not in the file's `bytes` is passed over. The
// text is the index's.
static bool parse(struct package_index *index, char *text, const char *file, uint64_t bytes)
{
    char *line = text;
    if (text == NULL)
        return false;
    index->texts[index->text_count++] = text;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        struct package_entry entry = {.file = file, .age = index->text_count};
        char *at = line;
        *end = '\0';
        entry.offset = strtoull(at, &at, 10);
        entry.size = strtoull(at, &at, 10);
        entry.name = at + 1;
        if (*at == '\t' && entry.offset <= bytes && entry.size <= bytes - entry.offset &&
            !add(index, &entry))
            return false;
    }
    return true;
}

static struct package_index *begin(const char *path, size_t texts)
{
    struct package_index *index = calloc(1, sizeof *index);
    if (index == NULL)
        return NULL;
    index->path = strdup(path);
    index->texts = calloc(texts + 1, sizeof *index->texts);
    if (index->path != NULL && index->texts != NULL)
        return index;
    package_index_free(index);
    return NULL;
}

static struct package_index *end(struct package_index *index, bool whole)
{
    if (!whole) {
        package_index_free(index);
        return NULL;
    }
    if (index->count == 0)
        return index;
    struct package_entry *entries = index->entries;
    qsort(entries, index->count, sizeof *entries, compare_all);
    size_t kept = 1;
    for (size_t i = 1; i < index->count; i++)
        if (compare(&entries[i], &entries[kept - 1]) != 0)
            entries[kept++] = entries[i];
    index->count = kept;
    return index;
}

// ---- of a package ----

// Reads a whole small file. NULL when it cannot be.
static char *read_text(int directory, const char *path)
{
    struct stat status;
    char *text = NULL;
    const int file = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size <= LIMIT_PACKAGE_INDEX_BYTES)
        text = malloc((size_t)status.st_size + 1);
    size_t used = 0;
    ssize_t size = 1;
    while (text != NULL && used < (size_t)status.st_size && size > 0) {
        size = read(file, text + used, (size_t)status.st_size - used);
        used += size > 0 ? (size_t)size : 0;
    }
    close(file);
    if (text != NULL)
        text[used] = '\0';
    return text;
}

struct package_index *package_index_load(int directory, const char *tar, const char *idx)
{
    struct stat status;
    if (fstatat(directory, tar, &status, 0) != 0 || !S_ISREG(status.st_mode))
        return NULL;
    struct package_index *index = begin(tar, 1);
    if (index == NULL)
        return NULL;
    index->bytes = (uint64_t)status.st_size;
    return end(index, parse(index, read_text(directory, idx), NULL, index->bytes));
}

// ---- of what waits ----

static void list_sample(FILE *lines, const struct tar_source *source,
                        const struct waiting_sample *sample)
{
    struct tar_member member;
    uint64_t at = sample->at;
    while (at < sample->at + sample->bytes && tar_next(source, &at, &member) == 1)
        package_index_add_line(lines, member.name, member.offset, member.size);
}

// As the index that their package will have, for parse(); offsets are those in the series.
static char *list_members(int file, uint64_t bytes)
{
    const struct tar_source source = {.file = file};
    struct waiting_sample sample;
    struct tar_member line;
    char *text = NULL;
    size_t text_bytes;
    uint64_t at = 0;
    FILE *lines = open_memstream(&text, &text_bytes);
    if (lines == NULL)
        return NULL;
    while (waiting_next(file, bytes, &at, &sample, &line) == 1 &&
           (uint64_t)ftell(lines) < LIMIT_PACKAGE_INDEX_BYTES)
        list_sample(lines, &source, &sample);
    if (fclose(lines) == 0)
        return text;
    free(text);
    return NULL;
}

static bool add_series(struct package_index *index, int spool, const char *name)
{
    struct stat status;
    const int file = openat(spool, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    bool added = fstat(file, &status) == 0;
    if (added) {
        const uint64_t bytes = (uint64_t)status.st_size;
        index->bytes += bytes;
        added = parse(index, list_members(file, bytes), name, bytes);
    }
    close(file);
    return added;
}

struct package_index *package_index_load_waiting(int directory, const char *folder)
{
    struct folder files = {0};
    bool whole = true;
    const int spool = openat(directory, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return NULL;
    struct package_index *index =
        waiting_list(&files, spool) == 0 ? begin(folder, files.count) : NULL;
    if (index == NULL)
        folder_free(&files);
    else
        index->files = files;
    for (size_t i = 0; index != NULL && i < files.count && whole; i++)
        if (series_is_one(files.names[i]))
            whole = add_series(index, spool, files.names[i]);
    close(spool);
    return index == NULL ? NULL : end(index, whole && index->text_count > 0);
}

uint64_t package_index_waiting_bytes(int directory, const char *folder)
{
    struct folder files;
    struct stat status;
    uint64_t bytes = 0;
    const int spool = openat(directory, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool < 0)
        return 0;
    if (folder_read(&files, spool) == 0)
        for (size_t i = 0; i < files.count; i++)
            if (series_is_one(files.names[i]) &&
                fstatat(spool, files.names[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(status.st_mode))
                bytes += (uint64_t)status.st_size;
    folder_free(&files);
    close(spool);
    return bytes;
}
