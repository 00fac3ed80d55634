// SPDX-License-Identifier: MIT
#include "cli/option.h"

#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 80 }; // of a value in a message

struct reader {
    const struct option_set *set;
    int argc, next; // the argument that comes next
    char **argv;
};

// ---- values ----

static bool parse_double(const char *text, double *value, const char **rest)
{
    char *end;
    // Neither signs, blanks, names (inf) nor hexadecimal, which strtod() would take.
    if (!((text[0] >= '0' && text[0] <= '9') || text[0] == '.') || strpbrk(text, "xX") != NULL)
        return false;
    errno = 0;
    *value = strtod(text, &end);
    *rest = end;
    return end != text && errno == 0 && isfinite(*value);
}

static bool parse_scaled(const struct option *option, const char *text, double *value)
{
    static const char suffixes[] = "KMG";
    const double step = option->kind == OPTION_BYTES ? 1024 : 1000;
    const char *rest;
    if (!parse_double(text, value, &rest))
        return false;
    const char *suffix = *rest == '\0' ? NULL : strchr(suffixes, *rest >= 'a' ? *rest - 32 : *rest);
    if (*rest == '\0')
        return true;
    if (suffix == NULL || rest[1] != '\0')
        return false;
    for (const char *s = suffixes; s <= suffix; s++)
        *value *= step;
    return true;
}

static bool in_range(const struct option *option, double value)
{
    return value >= option->min && value <= option->max;
}

static bool store_number(const struct option *option, void *field, const char *text)
{
    const char *rest;
    double value;
    const bool scaled = option->kind == OPTION_BYTES || option->kind == OPTION_COUNT;
    if (scaled ? !parse_scaled(option, text, &value)
               : !parse_double(text, &value, &rest) || *rest != '\0')
        return false;
    if (!in_range(option, value) ||
        (option->kind != OPTION_SECONDS && !scaled && value != floor(value)))
        return false;
    if (option->kind == OPTION_SECONDS)
        *(double *)field = value;
    else if (scaled)
        *(uint64_t *)field = (uint64_t)value;
    else
        *(unsigned *)field = (unsigned)value;
    return true;
}

static void say_range(const struct option *option, char *why, size_t size)
{
    switch (option->kind) {
    case OPTION_SECONDS:
        snprintf(why, size, "must be a number of seconds from %g to %g", option->min, option->max);
        break;
    case OPTION_BYTES:
        snprintf(why, size, "must be a number of bytes from %.0f to %.0f, such as 64M", option->min,
                 option->max);
        break;
    case OPTION_COUNT:
        snprintf(why, size, "must be a number from %.0f to %.0f, such as 100M", option->min,
                 option->max);
        break;
    default:
        snprintf(why, size, "must be a whole number from %.0f to %.0f", option->min, option->max);
        break;
    }
}

bool option_flag(const char *value, bool *flag)
{
    static const char *const words[] = {"", "yes", "true", "on", "1", "no", "false", "off", "0"};
    enum { FIRST_NO = 5 };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            *flag = i < FIRST_NO;
            return true;
        }
    return false;
}

bool options_store(const struct option_set *set, const struct option *option, const char *called,
                   const char *from, const char *value)
{
    char why[1024] = "";
    char shown[SHOWN_BYTES];
    void *field = (char *)set->target + option->offset;
    bool stored = true;
    switch (option->kind) {
    case OPTION_FLAG:
        stored = option_flag(value, field);
        snprintf(why, sizeof why, "must be yes or no");
        break;
    case OPTION_TEXT:
        *(const char **)field = value;
        break;
    case OPTION_CUSTOM:
        stored = option->parse(field, value, why, sizeof why);
        break;
    default:
        stored = store_number(option, field, value);
        say_range(option, why, sizeof why);
        break;
    }
    if (!stored)
        log_error("%s: '%s' %s", called, text_printable(value, shown, sizeof shown), why);
    if (stored && set->stored != NULL)
        set->stored(set->target, option, value, from);
    return stored;
}

static bool store(const struct reader *reader, const struct option *option, const char *value)
{
    char called[64];
    snprintf(called, sizeof called, "--%s", option->long_name);
    return options_store(reader->set, option, called, FROM_COMMAND_LINE, value);
}

// ---- names ----

const char *nearest_word(const char *word, const char *(*next)(const void *context, size_t index),
                         const void *context)
{
    const char *nearest = NULL;
    unsigned best = strlen(word) <= 3 ? 2 : 3; // how far is still a slip of the finger
    size_t index = 0;
    for (const char *candidate; (candidate = next(context, index)) != NULL; index++) {
        const unsigned distance = text_distance(word, candidate);
        if (distance < best) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

static bool takes(const struct option_set *set, const struct option *option)
{
    return option->long_name != NULL && (option->commands & set->command) != 0;
}

static const char *next_name(const void *context, size_t index)
{
    const struct option_set *set = context;
    for (size_t i = 0; i < set->count; i++)
        if (takes(set, &set->rows[i]) && index-- == 0)
            return set->rows[i].long_name;
    return NULL;
}

const struct option *options_find(const struct option_set *set, const char *name, size_t length)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct option *option = &set->rows[i];
        if (takes(set, option) && strlen(option->long_name) == length &&
            memcmp(option->long_name, name, length) == 0)
            return option;
    }
    return NULL;
}

static const struct option *find_short(const struct option_set *set, char name)
{
    for (size_t i = 0; i < set->count; i++)
        if (takes(set, &set->rows[i]) && set->rows[i].short_name == name)
            return &set->rows[i];
    return NULL;
}

// What no option of this command is called, but one of another command may be.
static void unknown_long(const struct option_set *set, const char *name, size_t length)
{
    char word[64];
    char shown[SHOWN_BYTES];
    struct option_set every = *set;
    every.command = ~0u;
    const struct option *elsewhere = options_find(&every, name, length);
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), name);
    const char *meant = nearest_word(word, next_name, set);
    const char *command = set->command_name(elsewhere != NULL ? elsewhere->commands : set->command);
    text_printable(word, shown, sizeof shown);
    if (elsewhere != NULL)
        log_error("'--%s' is an option of 'edgefetch %s', not of 'edgefetch %s'; see 'edgefetch %s "
                  "--help'",
                  shown, command, set->command_name(set->command), command);
    else if (meant != NULL)
        log_error("unknown option '--%s'; did you mean '--%s'?", shown, meant);
    else
        log_error("unknown option '--%s'; 'edgefetch %s --help' lists them", shown, command);
}

// ---- arguments ----

// The value of an option: behind it in the same argument, or the next argument.
static bool read_value(struct reader *reader, const struct option *option, const char *attached)
{
    if (option->argument == NULL) {
        if (attached == NULL)
            return store(reader, option, "");
        log_error("--%s takes no value", option->long_name);
        return false;
    }
    if (attached == NULL && reader->next == reader->argc) {
        log_error("--%s needs a value: --%s %s", option->long_name, option->long_name,
                  option->argument);
        return false;
    }
    return store(reader, option, attached != NULL ? attached : reader->argv[reader->next++]);
}

static bool read_long(struct reader *reader, const char *name)
{
    const size_t length = strcspn(name, "=");
    const struct option *option = options_find(reader->set, name, length);
    if (option == NULL) {
        unknown_long(reader->set, name, length);
        return false;
    }
    return read_value(reader, option, name[length] == '=' ? name + length + 1 : NULL);
}

// "-qv", "-l4", "-l 4"
static bool read_short(struct reader *reader, const char *letters)
{
    while (*letters != '\0') {
        const struct option *option = find_short(reader->set, *letters);
        char shown[SHOWN_BYTES];
        if (option == NULL) {
            log_error("unknown option '-%s'; 'edgefetch %s --help' lists them",
                      text_printable_n(letters, 1, shown, sizeof shown),
                      reader->set->command_name(reader->set->command));
            return false;
        }
        letters++;
        if (option->argument != NULL)
            return read_value(reader, option, *letters != '\0' ? letters : NULL);
        if (!store(reader, option, ""))
            return false;
    }
    return true;
}

int options_read(const struct option_set *set, int argc, char **argv)
{
    struct reader reader = {set, argc, 1, argv};
    int kept = 1;
    bool only_arguments = false;
    while (reader.next < argc) {
        char *argument = argv[reader.next++];
        if (only_arguments || argument[0] != '-' || argument[1] == '\0') {
            argv[kept++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_arguments = true;
        } else if (argument[1] == '-' ? !read_long(&reader, argument + 2)
                                      : !read_short(&reader, argument + 1)) {
            return -1;
        }
    }
    return kept - 1;
}

// ---- help ----

enum { SCREEN_COLUMNS = 80, HELP_COLUMN = 31 };

// Words from `column` on, in further lines from HELP_COLUMN on.
static void print_words(const char *text, size_t column)
{
    while (*text != '\0') {
        const size_t length = strcspn(text, " ");
        if (column + 1 + length > SCREEN_COLUMNS) {
            printf("\n%*s", HELP_COLUMN - 1, "");
            column = HELP_COLUMN - 1;
        }
        printf(" %.*s", (int)length, text);
        column += length + 1;
        text += length + (text[length] == ' ');
    }
}

void option_print(const struct option *option, const char *behind)
{
    char name[64];
    char letter[8] = "    ";
    char help[256];
    if (option->short_name != '\0')
        snprintf(letter, sizeof letter, "-%c, ", option->short_name);
    snprintf(name, sizeof name, "%s--%s%s%s", letter, option->long_name,
             option->argument != NULL ? " " : "", option->argument != NULL ? option->argument : "");
    const int column = printf("  %-*s", HELP_COLUMN - 3, name);
    snprintf(help, sizeof help, "%s%s", option->help, behind);
    print_words(help, (size_t)column);
    printf("\n");
}

void options_print(const struct option_set *set, unsigned commands, unsigned main)
{
    const char *heading = NULL;
    for (size_t i = 0; i < set->count; i++) {
        const struct option *option = &set->rows[i];
        char behind[32] = "";
        if (option->long_name == NULL)
            heading = option->help;
        if (option->long_name == NULL || option->help == NULL || (option->commands & commands) == 0)
            continue;
        if (heading != NULL)
            printf("\n%s\n", heading);
        heading = NULL;
        if (main != 0 && (option->commands & main) == 0)
            snprintf(behind, sizeof behind, " [%s]", set->command_name(option->commands));
        option_print(option, behind);
    }
}
