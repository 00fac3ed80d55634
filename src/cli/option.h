// SPDX-License-Identifier: MIT
// A command line, read by a table: one row an option. The same rows make --help, the completions of
// shells and the lists of the man pages.
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_FLAG,    // bool, set to true; in files and the environment also yes or no
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

// A table, and what is read by it.
struct option_set {
    const struct option *rows;
    size_t count;
    unsigned command; // the one whose options are read
    void *target;
    const char *(*command_name)(unsigned commands); // of the first of these bits
    // Told of every value that was stored, and where it came from: the text is the caller's again.
    // May be NULL.
    void (*stored)(void *target, const struct option *option, const char *value, const char *from);
};

#define FROM_COMMAND_LINE "command line"

// Reads argv[1..] into the target. What is not an option is moved to the front of argv, behind
// argv[0], in its order; "--" ends the options, "-" is not one. Returns how many such arguments
// there are, or -1 after a message that names the option and, where one is near, what was probably
// meant.
int options_read(const struct option_set *set, int argc, char **argv);

// The command's option of that long name, or NULL.
const struct option *options_find(const struct option_set *set, const char *name, size_t length);

// Stores one value that comes from somewhere. False after a message, in which the option is called
// `called`.
bool options_store(const struct option_set *set, const struct option *option, const char *called,
                   const char *from, const char *value);

// Reads the value of a flag: "yes", "no" and the like; "" is yes. False: it is none of these.
bool option_flag(const char *value, bool *flag);

// Prints the options that one of the commands has, with their headings, 80 columns wide. An option
// that `main` has not is followed by the command that has it; 0: that is not told.
void options_print(const struct option_set *set, unsigned commands, unsigned main);

// The same for one row.
void option_print(const struct option *option, const char *behind);

// The candidate most like `word`, or NULL when none is near. `next` steps through candidates: it
// returns NULL at the end.
const char *nearest_word(const char *word, const char *(*next)(const void *context, size_t index),
                         const void *context);

#endif
