// SPDX-License-Identifier: MIT
#include "run/row.h"

#include <string.h>
#include <strings.h>

// ---- the end of a row ----

// What a byte makes of a row of CSV: quotes count at the start of a field alone (RFC 4180).
static enum row_state step(enum row_state state, char c)
{
    if (state == ROW_QUOTED)
        return c == '"' ? ROW_QUOTE : ROW_QUOTED;
    if (c == '"' && (state == ROW_FIELD || state == ROW_QUOTE))
        return ROW_QUOTED;
    return c == ',' ? ROW_FIELD : ROW_PLAIN;
}

bool row_scan(struct row_scan *scan, enum list_format format, const char *text, size_t size)
{
    if (format != LIST_CSV) {
        const char *from = text + scan->scanned;
        const char *end = memchr(from, '\n', size - scan->scanned);
        scan->scanned = end != NULL ? (size_t)(end - text) : size;
        return end != NULL;
    }
    for (; scan->scanned < size; scan->scanned++) {
        const char c = text[scan->scanned];
        if (c == '\n' && scan->state != ROW_QUOTED)
            return true;
        scan->breaks += c == '\n';
        scan->state = step(scan->state, c);
    }
    return false;
}

// ---- which format ----

static bool ends_with(const char *text, size_t length, const char *end)
{
    const size_t size = strlen(end);
    return length >= size && strncasecmp(text + length - size, end, size) == 0;
}

enum list_format list_format_of_name(const char *path)
{
    static const struct {
        const char *end;
        enum list_format format;
    } known[] = {{".csv", LIST_CSV},
                 {".tsv", LIST_TSV},
                 {".tab", LIST_TSV},
                 {".jsonl", LIST_JSONL},
                 {".ndjson", LIST_JSONL}};
    size_t length = strlen(path);
    length -= ends_with(path, length, ".gz") ? 3 : ends_with(path, length, ".zst") ? 4 : 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ends_with(path, length, known[i].end))
            return known[i].format;
    return LIST_AUTO;
}

enum list_format list_format_of_row(const char *row, size_t length)
{
    size_t blank = 0;
    while (blank < length && (row[blank] == ' ' || row[blank] == '\t'))
        blank++;
    if (blank < length && row[blank] == '{')
        return LIST_JSONL;
    return memchr(row, '\t', length) != NULL ? LIST_TSV : LIST_CSV;
}

// ---- its fields ----

// A field in quotes, which begins at row[from]; two quotes are one. Returns where it ends, behind
// its last quote, or 0 when it does not.
static size_t take_quoted(char *row, size_t from, size_t length, struct field *field)
{
    char *to = row + from;
    field->text = to;
    for (size_t i = from + 1; i < length; i++) {
        if (row[i] == '"' && (i + 1 == length || row[i + 1] != '"')) {
            field->length = (size_t)(to - field->text);
            return i + 1;
        }
        i += row[i] == '"';
        *to++ = row[i];
    }
    return 0;
}

static size_t take_plain(char *row, size_t from, size_t length, char separator, struct field *field)
{
    const char *end = memchr(row + from, separator, length - from);
    field->text = row + from;
    field->length = end != NULL ? (size_t)(end - field->text) : length - from;
    return from + field->length;
}

size_t row_split(enum list_format format, char *row, size_t length,
                 struct field fields[LIMIT_LIST_COLUMNS], const char **why)
{
    const char separator = format == LIST_TSV ? '\t' : ',';
    size_t count = 0;
    for (size_t at = 0;; at++) { // over the separator
        if (count == LIMIT_LIST_COLUMNS) {
            *why = "it has too many columns";
            return 0;
        }
        struct field *field = &fields[count++];
        if (format != LIST_CSV || at == length || row[at] != '"') {
            at = take_plain(row, at, length, separator, field);
        } else if ((at = take_quoted(row, at, length, field)) == 0) {
            *why = "a quote is not closed";
            return 0;
        }
        if (at == length)
            return count;
        if (row[at] != separator) {
            *why = "something stands behind a closing quote";
            return 0;
        }
    }
}
