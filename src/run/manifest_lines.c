// SPDX-License-Identifier: MIT
#include "run/manifest_lines.h"

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "run/manifest.h"
#include "run/members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *manifest_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

bool manifest_path_is_confined(const char *path)
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

bool manifest_schema_is_known(const json_t *header, bool *is_header)
{
    const json_t *schema = json_object_get(header, "schema");
    *is_header = json_is_integer(schema);
    if (!*is_header || json_integer_value(schema) == MANIFEST_SCHEMA)
        return true;
    log_error("%s has schema %lld, this program knows %d; choose another directory", MANIFEST_NAME,
              (long long)json_integer_value(schema), MANIFEST_SCHEMA);
    return false;
}

bool manifest_find(const char *path, int *directory, int *manifest)
{
    char shown[LIMIT_PATH_BYTES];
    text_printable(path, shown, sizeof shown);
    *directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0) {
        log_error("directory %s:", shown);
        return false;
    }
    *manifest = openat(*directory, MANIFEST_NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*manifest >= 0)
        return true;
    if (errno == ENOENT)
        log_error("%s has no %s: no run has written there", shown, MANIFEST_NAME);
    else
        log_error("%s/%s:", shown, MANIFEST_NAME);
    close(*directory);
    return false;
}

json_t *manifest_line_at(int descriptor, struct line_place place)
{
    json_t *line = NULL;
    char *text = malloc(place.bytes);
    if (text != NULL && pread(descriptor, text, place.bytes, (off_t)place.offset) == place.bytes)
        line = json_loadb(text, place.bytes, 0, NULL);
    free(text);
    return line;
}

// The bytes of the manifest that are read but not yet taken.
struct window {
    char *bytes;
    size_t used;
    size_t passed; // bytes of a line that is longer than the window
};

// Hands on every complete line in the window and keeps the rest.
static bool take_lines(struct manifest_lines *lines, struct window *window)
{
    size_t start = 0;
    bool ok = true;
    for (const char *end;
         ok && (end = memchr(window->bytes + start, '\n', window->used - start)) != NULL;) {
        const size_t length = (size_t)(end - window->bytes) + 1 - start;
        const bool has_nul = memchr(window->bytes + start, '\0', length) != NULL;
        if (window->passed > 0 || has_nul)
            lines->unusable++;
        else
            ok = lines->take(lines->context, window->bytes + start, length,
                             (uint64_t)lines->complete);
        lines->complete += (off_t)(window->passed + length);
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

static bool read_lines(struct manifest_lines *lines, int descriptor, struct window *window)
{
    for (;;) {
        const ssize_t size = read(descriptor, window->bytes + window->used,
                                  LIMIT_MANIFEST_LINE_BYTES - window->used);
        if (interrupt_count(lines->interrupt) > 0)
            return false;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            log_error("%s:", MANIFEST_NAME);
        if (size <= 0)
            return size == 0;
        window->used += (size_t)size;
        if (!take_lines(lines, window))
            return false;
    }
}

bool manifest_lines_read(int descriptor, struct manifest_lines *lines)
{
    struct window window = {.bytes = malloc(LIMIT_MANIFEST_LINE_BYTES)};
    if (window.bytes == NULL) {
        log_error("no memory left to read %s", MANIFEST_NAME);
        return false;
    }
    const bool ok = read_lines(lines, descriptor, &window);
    lines->torn = window.used > 0 || window.passed > 0;
    free(window.bytes);
    return ok;
}

// The first file that the line tells of, and whether its name has a detector in it.
static const json_t *first_file(const json_t *line, bool *has_detector)
{
    const json_t *edges = json_object_get(line, "edges");
    const json_t *original = json_object_get(line, "original");
    *has_detector = false;
    if (original != NULL)
        return original;
    if (json_array_size(edges) == 0)
        return json_object_get(line, "resized");
    *has_detector = json_array_size(edges) > 1;
    return json_array_get(edges, 0);
}

bool manifest_name(const json_t *line, char name[NAME_BYTES])
{
    bool has_detector;
    const json_t *file = first_file(line, &has_detector);
    const char *path = manifest_text(file, "path");
    if (member_key(path, name, NAME_BYTES))
        return true;
    const char *base = strrchr(path, '/');
    base = base == NULL ? path : base + 1;
    if (strlen(base) >= NAME_BYTES)
        return false;
    strcpy(name, base);
    for (int i = 0; i < 1 + has_detector; i++) {
        char *dot = strrchr(name, '.');
        if (dot != NULL)
            *dot = '\0';
    }
    return name[0] != '\0';
}
