// SPDX-License-Identifier: MIT
#include "image/avif_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

struct avif_library avif_library;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded;

// A function's address as dlsym() gives it; ISO C knows no conversion of one kind of pointer to the
// other.
static bool find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static bool load(void)
{
    bool all = true;
    void *library = dlopen(AVIF_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return false;
#define FIND(name) all = find(library, #name, &avif_library.name) && all;
    AVIF_FUNCTIONS(FIND)
#undef FIND
    if (!all)
        dlclose(library);
    return all;
}

bool avif_library_load(void)
{
    pthread_mutex_lock(&lock);
    loaded = loaded || load();
    const bool is = loaded;
    pthread_mutex_unlock(&lock);
    return is;
}

bool avif_library_is_loaded(void)
{
    pthread_mutex_lock(&lock);
    const bool is = loaded;
    pthread_mutex_unlock(&lock);
    return is;
}
