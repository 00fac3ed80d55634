// SPDX-License-Identifier: MIT
// The text is known to be JSON, so what is looked for is only where values begin and end.
#include "run/line_paths.h"

#include <stdbool.h>
#include <string.h>

struct scan {
    const char *line, *end;
    void (*found)(void *context, size_t at);
    void *context;
};

struct key {
    const char *text;
    size_t length;
};

typedef void take_value(const struct scan *scan, struct key key, const char *value);

static const char *skip_blanks(const struct scan *scan, const char *at)
{
    while (at < scan->end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

// From its first quote to behind its last one.
static const char *skip_string(const struct scan *scan, const char *at)
{
    for (at++; at < scan->end && *at != '"'; at++)
        at += *at == '\\';
    return at < scan->end ? at + 1 : scan->end;
}

// A number or word ends where the value that it stands in goes on.
static const char *skip_value(const struct scan *scan, const char *at)
{
    size_t depth = 0;
    while (at < scan->end) {
        if (depth == 0 && strchr(",]}", *at) != NULL)
            return at;
        if (*at == '"') {
            at = skip_string(scan, at);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
    }
    return at;
}

// Behind a value: its successor in the same object or array, or NULL.
static const char *next_of(const struct scan *scan, const char *at)
{
    at = skip_blanks(scan, at);
    return at < scan->end && *at == ',' ? skip_blanks(scan, at + 1) : NULL;
}

static bool is_at(const struct scan *scan, const char *at, char first)
{
    return at < scan->end && *at == first;
}

static void for_each_member(const struct scan *scan, const char *object, take_value *take)
{
    const char *at = skip_blanks(scan, object + 1);
    while (at != NULL && is_at(scan, at, '"')) {
        const char *end = skip_string(scan, at);
        const struct key key = {at + 1, (size_t)(end - at) - 2};
        const char *value = skip_blanks(scan, skip_blanks(scan, end) + 1);
        if (value >= scan->end)
            return;
        take(scan, key, value);
        at = next_of(scan, skip_value(scan, value));
    }
}

static bool is_key(struct key key, const char *name)
{
    return key.length == strlen(name) && memcmp(key.text, name, key.length) == 0;
}

static void take_path(const struct scan *scan, const char *value)
{
    if (is_at(scan, value, '"') && !is_at(scan, value + 1, '"'))
        scan->found(scan->context, (size_t)(value + 1 - scan->line));
}

static void take_of_file(const struct scan *scan, struct key key, const char *value)
{
    if (is_key(key, "path"))
        take_path(scan, value);
}

static void take_file(const struct scan *scan, const char *value)
{
    if (is_at(scan, value, '{'))
        for_each_member(scan, value, take_of_file);
}

static void take_of_line(const struct scan *scan, struct key key, const char *value)
{
    if (is_key(key, "quarantine")) {
        take_path(scan, value);
    } else if (is_key(key, "original") || is_key(key, "resized")) {
        take_file(scan, value);
    } else if (is_key(key, "edges") && is_at(scan, value, '[')) {
        const char *at = skip_blanks(scan, value + 1);
        for (; at != NULL && at < scan->end; at = next_of(scan, skip_value(scan, at)))
            take_file(scan, at);
    }
}

void line_paths_find(const char *line, size_t length, void (*found)(void *context, size_t at),
                     void *context)
{
    const struct scan scan = {line, line + length, found, context};
    const char *object = skip_blanks(&scan, line);
    if (is_at(&scan, object, '{'))
        for_each_member(&scan, object, take_of_line);
}
