// SPDX-License-Identifier: MIT
#include "run/merge.h"

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "run/digest.h"
#include "run/hashset.h"
#include "run/line_paths.h"
#include "run/manifest_lines.h"
#include "run/newest.h"
#include "run/parameters.h"
#include "run/urls.h"

#include <edgefetch/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct merge {
    const struct merge_sources *sources;
    const struct merge_observer *observer;
    struct merge_counts *counts;
    FILE *file;
    struct hashset urls;                  // that have been taken; only where there are no shards
    json_t *like;                         // the first ok line: how maps are made
    const struct merge_source *like_from; // and where it is from

    // The source that is being read, and its manifest.
    const struct merge_source *source;
    int manifest;
    char *folder; // as a path in its lines begins

    // The line that is being written: as it was, how much of that is taken, and as it will be.
    const char *text;
    size_t taken;
    FILE *line;
    char *line_text;
    size_t line_length;
};

static enum merge_result no_memory(void)
{
    log_error("no memory left to merge");
    return MERGE_FAILED;
}

// ---- whether a line belongs where it is ----

static bool edges_equal(const json_t *a, const json_t *b)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!parameters_equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

static bool is_made_alike(const json_t *a, const json_t *b)
{
    return edges_equal(json_object_get(a, "edges"), json_object_get(b, "edges")) &&
           parameters_equal(json_object_get(a, "resized"), json_object_get(b, "resized"));
}

// All that is ok has to be made with the same options, or it would be no one set of pictures.
static enum merge_result check_options(struct merge *merge, json_t *line)
{
    char one[LIMIT_PATH_BYTES], other[LIMIT_PATH_BYTES], url[LIMIT_SHOWN_URL_BYTES];
    if (strcmp(manifest_text(line, "status"), "ok") != 0)
        return MERGE_DONE;
    if (merge->like == NULL) {
        merge->like = json_incref(line);
        merge->like_from = merge->source;
    }
    if (is_made_alike(merge->like, line))
        return MERGE_DONE;
    log_error("%s was made with other options than %s: the maps of %s differ in detector, "
              "threshold, size or format; run one of them again with the options of the other",
              text_printable(merge->source->path, one, sizeof one),
              text_printable(merge->like_from->path, other, sizeof other),
              text_printable(manifest_text(line, "url"), url, sizeof url));
    return MERGE_REFUSED;
}

// Rows that no URL can be read from go to a shard by their place in the list.
static bool goes_by_row(const json_t *line)
{
    const char *code = manifest_text(json_object_get(line, "error"), "code");
    return strcmp(code, ef_status_name(EF_BAD_ROW)) == 0 ||
           strcmp(code, ef_status_name(EF_LINE_TOO_LONG)) == 0;
}

static bool is_of_its_shard(const struct merge_source *source, const json_t *line)
{
    const char *url = manifest_text(line, "url");
    struct list_entry entry;
    if (goes_by_row(line))
        return true;
    urls_parse_line(url, strlen(url), &entry);
    // What is shown of some URLs, without their credentials say, reads as another one.
    const bool known = entry.url.shown != NULL && strcmp(entry.url.shown, url) == 0;
    const bool right = !known || shard_has(&source->shard, &entry);
    list_entry_free(&entry);
    return right;
}

// False when the line is left out, or, with MERGE_FAILED, without memory.
static bool is_new(struct merge *merge, const json_t *line, enum merge_result *result)
{
    const uint64_t digest = digest_key(manifest_text(line, "url"));
    const uint64_t key = digest != 0 ? digest : 1; // 0 is a free slot
    *result = MERGE_DONE;
    if (merge->sources->shard.count > 0) {
        merge->counts->misplaced += !is_of_its_shard(merge->source, line);
        return true;
    }
    if (hashset_find(&merge->urls, key, ~UINT64_C(0)) != NULL) {
        merge->counts->repeated++;
        return false;
    }
    if (hashset_add(&merge->urls, key) == NULL)
        *result = no_memory();
    return *result == MERGE_DONE;
}

// ---- writing ----

// As it stands within a string of JSON.
static char *escape(const char *folder)
{
    json_t *string = json_string(folder);
    char *text = json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    json_decref(string);
    if (text == NULL)
        return NULL;
    const size_t length = strlen(text) - 2;
    memmove(text, text + 1, length);
    text[length] = '\0';
    return text;
}

static void put_folder(void *context, size_t at)
{
    struct merge *merge = context;
    fwrite(merge->text + merge->taken, 1, at - merge->taken, merge->line);
    fputs(merge->folder, merge->line);
    merge->taken = at;
}

static enum merge_result unwritable(const struct merge *merge)
{
    char shown[LIMIT_PATH_BYTES];
    log_error("%s cannot be written:", text_printable(merge->sources->target, shown, sizeof shown));
    return MERGE_FAILED;
}

static enum merge_result put_line(struct merge *merge, const char *text, size_t length,
                                  const json_t *line)
{
    const struct merge_observer *observer = merge->observer;
    rewind(merge->line);
    merge->text = text;
    merge->taken = 0;
    line_paths_find(text, length, put_folder, merge);
    fwrite(text + merge->taken, 1, length - merge->taken, merge->line);
    if (fflush(merge->line) != 0 || ferror(merge->line))
        return no_memory();
    if (fwrite(merge->line_text, 1, merge->line_length, merge->file) != merge->line_length)
        return unwritable(merge);
    return observer->line == NULL ||
                   observer->line(observer->context, merge->line_text, merge->line_length, line)
               ? MERGE_DONE
               : MERGE_FAILED;
}

// ---- one source ----

static enum merge_result changed(const struct merge_source *source)
{
    char shown[LIMIT_PATH_BYTES];
    log_error("the manifest of %s was changed while it was read; merge again",
              text_printable(source->path, shown, sizeof shown));
    return MERGE_FAILED;
}

static enum merge_result take_line(struct merge *merge, struct line_place place, char *text)
{
    enum merge_result result = MERGE_DONE;
    if (pread(merge->manifest, text, place.bytes, (off_t)place.offset) != place.bytes)
        return changed(merge->source);
    json_t *line = json_loadb(text, place.bytes, 0, NULL);
    if (!json_is_object(line)) {
        result = changed(merge->source);
    } else if (is_new(merge, line, &result)) {
        result = check_options(merge, line);
        if (result == MERGE_DONE)
            result = put_line(merge, text, place.bytes, line);
    }
    json_decref(line);
    return result;
}

static enum merge_result take_lines(struct merge *merge, struct newest *newest, size_t count)
{
    enum merge_result result = MERGE_DONE;
    char *text = malloc(LIMIT_MANIFEST_LINE_BYTES);
    if (text == NULL)
        return no_memory();
    for (size_t i = 0; i < count && result == MERGE_DONE; i++)
        result = interrupt_count(interrupt_of_process()) > 0
                     ? MERGE_INTERRUPTED
                     : take_line(merge, newest_place(newest, i), text);
    free(text);
    return result;
}

// The most rows that a shard has found in the whole list.
static uint64_t most_listed(const struct merge_sources *sources)
{
    uint64_t most = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].ended && sources->items[i].complete.listed > most)
            most = sources->items[i].complete.listed;
    return most;
}

#define ULL(value) ((unsigned long long)(value))

// Of a shard whose manifest tells of `urls` URLs.
static void judge(const struct merge *merge, uint64_t urls)
{
    const struct merge_source *source = merge->source;
    const uint64_t most = most_listed(merge->sources);
    char why[160];
    if (source->shard.count == 0 || merge->observer->incomplete == NULL)
        return;
    if (!source->ended)
        snprintf(why, sizeof why, "no run has come to the end of its list; run it again");
    else if (urls < source->complete.urls)
        snprintf(why, sizeof why, "its manifest tells of %llu of its %llu URLs; run it again",
                 ULL(urls), ULL(source->complete.urls));
    else if (source->complete.listed < most)
        snprintf(why, sizeof why,
                 "its list had %llu rows and that of another shard %llu; run it again with that",
                 ULL(source->complete.listed), ULL(most));
    else
        return;
    merge->observer->incomplete(merge->observer->context, source, why);
}

static bool want_all(void *context, const json_t *line, bool *wanted)
{
    (void)context;
    (void)line;
    *wanted = true;
    return true;
}

static enum merge_result take_manifest(struct merge *merge)
{
    char shown[LIMIT_PATH_BYTES];
    enum merge_result result =
        interrupt_count(interrupt_of_process()) > 0 ? MERGE_INTERRUPTED : MERGE_FAILED;
    struct newest newest = {.label = text_printable(merge->source->path, shown, sizeof shown)};
    if (result != MERGE_INTERRUPTED && newest_read(&newest, merge->manifest, want_all, NULL)) {
        const size_t count = newest_choose(&newest);
        judge(merge, count);
        result = take_lines(merge, &newest, count);
    } else if (interrupt_count(interrupt_of_process()) > 0) {
        result = MERGE_INTERRUPTED;
    }
    newest_free(&newest);
    return result;
}

static enum merge_result take_source(struct merge *merge, const struct merge_source *source)
{
    int directory;
    merge->source = source;
    merge->folder = escape(source->folder);
    if (merge->folder == NULL)
        return no_memory();
    enum merge_result result = MERGE_FAILED;
    if (manifest_find(source->path, &directory, &merge->manifest)) {
        result = take_manifest(merge);
        close(merge->manifest);
        close(directory);
    }
    free(merge->folder);
    return result;
}

// ---- all of them ----

static enum merge_result put_head(struct merge *merge)
{
    char *head = merge_sources_head(merge->sources);
    if (head == NULL)
        return no_memory();
    enum merge_result result = MERGE_DONE;
    if (strlen(head) > LIMIT_MANIFEST_LINE_BYTES) {
        log_error("these are too many directories for one manifest, whose first line names them; "
                  "merge fewer");
        result = MERGE_REFUSED;
    } else if (fputs(head, merge->file) < 0) {
        result = unwritable(merge);
    }
    free(head);
    return result;
}

static enum merge_result write_all_lines(struct merge *merge)
{
    enum merge_result result = put_head(merge);
    merge->line = open_memstream(&merge->line_text, &merge->line_length);
    if (merge->line == NULL)
        return no_memory();
    for (size_t i = 0; i < merge->sources->count && result == MERGE_DONE; i++)
        result = take_source(merge, &merge->sources->items[i]);
    fclose(merge->line);
    free(merge->line_text);
    json_decref(merge->like);
    hashset_free(&merge->urls);
    return result;
}

enum merge_result merge_write(const struct merge_sources *sources,
                              const struct merge_observer *observer, struct merge_counts *counts)
{
    struct merge merge = {.sources = sources, .observer = observer, .counts = counts};
    char *partial;
    *counts = (struct merge_counts){0};
    if (asprintf(&partial, "%s.partial-%ld", sources->target, (long)getpid()) < 0)
        return no_memory();
    merge.file = fopen(partial, "wxe");
    enum merge_result result = merge.file == NULL ? unwritable(&merge) : write_all_lines(&merge);
    if (merge.file != NULL && fclose(merge.file) != 0 && result == MERGE_DONE)
        result = unwritable(&merge);
    if (result == MERGE_DONE && rename(partial, sources->target) != 0)
        result = unwritable(&merge);
    if (result != MERGE_DONE && merge.file != NULL)
        unlink(partial);
    free(partial);
    return result;
}
