// SPDX-License-Identifier: MIT
#include "cli/lists.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/cli.h"
#include "run/list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Whether it begins as a host does, with a dot in the first part of the path: example.org/a.jpg.
static bool is_like_url(const char *path)
{
    const size_t length = strcspn(path, "/");
    return path[length] == '/' && path[0] != '.' && memchr(path, '.', length) != NULL;
}

// `error` is why it could not be opened.
static void say_not_opened(const char *path, const char *shown, int error)
{
    const char *meant = error == ENOENT ? cli_nearest_command(path) : NULL;
    if (meant != NULL) {
        log_error("there is no list '%s'; did you mean 'edgefetch %s'?", shown, meant);
    } else if (error == ENOENT && is_like_url(path)) {
        log_error("there is no list '%s'; a URL begins with https:// or http://", shown);
    } else {
        errno = error;
        log_error("list '%s':", shown);
    }
}

static int open_file(const char *path, const char *shown)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (file < 0) {
        say_not_opened(path, shown, errno);
        return -1;
    }
    const char *fault = list_fault(file);
    if (fault == NULL)
        return file;
    const bool folder = fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    log_error("list '%s': %s%s", shown, fault,
              folder ? "; 'edgefetch edges DIR' takes the pictures in it" : "");
    close(file);
    return -1;
}

static int open_list(const char *argument, struct list_source *source)
{
    char shown[256];
    *source = (struct list_source){.descriptor = -1};
    if (strstr(argument, "://") != NULL) {
        source->url = argument;
        return 0;
    }
    const bool standard_input = strcmp(argument, "-") == 0;
    text_printable(standard_input ? "standard input" : argument, shown, sizeof shown);
    source->label = strdup(shown);
    if (source->label == NULL)
        return -1;
    source->descriptor = standard_input ? dup(STDIN_FILENO) : open_file(argument, shown);
    if (standard_input && source->descriptor < 0)
        log_error("standard input:");
    return source->descriptor < 0 ? -1 : 0;
}

// A file whose columns cannot be found is refused before anything starts; of a pipe that is known
// only when it is read. 0, or -1 after a message.
static int use_columns(const char *argument, const struct list_columns *columns,
                       struct list_source *source)
{
    char why[192];
    struct stat status;
    const bool table = columns->format != LIST_AUTO && columns->format != LIST_TEXT;
    source->has_columns =
        (table || columns->url != NULL || columns->name != NULL) && source->descriptor >= 0;
    if (!source->has_columns)
        return 0;
    source->columns = *columns;
    if (columns->format == LIST_AUTO)
        source->columns.format = list_format_of_name(argument);
    if (fstat(source->descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        list_check(source, why, sizeof why))
        return 0;
    log_error("list '%s': %s", source->label, why);
    return -1;
}

int lists_open(char **arguments, size_t count, struct run_options *options)
{
    options->lists = calloc(count, sizeof *options->lists);
    if (options->lists == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        options->list_count = i + 1;
        struct list_source *source = &options->lists[i];
        if (open_list(arguments[i], source) != 0 ||
            use_columns(arguments[i], &options->columns, source) != 0) {
            lists_close(options);
            return -1;
        }
    }
    return 0;
}

void lists_close(struct run_options *options)
{
    for (size_t i = 0; i < options->list_count; i++) {
        if (options->lists[i].descriptor >= 0)
            close(options->lists[i].descriptor);
        free(options->lists[i].label);
    }
    free(options->lists);
    options->lists = NULL;
    options->list_count = 0;
}
