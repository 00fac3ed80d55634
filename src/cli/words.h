// SPDX-License-Identifier: MIT
// Values of options that are words of a closed set. The set that is read by is the one that
// messages, completions and man pages tell of.
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

// The i-th word of a set, or NULL behind the last.
typedef const char *word_at(size_t index);

// A set that is written down where it is read.
#define WORDS(name, ...)                                                                           \
    static const char *name(size_t index)                                                          \
    {                                                                                              \
        static const char *const all[] = {__VA_ARGS__};                                            \
        return index < sizeof all / sizeof *all ? all[index] : NULL;                               \
    }

// Reads one word. False after writing to `why` which words there are.
bool words_read_one(word_at *words, const char *value, size_t *index, char *why, size_t why_size);

// Reads one or more with commas between them, none twice, at most `most`. As above.
bool words_read_several(word_at *words, const char *value, size_t *indexes, unsigned *count,
                        unsigned most, char *why, size_t why_size);

// All of them with `between` behind each but the last two, and `last` between these.
void words_join(word_at *words, const char *between, const char *last, char *out, size_t size);

#endif
