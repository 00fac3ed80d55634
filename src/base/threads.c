// SPDX-License-Identifier: MIT
#include "base/threads.h"

#include "base/check.h"
#include "base/limits.h"

#include <pthread.h>
#include <stdbool.h>

struct call {
    pthread_t thread;
    bool has_thread;
    void (*body)(void *item);
    void *item;
};

static void *run(void *context)
{
    const struct call *call = context;
    call->body(call->item);
    return NULL;
}

void threads_share(void (*body)(void *item), void *items, size_t size, size_t count)
{
    struct call calls[LIMIT_SHARING_THREADS];
    CHECK(count <= LIMIT_SHARING_THREADS);
    for (size_t i = 0; i < count; i++) {
        calls[i] = (struct call){.body = body, .item = (char *)items + i * size};
        calls[i].has_thread = i > 0 && pthread_create(&calls[i].thread, NULL, run, &calls[i]) == 0;
    }
    for (size_t i = 0; i < count; i++)
        if (!calls[i].has_thread)
            run(&calls[i]);
    for (size_t i = 0; i < count; i++)
        if (calls[i].has_thread)
            pthread_join(calls[i].thread, NULL);
}
