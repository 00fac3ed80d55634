// SPDX-License-Identifier: MIT
#include "run/robots.h"

#include <string.h>
#include <strings.h>

// A part of a header line, without the blanks around it.
struct word {
    const char *start;
    size_t length;
};

static struct word trimmed(const char *start, const char *end)
{
    while (start < end && strchr(" \t\r\n", *start) != NULL)
        start++;
    while (start < end && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    return (struct word){start, (size_t)(end - start)};
}

static bool is(struct word word, const char *text)
{
    return word.length == strlen(text) && strncasecmp(word.start, text, word.length) == 0;
}

static bool is_one_of(struct word word, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is(word, texts[i]))
            return true;
    return false;
}

// Directives that have a value behind a colon; before any other colon stands the name of whom the
// rest is for.
static bool has_value(struct word word)
{
    static const char *const names[] = {"max-image-preview", "max-snippet", "max-video-preview",
                                        "unavailable_after"};
    return is_one_of(word, names, sizeof names / sizeof *names);
}

static bool forbids(struct word directive)
{
    static const char *const names[] = {"noai", "noimageai", "noindex", "noimageindex", "none"};
    return is_one_of(directive, names, sizeof names / sizeof *names);
}

bool robots_opt_out(const char *line, size_t size)
{
    static const char name[] = "x-robots-tag:";
    const char *end = line + size;
    const char *at = line + sizeof name - 1;
    bool for_us = true;
    if (size < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0)
        return false;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        if (colon != NULL && !has_value(trimmed(at, colon))) {
            const struct word whom = trimmed(at, colon);
            for_us = is(whom, "edgefetch") || is(whom, "*");
            at = colon + 1;
        }
        if (for_us && forbids(trimmed(at, stop)))
            return true;
        at = stop + 1;
    }
    return false;
}
