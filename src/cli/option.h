// SPDX-License-Identifier: MIT
// A command line, read by a table: one row an option. The same rows make --help.
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_FLAG,    // bool, set to true
    OPTION_NUMBER,  // unsigned, `min` to `max`
    OPTION_SECONDS, // double, `min` to `max`; decimals allowed
    OPTION_BYTES,   // uint64_t, `min` to `max`; K, M, G are powers of 1024
    OPTION_COUNT,   // uint64_t, `min` to `max`; K, M, G are powers of 1000
    OPTION_TEXT,    // const char *, as it stands
    OPTION_CUSTOM,  // read by `parse`
};

// Reads a value into the target. Returns false after writing to `why` (at least 160 bytes) what
// would be right, such as "must be png, jpg, bmp or tga".
typedef bool option_parse(void *target, const char *value, char *why, size_t why_size);

struct option {
    char short_name;       // '\0': none
    const char *long_name; // without dashes; NULL: the row is a heading of --help, in `help`
    const char *argument;  // what --help calls the value; NULL for flags
    unsigned commands;     // bits of the commands that take it
    enum option_kind kind;
    size_t offset; // of the field in the target
    double min, max;
    option_parse *parse;
    const char *help; // one line; NULL: an option that is only refused, with its reason
};

// Reads argv[1..] into `target`. What is not an option is moved to the front of argv, behind
// argv[0], in its order; "--" ends the options, "-" is not one. Returns how many such arguments
// there are, or -1 after a message that names the option and, where one is near, what was probably
// meant.
int options_read(const struct option *table, size_t count, unsigned command, int argc, char **argv,
                 void *target);

// Prints the rows of a command, with their headings, to standard output.
void options_print(const struct option *table, size_t count, unsigned command);

// The candidate most like `word`, or NULL when none is near. `next` steps through candidates: it
// returns NULL at the end.
const char *nearest_word(const char *word, const char *(*next)(const void *context, size_t index),
                         const void *context);

#endif
