// SPDX-License-Identifier: MIT
#include "base/secrets.h"

#include "base/limits.h"

#include <string.h>
#include <unistd.h>

static char **arguments;
static struct {
    char *bytes;
    size_t size;
} texts[LIMIT_SECRET_TEXTS];
static size_t text_count;

void secrets_are_in(char **argv)
{
    arguments = argv;
}

void secrets_are_also_in(char *text, size_t size)
{
    if (text_count == LIMIT_SECRET_TEXTS)
        return;
    texts[text_count].bytes = text;
    texts[text_count++].size = size;
}

static void overwrite(char *text)
{
    explicit_bzero(text, strlen(text));
}

void secrets_forget(void)
{
    static const char own[] = "EDGEFETCH_";
    size_t kept = 0;
    for (size_t i = 1; arguments != NULL && arguments[0] != NULL && arguments[i] != NULL; i++)
        overwrite(arguments[i]);
    for (size_t i = 0; i < text_count; i++)
        explicit_bzero(texts[i].bytes, texts[i].size);
    if (environ == NULL)
        return;
    for (size_t i = 0; environ[i] != NULL; i++) {
        if (strncmp(environ[i], own, sizeof own - 1) == 0)
            environ[kept++] = environ[i];
        else
            overwrite(environ[i]);
    }
    environ[kept] = NULL;
}
