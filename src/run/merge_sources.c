// SPDX-License-Identifier: MIT
#include "run/merge_sources.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "run/folder.h"
#include "run/manifest.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void merge_sources_free(struct merge_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        free(sources->items[i].path);
        free(sources->items[i].folder);
    }
    free(sources->items);
    free(sources->directory);
    free(sources->target);
    *sources = (struct merge_sources){0};
}

static enum merge_result no_memory(void)
{
    log_error("no memory left to merge");
    return MERGE_FAILED;
}

static const char *show(const char *path, char shown[LIMIT_PATH_BYTES])
{
    return text_printable(path, shown, LIMIT_PATH_BYTES);
}

// ---- paths ----

// Absolute, without links before the last part, which may be one, and without '/' at its end. NULL
// with errno.
static char *absolute(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *copy = strndup(path, length), *result = NULL;
    if (copy == NULL)
        return NULL;
    char *slash = strrchr(copy, '/');
    const char *last = slash == NULL ? copy : slash + 1;
    if (last[0] == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        result = realpath(copy, NULL);
    } else {
        if (slash != NULL)
            *slash = '\0';
        char *above = realpath(slash == NULL ? "." : slash == copy ? "/" : copy, NULL);
        if (above != NULL &&
            asprintf(&result, "%s/%s", strcmp(above, "/") == 0 ? "" : above, last) < 0)
            result = NULL;
        free(above);
    }
    free(copy);
    return result;
}

// Where a source is below the directory, with '/' at its end; NULL when it is elsewhere.
static const char *below(const char *directory, const char *path)
{
    const size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);
    return strncmp(directory, path, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

// ---- one directory ----

static enum merge_result refuse_merged(const char *path)
{
    char shown[LIMIT_PATH_BYTES];
    log_error("%s has a merged manifest and no shards; give the directories that it was merged "
              "from",
              show(path, shown));
    return MERGE_REFUSED;
}

// A shard is known by its manifest, and found by its name.
static enum merge_result check_name(const struct merge_source *source)
{
    char shown[LIMIT_PATH_BYTES], name[SHARD_NAME_BYTES];
    shard_name(&source->shard, name);
    if (strcmp(strrchr(source->path, '/') + 1, name) == 0)
        return MERGE_DONE;
    log_error("%s is shard %u of %u, and not called %s; give it its name back",
              show(source->path, shown), source->shard.number, source->shard.count, name);
    return MERGE_REFUSED;
}

static enum merge_result take_head(struct merge_source *source, int directory, int manifest)
{
    enum merge_result result = MERGE_DONE;
    bool is_head;
    json_t *head = manifest_head_read(manifest);
    source->shard = manifest_head_shard(head);
    source->ended = complete_read(directory, &source->complete);
    snprintf(source->started, sizeof source->started, "%s", manifest_text(head, "started"));
    if (!manifest_schema_is_known(head, &is_head))
        result = MERGE_FAILED;
    else if (manifest_head_is_merged(head))
        result = refuse_merged(source->path);
    else if (source->shard.count > 0)
        result = check_name(source);
    json_decref(head);
    return result;
}

static bool append(struct merge_sources *sources, const struct merge_source *source)
{
    const size_t size = (sources->count + 1) * sizeof *sources->items;
    struct merge_source *larger = realloc(sources->items, size);
    if (larger == NULL)
        return false;
    sources->items = larger;
    sources->items[sources->count++] = *source;
    return true;
}

// Takes the path over. A shard that nothing has been written of is left out: it is missing.
static enum merge_result add(struct merge_sources *sources, char *path, bool may_be_missing)
{
    struct merge_source source = {.path = path};
    int directory, manifest;
    if (source.path == NULL || !append(sources, &source)) {
        free(path);
        return no_memory();
    }
    struct merge_source *added = &sources->items[sources->count - 1];
    char *file;
    if (asprintf(&file, "%s/" MANIFEST_NAME, path) < 0)
        return no_memory();
    struct stat status;
    const bool missing =
        may_be_missing && (stat(file, &status) != 0 ? errno == ENOENT : status.st_size == 0);
    free(file);
    if (missing) {
        free(added->path);
        sources->count--;
        return MERGE_DONE;
    }
    if (!manifest_find(path, &directory, &manifest))
        return MERGE_FAILED;
    const enum merge_result result = take_head(added, directory, manifest);
    close(manifest);
    close(directory);
    return result;
}

// ---- a directory that holds shards ----

static enum merge_result list_shards(const char *path, struct folder *names)
{
    char shown[LIMIT_PATH_BYTES];
    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool read = directory >= 0 && folder_read(names, directory) == 0;
    if (!read)
        log_error("directory %s:", show(path, shown));
    if (directory >= 0)
        close(directory);
    return read ? MERGE_DONE : MERGE_FAILED;
}

static enum merge_result add_shards(struct merge_sources *sources, const char *path,
                                    const struct folder *names, bool *any)
{
    enum merge_result result = MERGE_DONE;
    for (size_t i = 0; i < names->count && result == MERGE_DONE; i++) {
        const struct shard shard = shard_of_name(names->names[i]);
        char *child = NULL;
        if (shard.count == 0)
            continue;
        *any = true;
        sources->shard.count = shard.count; // should none of them have a manifest
        if (asprintf(&child, "%s/%s", strcmp(path, "/") == 0 ? "" : path, names->names[i]) < 0)
            child = NULL;
        result = add(sources, child, true);
    }
    return result;
}

static enum merge_result add_path(struct merge_sources *sources, const char *given, bool *holds)
{
    char shown[LIMIT_PATH_BYTES];
    struct folder names = {0};
    char *path = absolute(given);
    if (path == NULL) {
        log_error("directory %s:", show(given, shown));
        return MERGE_FAILED;
    }
    *holds = false;
    enum merge_result result = list_shards(path, &names);
    if (result == MERGE_DONE)
        result = add_shards(sources, path, &names, holds);
    if (result == MERGE_DONE && !*holds)
        result = add(sources, strdup(path), false);
    folder_free(&names);
    free(path);
    return result;
}

// ---- all of them ----

static int by_number(const void *a, const void *b)
{
    const struct merge_source *one = a, *other = b;
    return (one->shard.number > other->shard.number) - (one->shard.number < other->shard.number);
}

static enum merge_result refuse_pair(const struct merge_source *one,
                                     const struct merge_source *other, const char *why)
{
    char first[LIMIT_PATH_BYTES], second[LIMIT_PATH_BYTES];
    log_error("%s and %s %s", show(one->path, first), show(other->path, second), why);
    return MERGE_REFUSED;
}

static enum merge_result check_pair(const struct merge_source *first,
                                    const struct merge_source *other)
{
    if ((first->shard.count > 0) != (other->shard.count > 0))
        return refuse_pair(first, other, "are a shard and none; give the directories of one kind");
    if (first->shard.count != other->shard.count)
        return refuse_pair(first, other,
                           "are shards of different counts; give the directories of one count, as "
                           "in DIR/shard-*-of-00100, and -o");
    if (first->shard.by_host != other->shard.by_host)
        return refuse_pair(first, other,
                           "were divided by URL and by host, and so have URLs twice; do the "
                           "shards of one kind again");
    return MERGE_DONE;
}

static enum merge_result check_together(struct merge_sources *sources)
{
    enum merge_result result = MERGE_DONE;
    for (size_t i = 1; i < sources->count && result == MERGE_DONE; i++)
        result = check_pair(&sources->items[0], &sources->items[i]);
    if (sources->count == 0 || result != MERGE_DONE)
        return result;
    sources->shard = sources->items[0].shard;
    if (sources->shard.count > 0)
        qsort(sources->items, sources->count, sizeof *sources->items, by_number);
    for (size_t i = 1; i < sources->count && result == MERGE_DONE; i++)
        if (strcmp(sources->items[i - 1].path, sources->items[i].path) == 0 ||
            (sources->shard.count > 0 &&
             sources->items[i - 1].shard.number == sources->items[i].shard.number))
            result = refuse_pair(&sources->items[i - 1], &sources->items[i],
                                 "are the same shard or directory; give one of them");
    return result;
}

// ---- where it goes ----

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

// Sets directory and target.
static enum merge_result find_target(struct merge_sources *sources, const char *output)
{
    char shown[LIMIT_PATH_BYTES];
    const char *slash = strrchr(output, '/');
    const bool whole = is_directory(output);
    char *folder = whole           ? strdup(output)
                   : slash == NULL ? strdup(".")
                                   : strndup(output, (size_t)(slash - output) + 1);
    sources->directory = folder == NULL ? NULL : realpath(folder, NULL);
    free(folder);
    if (sources->directory == NULL) {
        log_error("the directory of %s:", show(output, shown));
        return MERGE_FAILED;
    }
    const char *name = whole ? MANIFEST_NAME : slash == NULL ? output : slash + 1;
    if (asprintf(&sources->target, "%s/%s", sources->directory, name) < 0) {
        sources->target = NULL;
        return no_memory();
    }
    return MERGE_DONE;
}

// An older merged manifest is replaced, and nothing else.
static enum merge_result check_target(const struct merge_sources *sources)
{
    char shown[LIMIT_PATH_BYTES];
    struct stat status;
    const int file = open(sources->target, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 && errno == ENOENT)
        return MERGE_DONE;
    json_t *head = file < 0 ? NULL : manifest_head_read(file);
    const bool free_to_take =
        file >= 0 &&
        ((fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0) ||
         manifest_head_is_merged(head));
    json_decref(head);
    if (file >= 0)
        close(file);
    if (free_to_take)
        return MERGE_DONE;
    log_error("%s is there and no merged manifest, so it is not replaced; choose another -o",
              show(sources->target, shown));
    return MERGE_REFUSED;
}

static enum merge_result find_folder(const struct merge_sources *sources,
                                     struct merge_source *source)
{
    char shown[LIMIT_PATH_BYTES];
    const char *folder = below(sources->directory, source->path);
    if (folder == NULL || !utf8_valid(folder, strlen(folder))) {
        log_error("%s %s; choose an -o that holds all of them", show(source->path, shown),
                  folder == NULL ? "is not below the directory of the merged manifest, where its "
                                   "files "
                                   "would be looked for"
                                 : "cannot stand in a manifest: its name is not UTF-8");
        return MERGE_REFUSED;
    }
    if (asprintf(&source->folder, "%s/", folder) < 0) {
        source->folder = NULL;
        return no_memory();
    }
    return MERGE_DONE;
}

enum merge_result merge_sources_find(struct merge_sources *sources, char *const *paths,
                                     size_t count, const char *output)
{
    enum merge_result result = MERGE_DONE;
    bool holds = false;
    *sources = (struct merge_sources){0};
    for (size_t i = 0; i < count && result == MERGE_DONE; i++)
        result = add_path(sources, paths[i], &holds);
    if (result == MERGE_DONE && output == NULL && (count > 1 || !holds)) {
        log_error("where to? Give -o DIR, a directory that holds all of these");
        result = MERGE_REFUSED;
    }
    if (result == MERGE_DONE)
        result = check_together(sources);
    if (result == MERGE_DONE)
        result = find_target(sources, output != NULL ? output : paths[0]);
    for (size_t i = 0; i < sources->count && result == MERGE_DONE; i++)
        result = find_folder(sources, &sources->items[i]);
    return result == MERGE_DONE ? check_target(sources) : result;
}

// ---- the first line ----

// Where a shard's directory stands, or the directory itself when it is no shard's.
static json_t *from_of(const struct merge_source *source)
{
    size_t length = strlen(source->folder);
    if (source->shard.count > 0)
        length -= strlen(strrchr(source->path, '/') + 1) + 1;
    return json_stringn(source->folder, length);
}

static json_t *from_all(const struct merge_sources *sources)
{
    json_t *from = json_array(), *seen = json_object();
    for (size_t i = 0; i < sources->count; i++) {
        json_t *folder = from_of(&sources->items[i]);
        const char *key = json_string_value(folder);
        if (key != NULL && json_object_get(seen, key) == NULL) {
            json_object_set_new(seen, key, json_true());
            json_array_append(from, folder);
        }
        json_decref(folder);
    }
    json_decref(seen);
    return from;
}

static const char *first_started(const struct merge_sources *sources)
{
    const char *first = "";
    for (size_t i = 0; i < sources->count; i++) {
        const char *started = sources->items[i].started;
        if (first[0] == '\0' || (started[0] != '\0' && strcmp(started, first) < 0))
            first = started;
    }
    return first;
}

char *merge_sources_head(const struct merge_sources *sources)
{
    char *text = NULL, *line = NULL;
    json_t *merged = json_object();
    if (sources->shard.count > 0) {
        json_object_set_new(merged, "shards", json_integer(sources->shard.count));
        json_object_set_new(merged, "by", json_string(sources->shard.by_host ? "host" : "url"));
    }
    json_object_set_new(merged, "from", from_all(sources));
    json_t *head = json_pack("{s:s, s:i, s:s, s:o}", "edgefetch", EDGEFETCH_VERSION, "schema",
                             MANIFEST_SCHEMA, "started", first_started(sources), "merged", merged);
    if (head != NULL)
        text = json_dumps(head, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(head);
    if (text == NULL || asprintf(&line, "%s\n", text) < 0)
        line = NULL;
    free(text);
    return line;
}
