// SPDX-License-Identifier: MIT
#include "cli/config.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/secrets.h"
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE "EDGEFETCH_"
#define FILE_HERE "edgefetch.conf"

enum { NAME_SHOWN_BYTES = 80, PLACE_BYTES = 512 };

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

// ---- names ----

static bool is_named(const struct option *option, const char *name)
{
    return option->long_name != NULL && option->help != NULL &&
           strcmp(option->long_name, name) == 0;
}

// The option of a name, of whichever command; where several commands have different ones, that of a
// run. NULL: there is none.
static const struct option *find(const struct option_set *set, const char *name)
{
    const struct option *found = NULL;
    for (size_t i = 0; i < set->count; i++)
        if (is_named(&set->rows[i], name) &&
            (found == NULL || (set->rows[i].commands & COMMAND_RUN) != 0))
            found = &set->rows[i];
    return found;
}

static const char *next_name(const void *context, size_t index)
{
    const struct option_set *set = context;
    for (size_t i = 0; i < set->count; i++)
        if (set->rows[i].long_name != NULL && index-- == 0)
            return set->rows[i].long_name;
    return NULL;
}

// What only makes sense for one command line.
static bool is_of_command_line(const char *name)
{
    static const char *const names[] = {"help", "version", "no-config", NULL};
    return is_one_of(name, names);
}

// ---- a file's text ----

// Why a file that may come from strangers must not set this; NULL: it may.
static const char *objection(const struct option *option, const char *value)
{
    static const char *const unsafe[] = {
        "allow-private", "connect-to", "ignore-opt-out", "insecure", "proxy", "sandbox", NULL};
    const char *argument = option->argument != NULL ? option->argument : "";
    const bool directory = strcmp(argument, "DIR") == 0;
    if (is_one_of(option->long_name, unsafe))
        return "could weaken your safety";
    if (strcmp(argument, "FILE") == 0)
        return "names a file of yours";
    if (directory && (value[0] == '/' || strstr(value, "..") != NULL))
        return "leads out of this directory";
    return NULL;
}

static bool unknown_name(const struct option_set *set, const char *place, const char *name)
{
    char shown[NAME_SHOWN_BYTES];
    const char *meant = nearest_word(name, next_name, set);
    text_printable(name, shown, sizeof shown);
    if (meant != NULL)
        log_error("%s: there is no option '%s'; did you mean '%s'?", place, shown, meant);
    else
        log_error("%s: there is no option '%s'; 'edgefetch --help all' lists them, here they stand "
                  "without dashes",
                  place, shown);
    return false;
}

// `value` is NULL where there is no '='.
static bool store_line(const struct option_set *set, const char *place, bool trusted,
                       const char *name, const char *value)
{
    char called[PLACE_BYTES + NAME_SHOWN_BYTES];
    const struct option *option = find(set, name);
    if (option == NULL)
        return unknown_name(set, place, name);
    if (is_of_command_line(name)) {
        log_error("%s: '%s' can only stand on the command line", place, name);
        return false;
    }
    if (value == NULL && option->argument != NULL) {
        log_error("%s: '%s' needs a value: %s = %s", place, name, name, option->argument);
        return false;
    }
    const char *reason = trusted ? NULL : objection(option, value);
    if (reason != NULL) {
        log_error("%s: '%s' %s, and a file of the current directory can come from strangers; put "
                  "it into ~/.config/edgefetch/config or on the command line",
                  place, name, reason);
        return false;
    }
    if ((option->commands & set->command) == 0)
        return true;
    snprintf(called, sizeof called, "%s: %s", place, name);
    return options_store(set, option, called, place, value != NULL ? value : "");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Without the blanks around it.
static char *trim(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        text[--length] = '\0';
    while (is_blank(*text))
        text++;
    return text;
}

static bool read_line(const struct option_set *set, char *line, const char *place, bool trusted)
{
    char *name = trim(line);
    if (name[0] == '\0' || name[0] == '#')
        return true;
    char *value = strchr(name, '=');
    if (value != NULL)
        *value++ = '\0';
    return store_line(set, place, trusted, trim(name), value != NULL ? trim(value) : NULL);
}

bool config_read_text(const struct option_set *set, char *text, size_t size, const char *label,
                      bool trusted)
{
    char place[PLACE_BYTES];
    unsigned number = 1;
    text[size] = '\0';
    if (strlen(text) != size) {
        log_error("%s: it is no text", label);
        return false;
    }
    for (char *line = text, *end; line != NULL; line = end, number++) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        snprintf(place, sizeof place, "%s:%u", label, number);
        if (!read_line(set, line, place, trusted))
            return false;
    }
    return true;
}

// ---- files ----

// As ssh has it: whoever can write to it would decide what is done in the user's name.
static const char *fault_of(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "it is no regular file";
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return "it belongs to another user; --no-config goes on without it";
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "others may write to it; 'chmod go-w' takes that away, --no-config goes on without "
               "it";
    if (status->st_size > (off_t)LIMIT_CONFIG_BYTES)
        return "it is too large for a configuration file";
    return NULL;
}

// False after a message.
static bool load(int file, const char *label, char **text, size_t *size)
{
    struct stat status;
    const char *fault = fstat(file, &status) == 0 ? fault_of(&status) : "it cannot be read";
    if (fault != NULL) {
        log_error("%s: %s", label, fault);
        return false;
    }
    *text = malloc((size_t)status.st_size + 1);
    const ssize_t got = *text == NULL ? -1 : read(file, *text, (size_t)status.st_size);
    *size = got < 0 ? 0 : (size_t)got;
    if (got < 0)
        log_error("%s:", label);
    return got >= 0;
}

// A path that leads nowhere, or through what is closed to us, has no file.
static bool read_file(const struct option_set *set, const char *path, bool trusted, char **text)
{
    char label[PLACE_BYTES / 2];
    struct stat status;
    size_t size;
    text_printable(path, label, sizeof label);
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    const int error = errno;
    if (file < 0 && stat(path, &status) == 0) {
        errno = error;
        log_error("%s:", label);
        return false;
    }
    if (file < 0)
        return true;
    const bool loaded = load(file, label, text, &size);
    close(file);
    if (!loaded)
        return false;
    secrets_are_also_in(*text, size);
    return config_read_text(set, *text, size, label, trusted);
}

// The caller frees it. NULL: there is none.
static char *user_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int made = -1;
    if (base != NULL && base[0] == '/')
        made = asprintf(&path, "%s/edgefetch/config", base);
    else if (home != NULL && home[0] == '/')
        made = asprintf(&path, "%s/.config/edgefetch/config", home);
    return made < 0 ? NULL : path;
}

bool config_read_files(const struct option_set *set, struct config_files *files)
{
    char *path = user_path();
    const bool good = path == NULL || read_file(set, path, true, &files->user);
    free(path);
    return good && read_file(set, FILE_HERE, false, &files->here);
}

void config_files_free(struct config_files *files)
{
    free(files->user);
    free(files->here);
    *files = (struct config_files){0};
}

// ---- the environment ----

// Variables with a meaning of their own: --shard auto goes by the first two, the kernels by the
// third.
static bool is_reserved(const char *name)
{
    static const char *const names[] = {"shard", "shards", "cpu", NULL};
    return is_one_of(name, names);
}

// "EDGEFETCH_MAX_BYTES=16M" -> "max-bytes", and where the value is; NULL: it is no such variable.
static char *variable_value(char *variable, char *name, size_t size)
{
    char *value = strchr(variable, '=');
    const size_t prefix = sizeof VARIABLE - 1;
    if (strncmp(variable, VARIABLE, prefix) != 0 || value == NULL)
        return NULL;
    snprintf(name, size, "%.*s", (int)(value - variable - (ptrdiff_t)prefix), variable + prefix);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)(*c == '_' ? '-' : *c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    return value + 1;
}

// "max-bytes" -> "EDGEFETCH_MAX_BYTES"
static const char *variable_name(const char *name, char *out, size_t size)
{
    snprintf(out, size, VARIABLE "%s", name);
    for (char *c = out; *c != '\0'; c++)
        *c = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c + 'A' - 'a' : *c);
    return out;
}

// Others may have variables that begin like ours; a slip of the finger is told.
static void warn_of(const struct option_set *set, const char *name)
{
    char wrong[NAME_SHOWN_BYTES], right[NAME_SHOWN_BYTES], shown[NAME_SHOWN_BYTES];
    const char *meant = nearest_word(name, next_name, set);
    if (meant != NULL)
        log_warning("%s in the environment is no option and does nothing; did you mean %s?",
                    text_printable(variable_name(name, wrong, sizeof wrong), shown, sizeof shown),
                    variable_name(meant, right, sizeof right));
}

bool config_read_environment(const struct option_set *set)
{
    char name[64], called[NAME_SHOWN_BYTES];
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        char *value = variable_value(*variable, name, sizeof name);
        if (value == NULL || is_reserved(name) || is_of_command_line(name))
            continue;
        const struct option *option = find(set, name);
        if (option == NULL)
            warn_of(set, name);
        if (option == NULL || (option->commands & set->command) == 0)
            continue;
        secrets_are_also_in(value, strlen(value));
        variable_name(name, called, sizeof called);
        if (!options_store(set, option, called, called, value))
            return false;
    }
    return true;
}

bool config_is_off(bool *off)
{
    const char *value = getenv(VARIABLE "NO_CONFIG");
    *off = false;
    if (value == NULL || option_flag(value, off))
        return true;
    log_error(VARIABLE "NO_CONFIG must be yes or no");
    return false;
}
