// SPDX-License-Identifier: MIT
// Reading a manifest back: what is done, and which names are taken.
#include "run/manifest.h"

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/log.h"
#include "run/parameters.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct reader {
    int directory;
    const struct run_options *options;
    struct ledger *ledger;
    uint64_t line, foreign; // lines read, and those among them that are not ours
    uint64_t at;            // where the line begins that is being taken
    bool alone;             // no other run writes to it
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

// Paths in a manifest are relative and stay below the output directory.
static bool is_confined(const char *path)
{
    if (path[0] == '\0' || path[0] == '/')
        return false;
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += part[0] == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return true;
}

static bool stands(int directory, const json_t *file)
{
    struct stat there;
    const char *path = text_of(file, "path");
    return is_confined(path) && fstatat(directory, path, &there, 0) == 0 &&
           S_ISREG(there.st_mode) &&
           there.st_size == json_integer_value(json_object_get(file, "bytes"));
}

// The entry of one detector, with the same parameters, stands.
static bool detector_is_done(const struct reader *reader, const json_t *list,
                             enum ef_detector detector)
{
    bool done = false;
    json_t *wanted = parameters_of(&reader->options->picture, detector);
    for (size_t i = 0; i < json_array_size(list) && !done; i++) {
        const json_t *edges = json_array_get(list, i);
        done = parameters_equal(wanted, edges) && stands(reader->directory, edges);
    }
    json_decref(wanted);
    return done;
}

static bool resized_is_done(const struct reader *reader, const json_t *entry)
{
    json_t *wanted = parameters_of_resized(&reader->options->picture);
    const bool done = parameters_equal(wanted, entry) && stands(reader->directory, entry);
    json_decref(wanted);
    return done;
}

static bool is_done(const struct reader *reader, const json_t *line)
{
    const json_t *list = json_object_get(line, "edges");
    if (strcmp(text_of(line, "status"), "ok") != 0)
        return false;
    if (!reader->options->no_originals && !stands(reader->directory, json_object_get(line, "origina"
                                                                                           "l")))
        return false;
    const struct ef_options *picture = &reader->options->picture;
    if (reader->options->part == PART_DOWNLOAD)
        return true;
    for (unsigned i = 0; i < picture->detector_count; i++)
        if (!detector_is_done(reader, list, picture->detectors[i]))
            return false;
    return !picture->save_resized || resized_is_done(reader, json_object_get(line, "resized"));
}

// "edges/NAME.EXT", "edges/NAME.DETECTOR.EXT" or "original/NAME.EXT" -> NAME
static bool note_name(const struct reader *reader, const char *url, const json_t *file)
{
    char name[NAME_BYTES];
    const char *path = text_of(file, "path");
    const char *base = strrchr(path, '/');
    if (base == NULL)
        return true;
    snprintf(name, sizeof name, "%s", base + 1);
    char *dot = strrchr(name, '.');
    if (dot != NULL)
        *dot = '\0';
    const char *detector = text_of(file, "detector");
    dot = strrchr(name, '.');
    if (dot != NULL && strcmp(dot + 1, detector) == 0)
        *dot = '\0';
    return ledger_note_name(reader->ledger, url, name);
}

// False when the run cannot go on.
static bool take_line(struct reader *reader, const char *text, size_t length)
{
    json_t *line = json_loadb(text, length, 0, NULL);
    const char *url = text_of(line, "url");
    bool ok = true;
    reader->line++;
    if (reader->line == 1 && json_is_integer(json_object_get(line, "schema"))) {
        const long long schema = json_integer_value(json_object_get(line, "schema"));
        ok = schema == MANIFEST_SCHEMA;
        if (!ok)
            log_error("%s has schema %lld, this program knows %d; choose another --output",
                      MANIFEST_NAME, schema, MANIFEST_SCHEMA);
    } else if (url[0] == '\0') {
        reader->foreign++;
    } else if (strcmp(text_of(line, "status"), "cancelled") != 0) {
        ok = ledger_note_done(reader->ledger, url, is_done(reader, line));
        const json_t *edges = json_object_get(line, "edges");
        const json_t *original = json_object_get(line, "original");
        if (ok && reader->options->part == PART_PROCESS && stands(reader->directory, original))
            ok = originals_note(&reader->ledger->originals, url,
                                (struct line_place){reader->at, (uint32_t)length});
        if (ok && json_array_size(edges) > 0)
            ok = note_name(reader, url, json_array_get(edges, 0));
        else if (ok && original != NULL)
            ok = note_name(reader, url, original);
        if (!ok)
            log_error("no memory left to read %s", MANIFEST_NAME);
    }
    json_decref(line);
    return ok;
}

// The bytes of the manifest that are read but not yet taken.
struct window {
    char *bytes;
    size_t used;
    size_t passed;  // bytes of a line that is longer than the window
    off_t complete; // where the last complete line ends
};

// Hands on every complete line in the window and keeps the rest.
static bool take_lines(struct reader *reader, struct window *window)
{
    size_t start = 0;
    bool ok = true;
    for (const char *end;
         ok && (end = memchr(window->bytes + start, '\n', window->used - start)) != NULL;) {
        const size_t length = (size_t)(end - window->bytes) + 1 - start;
        if (window->passed > 0)
            reader->foreign++;
        else
            ok = take_line(reader, window->bytes + start, length);
        window->complete += (off_t)(window->passed + length);
        reader->at = (uint64_t)window->complete;
        window->passed = 0;
        start += length;
    }
    window->used -= start;
    memmove(window->bytes, window->bytes + start, window->used);
    if (window->used == LIMIT_MANIFEST_LINE_BYTES) {
        window->passed += window->used;
        window->used = 0;
    }
    return ok;
}

static bool read_lines(struct reader *reader, int descriptor, struct window *window)
{
    for (;;) {
        const ssize_t size = read(descriptor, window->bytes + window->used,
                                  LIMIT_MANIFEST_LINE_BYTES - window->used);
        if (interrupt_count() > 0)
            return false;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            log_error("%s:", MANIFEST_NAME);
        if (size <= 0)
            return size == 0;
        window->used += (size_t)size;
        if (!take_lines(reader, window))
            return false;
    }
}

// A last line without its end was torn by a kill, unless another run is just writing it.
static bool cut_off_torn(const struct reader *reader, int descriptor, off_t complete)
{
    if (!reader->alone)
        return true;
    log_warning("%s: the last line was torn by a kill; dropped", MANIFEST_NAME);
    if (ftruncate(descriptor, complete) == 0)
        return true;
    log_error("%s:", MANIFEST_NAME);
    return false;
}

static bool load(struct reader *reader, int descriptor)
{
    struct window window = {.bytes = malloc(LIMIT_MANIFEST_LINE_BYTES)};
    if (window.bytes == NULL) {
        log_error("no memory left to read %s", MANIFEST_NAME);
        return false;
    }
    const bool ok = read_lines(reader, descriptor, &window);
    free(window.bytes);
    if (!ok)
        return false;
    if ((window.used > 0 || window.passed > 0) &&
        !cut_off_torn(reader, descriptor, window.complete))
        return false;
    if (reader->foreign > 0)
        log_warning("%s: %llu lines are not edgefetch's; passed over", MANIFEST_NAME,
                    (unsigned long long)reader->foreign);
    return true;
}

static bool begin(int descriptor)
{
    char *header = manifest_header();
    const size_t length = header == NULL ? 0 : strlen(header);
    const bool ok = header != NULL && write(descriptor, header, length) == (ssize_t)length;
    if (!ok)
        log_error("%s:", MANIFEST_NAME);
    free(header);
    return ok;
}

// A run holds a shared lock on its manifest as long as it lives, and the only one of them an
// exclusive one while it begins. A file system without locks is taken to have one run.
static bool lock(int descriptor, bool *alone)
{
    const struct timespec wait = {.tv_nsec = WAIT_LOCK_MS * 1000000};
    while (interrupt_count() == 0) {
        *alone = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
        if (*alone || flock(descriptor, LOCK_SH | LOCK_NB) == 0)
            return true;
        nanosleep(&wait, NULL);
    }
    return false;
}

// From here on others may begin, too. One that comes in between may have the exclusive lock.
static bool share_lock(int descriptor)
{
    const struct timespec wait = {.tv_nsec = WAIT_LOCK_MS * 1000000};
    while (flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        if (interrupt_count() > 0)
            return false;
        nanosleep(&wait, NULL);
    }
    return true;
}

int manifest_open(int directory, const struct run_options *options, struct ledger *ledger)
{
    struct reader reader = {.directory = directory, .options = options, .ledger = ledger};
    const int descriptor =
        openat(directory, MANIFEST_NAME, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        log_error("%s:", MANIFEST_NAME);
        return -1;
    }
    if (lock(descriptor, &reader.alone) && load(&reader, descriptor) &&
        (lseek(descriptor, 0, SEEK_END) > 0 || begin(descriptor)) && share_lock(descriptor))
        return descriptor;
    close(descriptor);
    return -1;
}

char *manifest_original(int manifest, struct line_place place, const char *url)
{
    char *path = NULL;
    char *text = malloc(place.bytes);
    if (text != NULL && pread(manifest, text, place.bytes, (off_t)place.offset) == place.bytes) {
        json_t *line = json_loadb(text, place.bytes, 0, NULL);
        const char *found = text_of(json_object_get(line, "original"), "path");
        if (strcmp(text_of(line, "url"), url) == 0 && is_confined(found))
            path = strdup(found);
        json_decref(line);
    }
    free(text);
    return path;
}
