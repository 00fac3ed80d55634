// SPDX-License-Identifier: MIT
// What is made from the table of options when edgefetch is built: completions for shells, and the
// lists in the man pages. All of it is printed to standard output.
#ifndef DESCRIBE_DESCRIBE_H
#define DESCRIBE_DESCRIBE_H

#include "cli/tables.h"
#include "cli/values.h"

// How the value of an option, or an argument, is completed.
enum described_value {
    VALUE_NONE, // there is none
    VALUE_TEXT,
    VALUE_FILE,
    VALUE_DIRECTORY,
    VALUE_WORD,
    VALUE_WORDS, // with commas
};

enum described_value describe_value(const struct option *option);
enum described_value describe_arguments(const struct command_row *row);

// False for headings and for what is only refused.
bool describe_is_option(const struct option *option);

// The names of the commands among `commands`, with `between` between them.
void describe_commands(unsigned commands, const char *between);

// Prints the words of an option's value, with blanks.
void describe_words(const struct option *option);

// Prints text with `escape` before every byte of `special`. A single quote becomes `quote`.
void describe_escaped(const char *text, const char *special, const char *escape, const char *quote);

void describe_bash(void);
void describe_zsh(void);
void describe_fish(void);

// Copies a template of a man page, with lists in the place of the lines "@options COMMAND",
// "@commands" and "@statuses". Returns 0, or -1 after a message.
int describe_manual(const char *template);

#endif
