// SPDX-License-Identifier: MIT
#include "base/secrets.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

static char **arguments;

void secrets_are_in(char **argv)
{
    arguments = argv;
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
