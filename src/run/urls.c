// SPDX-License-Identifier: MIT
#include "run/urls.h"

#include "run/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void list_entry_free(struct list_entry *entry)
{
    url_free(&entry->url);
    free(entry->name);
    entry->name = NULL;
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

void urls_parse_line(const char *text, size_t length, struct list_entry *entry)
{
    char error[128];
    *entry = (struct list_entry){.status = EF_OK};
    trim(&text, &length);
    const char *tab = memchr(text, '\t', length);
    size_t url_length = tab == NULL ? length : (size_t)(tab - text);
    const char *url = text;
    trim(&url, &url_length);
    if (!url_parse(url, url_length, &entry->url, error, sizeof error)) {
        fail(entry, EF_BAD_URL, error);
        return;
    }
    if (tab == NULL)
        return;
    const char *name = tab + 1;
    size_t name_length = length - (size_t)(name - text);
    trim(&name, &name_length);
    entry->name = name_from_list(name, name_length, error, sizeof error);
    if (entry->name == NULL)
        fail(entry, EF_BAD_NAME, error);
}

// What such a line says is not shown: an '@' further on could make all before it a password.
static void too_long(const struct urls *urls, struct list_entry *entry)
{
    char error[128];
    const char *label = urls->label != NULL ? urls->label : "the list";
    *entry = (struct list_entry){.line = urls->line};
    if (asprintf(&entry->url.shown, "(line %llu of %s is too long)", (unsigned long long)urls->line,
                 label) < 0)
        entry->url.shown = NULL;
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
}

// Takes one line without its end from the buffer. False when it is not complete yet.
static bool take_line(struct urls *urls, const char **line, size_t *length)
{
    const char *from = urls->buffer + urls->start;
    const size_t available = urls->end - urls->start;
    const char *newline = memchr(from, '\n', available);
    if (newline == NULL && !urls->finished)
        return false;
    *line = from;
    *length = newline == NULL ? available : (size_t)(newline - from);
    urls->start += *length + (newline != NULL);
    return true;
}

// Takes the index and its tab off a line. 0: there is none.
static uint64_t take_index(const char **line, size_t *length)
{
    uint64_t index = 0;
    const char *tab = memchr(*line, '\t', *length);
    if (tab == NULL)
        return 0;
    for (const char *digit = *line; digit < tab && *digit >= '0' && *digit <= '9'; digit++)
        index = 10 * index + (uint64_t)(*digit - '0');
    *length -= (size_t)(tab + 1 - *line);
    *line = tab + 1;
    return index;
}

enum urls_result urls_next(struct urls *urls, struct list_entry *entry)
{
    while (urls->start < urls->end) {
        const char *line;
        size_t length;
        if (!urls->skipping) {
            urls->line++;
            skip_byte_order_mark(urls);
        }
        if (!take_line(urls, &line, &length)) {
            const size_t available = urls->end - urls->start;
            if (!urls->skipping && available <= LIMIT_LINE_BYTES) {
                urls->line--; // the same line again, when there is more of it
                return URLS_MORE;
            }
            urls->start = urls->end;
            if (urls->skipping)
                return URLS_MORE;
            urls->skipping = true;
            too_long(urls, entry);
            return URLS_ENTRY;
        }
        if (urls->skipping) {
            urls->skipping = false;
            continue;
        }
        if (length > LIMIT_LINE_BYTES) {
            too_long(urls, entry);
            return URLS_ENTRY;
        }
        const uint64_t index = urls->numbered ? take_index(&line, &length) : 0;
        trim(&line, &length);
        if (length == 0 || (line[0] == '#' && !urls->numbered))
            continue;
        urls_parse_line(line, length, entry);
        entry->line = urls->line;
        entry->index = index;
        return URLS_ENTRY;
    }
    return urls->finished ? URLS_END : URLS_MORE;
}
