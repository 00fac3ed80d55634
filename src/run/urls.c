// SPDX-License-Identifier: MIT
#include "run/urls.h"

#include "run/names.h"
#include "run/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void list_entry_free(struct list_entry *entry)
{
    url_free(&entry->url);
    free(entry->name);
    free(entry->columns);
    entry->name = entry->columns = NULL;
}

char *urls_space(struct urls *urls, size_t *size)
{
    memmove(urls->buffer, urls->buffer + urls->start, urls->end - urls->start);
    urls->end -= urls->start;
    urls->start = 0;
    *size = sizeof urls->buffer - urls->end;
    return urls->buffer + urls->end;
}

void urls_fed(struct urls *urls, size_t size)
{
    urls->end += size;
}

void urls_finish(struct urls *urls)
{
    urls->finished = true;
}

struct text {
    const char *bytes;
    size_t length;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank((*text)[*length - 1]))
        (*length)--;
    while (*length > 0 && is_blank(**text)) {
        (*text)++;
        (*length)--;
    }
}

static void fail(struct list_entry *entry, enum ef_status status, const char *message)
{
    entry->status = status;
    snprintf(entry->message, sizeof entry->message, "%s", message);
}

void list_entry_make(struct list_entry *entry, const char *url, size_t url_length, const char *name,
                     size_t name_length)
{
    char error[128];
    *entry = (struct list_entry){.status = EF_OK};
    trim(&url, &url_length);
    if (!url_parse(url, url_length, &entry->url, error, sizeof error)) {
        fail(entry, EF_BAD_URL, error);
        return;
    }
    trim(&name, &name_length);
    if (name_length == 0)
        return;
    entry->name = name_from_list(name, name_length, error, sizeof error);
    if (entry->name == NULL)
        fail(entry, EF_BAD_NAME, error);
}

void urls_parse_line(const char *text, size_t length, struct list_entry *entry)
{
    trim(&text, &length);
    const char *tab = memchr(text, '\t', length);
    const size_t url_length = tab == NULL ? length : (size_t)(tab - text);
    const char *name = tab == NULL ? text : tab + 1;
    list_entry_make(entry, text, url_length, name, tab == NULL ? 0 : length - url_length - 1);
}

// What such a line says is not shown: an '@' further on could make all before it a password.
static void name_by_line(const struct urls *urls, struct list_entry *entry, const char *what)
{
    const char *label = urls->label != NULL ? urls->label : "the list";
    if (asprintf(&entry->url.shown, "(line %llu of %s%s)", (unsigned long long)urls->line, label,
                 what) < 0)
        entry->url.shown = NULL;
    entry->line = urls->line;
}

static void too_long(const struct urls *urls, struct list_entry *entry)
{
    char error[128];
    *entry = (struct list_entry){.status = EF_OK};
    name_by_line(urls, entry, " is too long");
    snprintf(error, sizeof error, "a line may be at most %llu bytes long", LIMIT_LINE_BYTES);
    fail(entry, EF_LINE_TOO_LONG, error);
}

// Once: the first line is looked at again whenever more of it has come, and what follows its mark
// is the line's.
static void skip_byte_order_mark(struct urls *urls)
{
    if (urls->line != 1 || urls->begun || urls->end - urls->start < 3)
        return;
    urls->begun = true;
    if (memcmp(urls->buffer + urls->start, "\xEF\xBB\xBF", 3) == 0)
        urls->start += 3;
    urls->row = (struct row_scan){0};
}

static enum list_format format_of(const struct urls *urls)
{
    return urls->table == NULL || urls->skipping ? LIST_TEXT : table_format(urls->table);
}

// Takes one line, or row, without its end from the buffer. False when it is not complete yet. A
// quote that is closed nowhere costs the line that it stands in, and not all that follow.
static bool take_line(struct urls *urls, char **line, size_t *length)
{
    char *from = urls->buffer + urls->start;
    const size_t available = urls->end - urls->start;
    struct row_scan *row = &urls->row;
    bool ended = row_scan(row, format_of(urls), from, available);
    if (!ended && row->state == ROW_QUOTED && (urls->finished || available > LIMIT_LINE_BYTES)) {
        *row = (struct row_scan){0};
        ended = row_scan(row, LIST_TEXT, from, available);
    }
    if (!ended && !urls->finished)
        return false;
    *line = from;
    *length = row->scanned;
    urls->breaks = row->breaks;
    urls->start += *length + ended;
    *row = (struct row_scan){0};
    return true;
}

// Takes what stands before the first tab off a line.
static struct text take_part(char **line, size_t *length)
{
    char *tab = memchr(*line, '\t', *length);
    const struct text part = {*line, tab == NULL ? 0 : (size_t)(tab - *line)};
    if (tab != NULL) {
        *length -= part.length + 1;
        *line = tab + 1;
    }
    return part;
}

// "INDEX<TAB>COLUMNS<TAB>" and then a line as others are.
static void take_numbered(char *line, size_t length, struct list_entry *entry)
{
    uint64_t index = 0;
    const struct text number = take_part(&line, &length);
    const struct text columns = take_part(&line, &length);
    for (size_t i = 0; i < number.length && number.bytes[i] >= '0' && number.bytes[i] <= '9'; i++)
        index = 10 * index + (uint64_t)(number.bytes[i] - '0');
    urls_parse_line(line, length, entry);
    entry->index = index;
    if (columns.length > 0)
        entry->columns = strndup(columns.bytes, columns.length);
}

static void break_off(struct urls *urls)
{
    urls->start = urls->end;
    urls->finished = true;
}

// Decides by the first line how a list with columns is to be read. False when that is not possible
// yet, or not at all.
static bool begin_table(struct urls *urls)
{
    while (urls->start < urls->end &&
           (urls->buffer[urls->start] == '\n' || urls->buffer[urls->start] == '\r'))
        urls->line += urls->buffer[urls->start++] == '\n';
    const char *from = urls->buffer + urls->start;
    const size_t available = urls->end - urls->start;
    const char *end = memchr(from, '\n', available);
    if (available == 0 || (end == NULL && available <= LIMIT_LINE_BYTES && !urls->finished))
        return false;
    const size_t length = end == NULL ? available : (size_t)(end - from);
    const enum list_format format = urls->columns->format != LIST_AUTO
                                        ? urls->columns->format
                                        : list_format_of_row(from, length);
    urls->table = table_new(urls->columns, format);
    if (urls->table == NULL)
        snprintf(urls->fault, sizeof urls->fault, "no memory left for its columns");
    else if (length > LIMIT_LINE_BYTES)
        snprintf(urls->fault, sizeof urls->fault, "its first line has more than %llu bytes",
                 LIMIT_LINE_BYTES);
    else if (format == LIST_JSONL)
        table_check_row(urls->table, from, length, urls->fault, sizeof urls->fault);
    if (urls->fault[0] != '\0')
        break_off(urls);
    return urls->fault[0] == '\0';
}

// One row of a table. False when it gives no entry.
static bool take_row(struct urls *urls, char *row, size_t length, struct list_entry *entry)
{
    if (length > 0 && row[length - 1] == '\r')
        length--;
    const char *blank = row;
    size_t left = length;
    trim(&blank, &left);
    if (left == 0 && (length == 0 || format_of(urls) == LIST_JSONL))
        return false;
    if (!table_has_head(urls->table)) {
        if (!table_take_head(urls->table, row, length, urls->fault, sizeof urls->fault))
            break_off(urls);
        return false;
    }
    table_entry(urls->table, row, length, entry);
    if (entry->status == EF_BAD_ROW)
        name_by_line(urls, entry, "");
    return true;
}

// One complete line. False when it gives no entry.
static bool take_entry(struct urls *urls, char *line, size_t length, struct list_entry *entry)
{
    if (length > LIMIT_LINE_BYTES) {
        too_long(urls, entry);
        return true;
    }
    if (urls->table != NULL)
        return take_row(urls, line, length, entry);
    if (urls->numbered) {
        take_numbered(line, length, entry);
        return true;
    }
    const char *text = line;
    trim(&text, &length);
    if (length == 0 || text[0] == '#')
        return false;
    urls_parse_line(text, length, entry);
    return true;
}

// There is no complete line. True when that is because it is too long, which is told once.
static bool pass_over_long_line(struct urls *urls, struct list_entry *entry)
{
    if (!urls->skipping && urls->end - urls->start <= LIMIT_LINE_BYTES) {
        urls->line--; // the same line again, when there is more of it
        return false;
    }
    urls->start = urls->end;
    urls->row = (struct row_scan){0};
    if (urls->skipping)
        return false;
    urls->skipping = true;
    too_long(urls, entry);
    return true;
}

enum urls_result urls_next(struct urls *urls, struct list_entry *entry)
{
    while (urls->start < urls->end) {
        char *line;
        size_t length;
        if (!urls->skipping) {
            urls->line++;
            skip_byte_order_mark(urls);
            if (urls->columns != NULL && urls->table == NULL && !begin_table(urls)) {
                urls->line--;
                break;
            }
        }
        if (!take_line(urls, &line, &length))
            return pass_over_long_line(urls, entry) ? URLS_ENTRY : URLS_MORE;
        if (urls->skipping) {
            urls->skipping = false;
            continue;
        }
        const bool taken = take_entry(urls, line, length, entry);
        if (taken)
            entry->line = urls->line;
        urls->line += urls->breaks;
        if (taken)
            return URLS_ENTRY;
    }
    return urls->finished ? URLS_END : URLS_MORE;
}

void urls_close(struct urls *urls)
{
    table_free(urls->table);
    *urls =
        (struct urls){.label = urls->label, .columns = urls->columns, .numbered = urls->numbered};
}
