// SPDX-License-Identifier: MIT
#include "cli/pictures.h"

#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool add(struct run_options *options, const char *path)
{
    const size_t count = options->list_count;
    if ((count & (count + 1)) == 0) { // 0, 1, 3, 7, ...: the array is full
        struct list_source *larger =
            realloc(options->lists, (2 * count + 1) * sizeof *options->lists);
        if (larger == NULL)
            return false;
        options->lists = larger;
    }
    char *absolute = realpath(path, NULL);
    if (absolute == NULL)
        return false;
    options->lists[options->list_count++] =
        (struct list_source){.descriptor = -1, .path = absolute};
    return true;
}

static bool has_picture_extension(const char *name)
{
    static const char *const extensions[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png",
                                             ".gif", ".bmp",  ".dib", ".pnm",  ".ppm",
                                             ".pgm", ".webp", ".avif"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof extensions / sizeof *extensions; i++)
        if (strcasecmp(dot, extensions[i]) == 0)
            return true;
    return false;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void say(const char *path, int error)
{
    char shown[256];
    errno = error;
    log_error("%s:", text_printable(path, shown, sizeof shown));
}

// False after a message.
static bool take_entry(struct run_options *options, FTS *tree, FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_D:
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(tree, entry, FTS_SKIP);
        return true;
    case FTS_F:
        if (entry->fts_name[0] == '.' || !has_picture_extension(entry->fts_name) ||
            add(options, entry->fts_accpath))
            return true;
        say(entry->fts_path, errno);
        return false;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        say(entry->fts_path, entry->fts_errno);
        return false;
    default:
        return true;
    }
}

static bool add_tree(struct run_options *options, char *path)
{
    char *const roots[2] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    bool ok = tree != NULL;
    if (!ok)
        say(path, errno);
    for (FTSENT *entry; ok && (entry = fts_read(tree)) != NULL;)
        ok = take_entry(options, tree, entry);
    if (tree != NULL)
        fts_close(tree);
    return ok;
}

int pictures_find(char **arguments, size_t count, struct run_options *options)
{
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++) {
        struct stat status;
        if (stat(arguments[i], &status) == 0 && S_ISDIR(status.st_mode)) {
            ok = add_tree(options, arguments[i]);
        } else {
            ok = add(options, arguments[i]);
            if (!ok)
                say(arguments[i], errno);
        }
    }
    if (ok && options->list_count == 0)
        log_warning("no picture is there: files in folders are taken by their extension, such as "
                    ".jpg");
    if (ok)
        return 0;
    pictures_free(options);
    return -1;
}

void pictures_free(struct run_options *options)
{
    for (size_t i = 0; i < options->list_count; i++)
        free(options->lists[i].path);
    free(options->lists);
    options->lists = NULL;
    options->list_count = 0;
}
