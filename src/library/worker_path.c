// SPDX-License-Identifier: MIT
#include "library/worker_path.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// EDGEFETCH_WORKER_FROM_LIBRARY and EDGEFETCH_WORKER come from the build.
char *worker_path(char *path, size_t size)
{
    static const char anchor;
    Dl_info library;
    if (dladdr(&anchor, &library) != 0 && library.dli_fname != NULL) {
        const char *slash = strrchr(library.dli_fname, '/');
        const int length = slash == NULL ? 0 : (int)(slash - library.dli_fname);
        snprintf(path, size, "%.*s/" EDGEFETCH_WORKER_FROM_LIBRARY, length, library.dli_fname);
        if (slash != NULL && access(path, X_OK) == 0)
            return path;
    }
    snprintf(path, size, "%s", EDGEFETCH_WORKER);
    return path;
}
