// SPDX-License-Identifier: MIT
#include "run/coding.h"

#include "run/unpack.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(const char *word, size_t size, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == size && strncasecmp(word, names[i], size) == 0)
            return true;
    return false;
}

static enum coding coding_of_word(const char *word, size_t size)
{
    static const char *const gzip[] = {"gzip", "x-gzip"};
    static const char *const others[] = {"br",  "compress", "x-compress", "dcb",
                                         "dcz", "deflate",  "zstd"};
    if (is_one_of(word, size, others, sizeof others / sizeof *others))
        return CODING_UNREADABLE;
    if (!is_one_of(word, size, gzip, sizeof gzip / sizeof *gzip))
        return CODING_NONE;
    return packing_missing(PACKING_GZIP) == NULL ? CODING_GZIP : CODING_UNREADABLE;
}

enum coding coding_of(const char *value)
{
    enum coding all = CODING_NONE;
    while (*value != '\0') {
        const size_t between = strspn(value, ", \t");
        const size_t size = strcspn(value + between, ", \t");
        const enum coding one = coding_of_word(value + between, size);
        value += between + size;
        if (all != CODING_NONE && one != CODING_NONE)
            return CODING_UNREADABLE;
        if (one != CODING_NONE)
            all = one;
    }
    return all;
}
