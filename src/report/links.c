// SPDX-License-Identifier: MIT
#include "report/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The directory that a file stands in, without links and dots. The file need not exist.
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return realpath(".", NULL);
    char *folder = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    char *real = folder == NULL ? NULL : realpath(folder, NULL);
    free(folder);
    return real;
}

// How many bytes two absolute paths have in common that are whole folders, with the '/' behind.
static size_t common_folders(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0; a[i] == b[i] && a[i] != '\0'; i++)
        if (a[i] == '/')
            common = i + 1;
    return common;
}

static void put_encoded(FILE *out, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
                                "/";
    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            fputc(*path, out);
        else
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*path);
    }
}

// `from` and `to` end with '/'.
static char *relative(const char *from, const char *to)
{
    char *text = NULL;
    size_t size;
    const size_t common = common_folders(from, to);
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (from[common] == '\0')
        fputs("./", out);
    for (const char *c = from + common; *c != '\0'; c++)
        if (*c == '/')
            fputs("../", out);
    put_encoded(out, to + common);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static char *with_slash(char *path)
{
    char *result = NULL;
    if (path != NULL &&
        asprintf(&result, "%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/") < 0)
        result = NULL;
    free(path);
    return result;
}

char *links_base(const char *page, const char *directory)
{
    char *from = with_slash(folder_of(page));
    char *to = with_slash(realpath(directory, NULL));
    char *base = from != NULL && to != NULL ? relative(from, to) : NULL;
    free(from);
    free(to);
    return base;
}
