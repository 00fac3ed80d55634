// SPDX-License-Identifier: MIT
#include "cli/words.h"

#include <stdio.h>
#include <string.h>

static bool find(word_at *words, const char *text, size_t length, size_t *index)
{
    const char *word;
    for (*index = 0; (word = words(*index)) != NULL; ++*index)
        if (strlen(word) == length && memcmp(word, text, length) == 0)
            return true;
    return false;
}

void words_join(word_at *words, const char *between, const char *last, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; words(i) != NULL && used < size; i++) {
        const char *before = i == 0 ? "" : words(i + 1) == NULL ? last : between;
        used += (size_t)snprintf(out + used, size - used, "%s%s", before, words(i));
    }
}

bool words_read_one(word_at *words, const char *value, size_t *index, char *why, size_t why_size)
{
    if (find(words, value, strlen(value), index))
        return true;
    const int used = snprintf(why, why_size, "must be ");
    words_join(words, ", ", " or ", why + used, why_size - (size_t)used);
    return false;
}

static bool is_among(size_t wanted, const size_t *indexes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (indexes[i] == wanted)
            return true;
    return false;
}

bool words_read_several(word_at *words, const char *value, size_t *indexes, unsigned *count,
                        unsigned most, char *why, size_t why_size)
{
    const int used = snprintf(why, why_size, "must be one or more, with commas, of: ");
    words_join(words, " ", " ", why + used, why_size - (size_t)used);
    *count = 0;
    for (const char *at = value;; at++) {
        const size_t length = strcspn(at, ",");
        size_t index;
        if (*count == most || !find(words, at, length, &index) || is_among(index, indexes, *count))
            return false;
        indexes[(*count)++] = index;
        at += length;
        if (*at == '\0')
            return true;
    }
}
