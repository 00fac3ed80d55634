// SPDX-License-Identifier: MIT
#include "run/verify.h"

#include "base/limits.h"
#include "base/log.h"
#include "run/digest.h"
#include "run/hashset.h"
#include "run/manifest.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"
#include "run/members.h"
#include "run/merged.h"
#include "run/newest.h"
#include "run/stored.h"
#include "run/strays.h"

#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct check {
    const struct verify_observer *observer;
    struct verify_counts *counts;
    int directory, manifest;
    struct members members;
    struct newest newest;
    struct hashset known; // the paths that any line tells of
};

const char *verify_problem_name(enum verify_problem problem)
{
    static const char *const names[VERIFY_PROBLEM_COUNT] = {"missing", "different", "unknown"};
    return names[problem];
}

static void found(struct check *check, const struct verify_finding *finding)
{
    check->counts->problems[finding->problem]++;
    check->observer->found(check->observer->context, finding);
}

// ---- which files there should be ----

static uint64_t key_of(const char *path)
{
    const uint64_t key = digest_key(path);
    return key != 0 ? key : 1; // 0 is a free slot
}

static bool is_known(const struct check *check, const char *path)
{
    return hashset_find(&check->known, key_of(path), ~UINT64_C(0)) != NULL;
}

static bool note(struct check *check, const char *path)
{
    return path[0] == '\0' || is_known(check, path) ||
           hashset_add(&check->known, key_of(path)) != NULL;
}

// Of a package both files are known.
static bool note_path(struct check *check, const json_t *entry)
{
    char package[LIMIT_PATH_BYTES];
    const char *path = manifest_text(entry, "path");
    if (!member_package(path, package, sizeof package))
        return note(check, path);
    if (!note(check, package))
        return false;
    strcpy(strrchr(package, '.'), ".idx");
    return note(check, package);
}

static bool look(void *context, const json_t *line, bool *wanted)
{
    struct check *check = context;
    const json_t *edges = json_object_get(line, "edges");
    bool ok = note_path(check, json_object_get(line, "original")) &&
              note_path(check, json_object_get(line, "resized"));
    for (size_t i = 0; i < json_array_size(edges) && ok; i++)
        ok = note_path(check, json_array_get(edges, i));
    *wanted = strcmp(manifest_text(line, "status"), "ok") == 0;
    return ok;
}

// ---- what they are ----

// False when there is a problem; a file that no entry tells of is none.
static bool check_file(struct check *check, const json_t *line, const json_t *entry)
{
    const json_int_t index = json_integer_value(json_object_get(line, "index"));
    char why[128];
    const char *path = manifest_text(entry, "path");
    if (path[0] == '\0')
        return true;
    const enum stored_state state =
        stored_check(&check->members, entry, (uint64_t)index, why, sizeof why);
    if (state == STORED_AS_RECORDED) {
        check->counts->verified++;
        return true;
    }
    const enum verify_problem problem = state == STORED_MISSING ? VERIFY_MISSING : VERIFY_DIFFERENT;
    found(check, &(struct verify_finding){problem, path, manifest_text(line, "url"), why});
    return false;
}

static bool check_line(struct check *check, const json_t *line)
{
    const json_t *original = json_object_get(line, "original");
    const json_t *edges = json_object_get(line, "edges");
    const bool original_is_right = check_file(check, line, original);
    bool right = original_is_right;
    for (size_t i = 0; i < json_array_size(edges); i++)
        right = check_file(check, line, json_array_get(edges, i)) && right;
    right = check_file(check, line, json_object_get(line, "resized")) && right;
    const bool original_stands = original_is_right && manifest_text(original, "path")[0] != '\0';
    return right || check->observer->broken == NULL ||
           check->observer->broken(check->observer->context, line, original_stands);
}

static bool check_lines(struct check *check)
{
    const size_t urls = check->newest.lines.used;
    const size_t count = newest_choose(&check->newest);
    bool ok = true;
    check->counts->not_done = urls - count;
    for (size_t i = 0; i < count && ok; i++) {
        json_t *line = manifest_line_at(check->manifest, newest_place(&check->newest, i));
        ok = line != NULL;
        if (!ok)
            log_error("%s was changed while it was read", MANIFEST_NAME);
        else
            ok = check_line(check, line);
        json_decref(line);
    }
    return ok;
}

static void found_file(void *context, const char *path)
{
    struct check *check = context;
    if (!is_known(check, path))
        found(check, &(struct verify_finding){VERIFY_UNKNOWN, path, NULL, NULL});
}

static bool find_strays_in(void *context, const char *folder)
{
    struct check *check = context;
    return strays_find(check->directory, folder, found_file, check);
}

static bool find_strays(struct check *check)
{
    json_t *head = manifest_head_read(check->manifest);
    const bool ok = merged_folders(check->directory, head, find_strays_in, check);
    json_decref(head);
    return ok;
}

// Whoever writes there while we read changes what we have read about.
static void say_when_others_write(int manifest)
{
    if (flock(manifest, LOCK_EX | LOCK_NB) == 0)
        flock(manifest, LOCK_UN);
    else
        log_warning("a run is writing to this directory; its files may be told of as unknown or "
                    "different");
}

bool verify(const char *directory, const struct verify_observer *observer,
            struct verify_counts *counts)
{
    struct check check = {.observer = observer, .counts = counts};
    *counts = (struct verify_counts){0};
    if (!manifest_find(directory, &check.directory, &check.manifest))
        return false;
    check.members.directory = check.directory;
    say_when_others_write(check.manifest);
    const bool ok = newest_read(&check.newest, check.manifest, look, &check) &&
                    check_lines(&check) && find_strays(&check);
    newest_free(&check.newest);
    members_free(&check.members);
    hashset_free(&check.known);
    close(check.manifest);
    close(check.directory);
    return ok;
}
