// SPDX-License-Identifier: MIT
#include "run/todo.h"

#include "base/log.h"
#include "base/text.h"
#include "run/manifest_lines.h"
#include "run/urls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A file system that has no files without a name has them when the name is taken away.
static int open_nameless(const char *directory)
{
    char path[LIMIT_PATH_BYTES];
    const int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return file;
    snprintf(path, sizeof path, "%s/.todo-XXXXXX", directory);
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0)
        unlink(path);
    return named;
}

static bool fail(const char *what)
{
    log_error("the list of what is to be done again cannot be %s:", what);
    return false;
}

bool todo_open(struct todo *todo, const char *directory)
{
    const int file = open_nameless(directory);
    *todo = (struct todo){.file = file < 0 ? NULL : fdopen(file, "w+")};
    if (todo->file != NULL)
        return true;
    if (file >= 0)
        close(file);
    char shown[LIMIT_PATH_BYTES];
    log_error("nothing can be written in %s:", text_printable(directory, shown, sizeof shown));
    return false;
}

void todo_close(struct todo *todo)
{
    if (todo->file != NULL)
        fclose(todo->file);
    *todo = (struct todo){0};
}

// What a run would make of the text has to be the same URL, or its line would be another one's.
static bool is_usable(const char *text, const char *url)
{
    struct list_entry entry;
    urls_parse_line(text, strlen(text), &entry);
    const bool usable = entry.status == EF_OK && strcmp(entry.url.shown, url) == 0;
    list_entry_free(&entry);
    return usable;
}

// The columns of a line as text without tabs, or NULL; the caller frees it.
static char *columns_of(const json_t *line)
{
    const json_t *columns = json_object_get(line, "columns");
    char *text =
        json_is_object(columns) ? json_dumps(columns, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (text != NULL && strlen(text) <= LIMIT_COLUMNS_BYTES)
        return text;
    free(text);
    return NULL;
}

// "URL", or "URL<TAB>NAME.png": a list's names lose one extension, and a name may itself end like
// one. A name that no list could give is left out, and made anew.
static bool write_line(struct todo *todo, const json_t *line, const char *name)
{
    const char *url = manifest_text(line, "url");
    char *named = NULL;
    if (name != NULL && asprintf(&named, "%s\t%s.png", url, name) < 0)
        return false;
    const char *text = named != NULL && is_usable(named, url) ? named : url;
    if (text == named || is_usable(url, url)) {
        char *columns = columns_of(line);
        fprintf(todo->file, "%lld\t%s\t%s\n",
                (long long)json_integer_value(json_object_get(line, "index")),
                columns != NULL ? columns : "", text);
        free(columns);
        todo->count++;
    } else {
        todo->unusable++;
    }
    free(named);
    return !ferror(todo->file);
}

bool todo_add(struct todo *todo, const json_t *line, const json_t *named)
{
    char name[NAME_BYTES];
    const bool has_name = named != NULL && manifest_name(named, name);
    return write_line(todo, line, has_name ? name : NULL) || fail("written");
}

bool todo_source(struct todo *todo, char *label, struct list_source *source)
{
    *source =
        (struct list_source){.label = label, .descriptor = fileno(todo->file), .numbered = true};
    return (fflush(todo->file) == 0 && lseek(source->descriptor, 0, SEEK_SET) == 0) || fail("writte"
                                                                                            "n");
}
