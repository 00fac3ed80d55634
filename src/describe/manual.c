// SPDX-License-Identifier: MIT
// Lists of options for the man pages, as scdoc has them.
#include "describe/describe.h"

#include <edgefetch/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_text(const char *text)
{
    describe_escaped(text, "*_\\", "\\", "'");
}

// Words that the help line does not have anyway.
static void print_words(const struct option *option)
{
    const struct value_words *words = value_words(option->parse);
    const char *word;
    bool told = words == NULL;
    for (size_t i = 0; !told && (word = words->words(i)) != NULL; i++)
        if (strstr(option->help, word) == NULL)
            break;
        else
            told = words->words(i + 1) == NULL;
    if (told)
        return;
    char text[2048];
    words_join(words->words, ", ", " or ", text, sizeof text);
    printf(words->several ? " One or more, with commas: " : " One of: ");
    print_text(text);
    printf(".");
}

static void print_range(const struct option *option)
{
    const char *unit = option->kind == OPTION_SECONDS ? " seconds"
                       : option->kind == OPTION_BYTES ? " bytes; K, M and G are powers of 1024"
                       : option->kind == OPTION_COUNT ? "; K, M and G are powers of 1000"
                                                      : "";
    if (option->kind == OPTION_NUMBER || option->kind == OPTION_SECONDS ||
        option->kind == OPTION_BYTES || option->kind == OPTION_COUNT)
        printf(" From %.13g to %.13g%s.", option->min, option->max, unit);
}

static void print_option(const struct option *option)
{
    if (option->short_name != '\0')
        printf("*-%c*, ", option->short_name);
    printf("*--%s*", option->long_name);
    if (option->argument != NULL) {
        printf(" _");
        describe_escaped(option->argument, "*_\\", "\\", "'");
        printf("_");
    }
    printf("\n\t");
    print_text(option->help);
    printf(".");
    print_words(option);
    print_range(option);
    printf("\n\n");
}

static void print_heading(const char *heading)
{
    printf("## %.*s\n\n", (int)strcspn(heading, ":"), heading);
}

static bool print_options(const char *command)
{
    const struct command_row *row = NULL;
    const char *heading = NULL;
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, command) == 0)
            row = &cli_commands[i];
    for (size_t i = 0; row != NULL && i < cli_option_count; i++) {
        const struct option *option = &cli_options[i];
        if (option->long_name == NULL)
            heading = option->help;
        if (!describe_is_option(option) || (option->commands & (unsigned)row->command) == 0)
            continue;
        if (heading != NULL)
            print_heading(heading);
        heading = NULL;
        print_option(option);
    }
    return row != NULL;
}

static void print_commands(void)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        const char *around = cli_commands[i].arguments[0] != '\0' ? "_" : "";
        printf("*edgefetch %s* %s", cli_commands[i].name, around);
        print_text(cli_commands[i].arguments);
        printf("%s\n\t", around);
        print_text(cli_commands[i].summary);
        printf(": *edgefetch-%s*(1).\n\n", cli_commands[i].name);
    }
}

static void print_statuses(void)
{
    for (int status = EF_OK + 1; status < EF_STATUS_COUNT; status++) {
        printf("*%s*\n\t", ef_status_name((enum ef_status)status));
        print_text(ef_status_sentence((enum ef_status)status));
        printf("\n\n");
    }
}

// False for a line that asks for something that there is not.
static bool print_line(char *line)
{
    static const char options[] = "@options ";
    if (strncmp(line, options, sizeof options - 1) == 0) {
        line[strcspn(line, "\n")] = '\0';
        return print_options(line + sizeof options - 1);
    }
    if (strcmp(line, "@commands\n") == 0)
        print_commands();
    else if (strcmp(line, "@statuses\n") == 0)
        print_statuses();
    else
        fputs(line, stdout);
    return true;
}

int describe_manual(const char *template)
{
    FILE *file = fopen(template, "r");
    char *line = NULL;
    size_t size = 0;
    bool good = file != NULL;
    while (good && getline(&line, &size, file) > 0)
        good = print_line(line);
    if (!good)
        fprintf(stderr, "describe: %s: %s\n", template, file == NULL ? "cannot be read" : line);
    free(line);
    if (file != NULL)
        fclose(file);
    return good ? 0 : -1;
}
