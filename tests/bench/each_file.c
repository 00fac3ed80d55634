// SPDX-License-Identifier: MIT
#include "each_file.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MOST_THREADS = 256 };

struct list {
    char *const *paths;
    int count;
    do_file *run;
    void *context;
    atomic_int next;
    atomic_bool failed;
};

static void *work(void *context)
{
    struct list *const list = context;
    for (int i; (i = atomic_fetch_add(&list->next, 1)) < list->count;)
        if (!list->run(list->paths[i], i, list->context))
            atomic_store(&list->failed, true);
    return NULL;
}

static int cpu_count(void)
{
    cpu_set_t cpus;
    const int count = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    return count < MOST_THREADS ? count : MOST_THREADS;
}

bool each_file(char *const *paths, int count, do_file *run, void *context)
{
    struct list list = {.paths = paths, .count = count, .run = run, .context = context};
    pthread_t threads[MOST_THREADS];
    int started = 0;
    for (const int wanted = cpu_count(); started < wanted; started++)
        if (pthread_create(&threads[started], NULL, work, &list) != 0)
            break;
    if (started == 0)
        work(&list);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    return !atomic_load(&list.failed);
}
