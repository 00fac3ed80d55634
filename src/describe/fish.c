// SPDX-License-Identifier: MIT
// Completion for fish.
#include "describe/describe.h"

#include <stdio.h>

static void print_text(const char *text)
{
    describe_escaped(text, "\\", "\\", "\\'");
}

static void print_value(const struct option *option)
{
    switch (describe_value(option)) {
    case VALUE_NONE:
        break;
    case VALUE_TEXT:
        printf(" -x");
        break;
    case VALUE_FILE:
        printf(" -r -F");
        break;
    case VALUE_DIRECTORY:
        printf(" -x -a '(__fish_complete_directories)'");
        break;
    case VALUE_WORD:
        printf(" -x -a '");
        describe_words(option);
        printf("'");
        break;
    case VALUE_WORDS:
        printf(" -x -a '(__fish_append , ");
        describe_words(option);
        printf(")'");
        break;
    }
}

static void print_option(const struct option *option)
{
    printf("complete -c edgefetch -n '__edgefetch_is ");
    describe_commands(option->commands, " ");
    printf("'");
    if (option->short_name != '\0')
        printf(" -s %c", option->short_name);
    printf(" -l %s", option->long_name);
    print_value(option);
    printf(" -d '");
    print_text(option->help);
    printf("'\n");
}

static void print_command(const struct command_row *row)
{
    printf("complete -c edgefetch -n 'test (count (commandline -opc)) -eq 1' -a %s -d '",
           row->name);
    print_text(row->summary);
    printf("'\n");
    const enum described_value kind = describe_arguments(row);
    if (kind == VALUE_FILE)
        printf("complete -c edgefetch -n '__edgefetch_is %s' -F\n", row->name);
    if (kind == VALUE_DIRECTORY)
        printf("complete -c edgefetch -n '__edgefetch_is %s' -a "
               "'(__fish_complete_directories)'\n",
               row->name);
}

void describe_fish(void)
{
    fputs("# fish completion for edgefetch, made from its table of options\n"
          "\n"
          "function __edgefetch_is --description 'The line is of one of these commands'\n"
          "    set -l words (commandline -opc)\n"
          "    set -l command run\n"
          "    if set -q words[2]; and contains -- $words[2] ",
          stdout);
    describe_commands(~0u, " ");
    fputs("\n"
          "        set command $words[2]\n"
          "    end\n"
          "    contains -- $command $argv\n"
          "end\n"
          "\n"
          "complete -c edgefetch -f\n",
          stdout);
    for (size_t i = 0; i < cli_command_count; i++)
        print_command(&cli_commands[i]);
    for (size_t i = 0; i < cli_option_count; i++)
        if (describe_is_option(&cli_options[i]))
            print_option(&cli_options[i]);
}
