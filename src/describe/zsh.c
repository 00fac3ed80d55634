// SPDX-License-Identifier: MIT
// Completion for zsh, by _arguments.
#include "describe/describe.h"

#include <stdio.h>
#include <string.h>

// Within the single quotes of a specification.
static void print_text(const char *text)
{
    describe_escaped(text, "[]:\\", "\\", "'\\''");
}

static void print_action(enum described_value kind, const struct option *option)
{
    switch (kind) {
    case VALUE_FILE:
        printf("_files");
        break;
    case VALUE_DIRECTORY:
        printf("_files -/");
        break;
    case VALUE_WORD:
        printf("(");
        describe_words(option);
        printf(")");
        break;
    case VALUE_WORDS:
        printf("_values -s , %s ", option->argument);
        describe_words(option);
        break;
    default:
        printf(" ");
        break;
    }
}

// One specification for each spelling; what may stand only once excludes both.
static void print_spelling(const struct option *option, const char *dashes, const char *name,
                           const char *joint)
{
    const bool repeats = strcmp(option->long_name, "header") == 0;
    printf("            '");
    if (repeats)
        printf("*");
    else if (option->short_name != '\0')
        printf("(-%c --%s)", option->short_name, option->long_name);
    printf("%s%s%s[", dashes, name, option->argument != NULL ? joint : "");
    print_text(option->help);
    printf("]");
    if (option->argument != NULL) {
        printf(":");
        print_text(option->argument);
        printf(":");
        print_action(describe_value(option), option);
    }
    printf("'\n");
}

static void print_command(const struct command_row *row)
{
    printf("    %s)\n        options=(\n", row->name);
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct option *option = &cli_options[i];
        const char letter[] = {option->short_name, '\0'};
        if (!describe_is_option(option) || (option->commands & (unsigned)row->command) == 0)
            continue;
        if (option->short_name != '\0')
            print_spelling(option, "-", letter, "+");
        print_spelling(option, "--", option->long_name, "=");
    }
    printf("        )\n");
    if (row->arguments[0] != '\0') {
        printf("        arguments=('*:");
        print_text(row->arguments);
        printf(":");
        print_action(describe_arguments(row), NULL);
        printf("')\n");
    }
    printf("        ;;\n");
}

void describe_zsh(void)
{
    fputs("#compdef edgefetch\n"
          "# zsh completion for edgefetch, made from its table of options\n"
          "\n"
          "_edgefetch_first() {\n"
          "    local -a commands\n"
          "    commands=(\n",
          stdout);
    for (size_t i = 0; i < cli_command_count; i++) {
        printf("        '%s:", cli_commands[i].name);
        print_text(cli_commands[i].summary);
        printf("'\n");
    }
    fputs("    )\n"
          "    _describe -t commands command commands\n"
          "    _files\n"
          "}\n"
          "\n"
          "_edgefetch() {\n"
          "    local command=run named=0\n"
          "    local -a options arguments\n"
          "    if ((CURRENT > 2)); then\n"
          "        case $words[2] in\n"
          "        ",
          stdout);
    describe_commands(~0u, " | ");
    fputs(")\n"
          "            command=$words[2] named=1\n"
          "            shift words\n"
          "            ((CURRENT--))\n"
          "            ;;\n"
          "        esac\n"
          "    fi\n"
          "    case $command in\n",
          stdout);
    for (size_t i = 0; i < cli_command_count; i++)
        print_command(&cli_commands[i]);
    fputs("    esac\n"
          "    ((named)) || arguments=('1:command or LIST:_edgefetch_first' $arguments)\n"
          "    _arguments -s : $options $arguments\n"
          "}\n"
          "\n"
          "_edgefetch \"$@\"\n",
          stdout);
}
