// SPDX-License-Identifier: MIT
#include "describe/describe.h"

#include <stdio.h>
#include <string.h>

bool describe_is_option(const struct option *option)
{
    return option->long_name != NULL && option->help != NULL;
}

// What --help calls a file is a file, and what it calls folders, DIR or DIR..., are folders.
static enum described_value value_called(const char *name)
{
    if (name == NULL || name[0] == '\0')
        return VALUE_NONE;
    if (strstr(name, "FILE") != NULL || strstr(name, "LIST") != NULL)
        return VALUE_FILE;
    return strstr(name, "DIR") != NULL ? VALUE_DIRECTORY : VALUE_TEXT;
}

enum described_value describe_value(const struct option *option)
{
    const struct value_words *words = value_words(option->parse);
    if (words != NULL)
        return words->several ? VALUE_WORDS : VALUE_WORD;
    return value_called(option->argument);
}

enum described_value describe_arguments(const struct command_row *row)
{
    return value_called(row->arguments);
}

void describe_commands(unsigned commands, const char *between)
{
    const char *before = "";
    for (size_t i = 0; i < cli_command_count; i++)
        if ((commands & (unsigned)cli_commands[i].command) != 0) {
            printf("%s%s", before, cli_commands[i].name);
            before = between;
        }
}

void describe_words(const struct option *option)
{
    char text[2048];
    words_join(value_words(option->parse)->words, " ", " ", text, sizeof text);
    fputs(text, stdout);
}

void describe_escaped(const char *text, const char *special, const char *escape, const char *quote)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs(quote, stdout);
        else
            printf("%s%c", strchr(special, *text) != NULL ? escape : "", *text);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int status = 0;
    if (argc == 3 && strcmp(what, "manual") == 0)
        status = describe_manual(argv[2]);
    else if (argc == 2 && strcmp(what, "bash") == 0)
        describe_bash();
    else if (argc == 2 && strcmp(what, "zsh") == 0)
        describe_zsh();
    else if (argc == 2 && strcmp(what, "fish") == 0)
        describe_fish();
    else
        status = fprintf(stderr, "usage: describe bash|zsh|fish, or describe manual TEMPLATE\n");
    return status == 0 && fflush(stdout) == 0 ? 0 : 1;
}
