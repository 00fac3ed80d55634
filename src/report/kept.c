// SPDX-License-Identifier: MIT
#include "report/kept.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

// Keeps the first, third, fifth ... of what is kept.
static void thin_out(struct kept *kept)
{
    size_t left = 0;
    for (size_t i = 0; i < kept->count; i++) {
        if (i % 2 == 0)
            kept->lines[left++] = kept->lines[i];
        else
            free(kept->lines[i]);
    }
    kept->count = left;
    kept->every *= 2;
}

static bool reserve(struct kept *kept)
{
    if (kept->count < kept->capacity)
        return true;
    const size_t capacity = kept->capacity == 0 ? 64 : kept->capacity * 2;
    char **lines = realloc(kept->lines, capacity * sizeof *lines);
    if (lines == NULL)
        return false;
    kept->lines = lines;
    kept->capacity = capacity;
    return true;
}

bool kept_add(struct kept *kept, const char *line, size_t length)
{
    if (kept->every == 0)
        kept->every = 1;
    if (kept->seen % kept->every == 0 && kept->count == LIMIT_REPORT_PICTURES)
        thin_out(kept);
    if (kept->seen++ % kept->every != 0)
        return true;
    char *copy = strndup(line, length);
    if (copy == NULL || !reserve(kept)) {
        free(copy);
        return false;
    }
    kept->lines[kept->count++] = copy;
    return true;
}

uint64_t kept_left_out(const struct kept *kept)
{
    return kept->seen - kept->count;
}

void kept_free(struct kept *kept)
{
    for (size_t i = 0; i < kept->count; i++)
        free(kept->lines[i]);
    free(kept->lines);
    *kept = (struct kept){0};
}
