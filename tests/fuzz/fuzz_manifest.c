// SPDX-License-Identifier: MIT
// A manifest that somebody else has written: it is read, or refused, and what is kept ends with a
// whole line. What retry and verify find in it is what they have chosen.
#include "fuzz.h"

#include "base/log.h"
#include "run/manifest.h"
#include "run/manifest_lines.h"
#include "run/newest.h"
#include "run/revisit.h"
#include "run/todo.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/edgefetch-fuzz-XXXXXX";
static int directory = -1;

static void remove_folder(void)
{
    unlinkat(directory, MANIFEST_NAME, 0);
    rmdir(folder);
}

// Once for all inputs.
static void make_folder(void)
{
    if (directory >= 0)
        return;
    log_set_level(LOG_QUIET);
    CHECK(mkdtemp(folder) != NULL);
    directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(directory >= 0 && atexit(remove_folder) == 0);
}

static void write_manifest(const uint8_t *data, size_t size)
{
    const int file =
        openat(directory, MANIFEST_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(file >= 0);
    for (size_t at = 0; at < size;) {
        const ssize_t written = write(file, data + at, size - at);
        CHECK(written > 0);
        at += (size_t)written;
    }
    close(file);
}

// What a run appends must not join a torn line.
static void check_end(int manifest)
{
    char last = 0;
    const off_t size = lseek(manifest, 0, SEEK_END);
    CHECK(size > 0 && pread(manifest, &last, 1, size - 1) == 1 && last == '\n');
}

static bool look(void *context, const json_t *line, bool *wanted)
{
    (void)context;
    *wanted = strcmp(manifest_text(line, "status"), "ok") == 0;
    return true;
}

// What --refresh would say in a request is one line of each header.
static void check_revisit(int manifest, const char *url, struct line_place place)
{
    struct revisit *revisit = revisit_read(manifest, place, url);
    if (revisit == NULL)
        return;
    CHECK(strpbrk(revisit->etag, "\r\n") == NULL &&
          strpbrk(revisit->last_modified, "\r\n") == NULL);
    CHECK(strchr(revisit->name, '/') == NULL && revisit->name[0] != '.');
    revisit_free(revisit);
}

static void check_newest(void)
{
    struct newest newest = {0};
    char name[NAME_BYTES];
    const int manifest = openat(directory, MANIFEST_NAME, O_RDONLY | O_CLOEXEC);
    CHECK(manifest >= 0);
    const size_t count = newest_read(&newest, manifest, look, NULL) ? newest_choose(&newest) : 0;
    for (size_t i = 0; i < count; i++) {
        json_t *line = manifest_line_at(manifest, newest_place(&newest, i));
        CHECK(strcmp(manifest_text(line, "status"), "ok") == 0);
        CHECK(manifest_text(line, "url")[0] != '\0');
        if (manifest_name(line, name))
            CHECK(strchr(name, '/') == NULL && strlen(name) < sizeof name);
        check_revisit(manifest, manifest_text(line, "url"), newest_place(&newest, i));
        json_decref(line);
    }
    newest_free(&newest);
    close(manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct run_options options = {.picture = ef_default_options(), .output = folder};
    struct ledger ledger = {0};
    make_folder();
    write_manifest(data, size);
    check_newest();
    const int manifest = manifest_open(directory, &options, &ledger);
    if (manifest >= 0) {
        check_end(manifest);
        close(manifest);
    }
    ledger_free(&ledger);
    return 0;
}
