// SPDX-License-Identifier: MIT
#include "run/packages.h"

#include "base/check.h"
#include "run/package.h"

#include <errno.h>
#include <stdlib.h>

// The URLs of one package, and then the package to be made.
struct range {
    struct range *next;
    uint64_t number, finished;
    uint64_t mark;
    bool cancelled; // one of them: another run will do it
    bool all;       // it stands for everything that waits
};

struct packages {
    struct packages_means means;
    struct range *open;                     // not finished
    struct range *queue_first, *queue_last; // finished, to be made
    uv_work_t work;
    struct range *making; // NULL: the thread is idle
    int error;
    bool by_range; // indices are those of the list, each once
    bool stopped, ending, ended;
};

struct packages *packages_open(const struct packages_means *means)
{
    struct packages *packages = calloc(1, sizeof *packages);
    if (packages == NULL)
        return NULL;
    packages->means = *means;
    packages->by_range = true;
    for (size_t i = 0; i < means->options->list_count; i++)
        packages->by_range = packages->by_range && !means->options->lists[i].numbered;
    packages->work.data = packages;
    return packages;
}

static void free_ranges(struct range *range)
{
    for (struct range *next; range != NULL; range = next) {
        next = range->next;
        free(range);
    }
}

void packages_close(struct packages *packages)
{
    if (packages == NULL)
        return;
    CHECK(packages->making == NULL);
    free_ranges(packages->open);
    free_ranges(packages->queue_first);
    free(packages);
}

// ---- making ----

static void make_in_thread(uv_work_t *work)
{
    struct packages *packages = work->data;
    const struct packages_means *means = &packages->means;
    const struct range *range = packages->making;
    const bool sync = means->options->fsync;
    char name[PACKAGE_NAME_BYTES];
    int failed;
    if (range->all)
        failed = package_make_all(means->directory, means->partial, sync);
    else
        failed = package_name(means->directory, means->shard, range->number, name) != 0
                     ? -1
                     : package_make(means->directory, means->partial, name, sync);
    packages->error = failed == 0 ? 0 : errno;
}

static void start_next(struct packages *packages);

static void on_made(uv_work_t *work, int status)
{
    struct packages *packages = work->data;
    CHECK(status == 0); // never cancelled
    free(packages->making);
    packages->making = NULL;
    if (packages->error != 0) {
        packages_stop(packages);
        packages->means.failed(packages->means.context, packages->error);
    }
    start_next(packages);
}

static void start_next(struct packages *packages)
{
    struct range *first = packages->queue_first;
    if (packages->making != NULL || packages->ended)
        return;
    if (first == NULL) {
        packages->ended = packages->ending;
        if (packages->ended)
            packages->means.ended(packages->means.context);
    } else if (first->mark <= packages->means.written(packages->means.context)) {
        packages->queue_first = first->next;
        packages->making = first;
        CHECK(uv_queue_work(packages->means.loop, &packages->work, make_in_thread, on_made) == 0);
    }
}

static void enqueue(struct packages *packages, struct range *range)
{
    range->next = NULL;
    if (packages->queue_first == NULL)
        packages->queue_first = range;
    else
        packages->queue_last->next = range;
    packages->queue_last = range;
    start_next(packages);
}

// ---- what is finished ----

// The link to the range of that number, which is made where there is none. NULL when out of memory.
static struct range **link_to(struct packages *packages, uint64_t number)
{
    struct range **link = &packages->open;
    while (*link != NULL && (*link)->number != number)
        link = &(*link)->next;
    if (*link == NULL) {
        *link = calloc(1, sizeof **link);
        if (*link == NULL)
            return NULL;
        (*link)->number = number;
    }
    return link;
}

bool packages_note(struct packages *packages, uint64_t index, bool cancelled, uint64_t mark)
{
    const unsigned most = packages->means.options->samples_per_package;
    if (!packages->by_range || packages->stopped)
        return true;
    struct range **link = link_to(packages, (index - 1) / most);
    if (link == NULL)
        return false;
    struct range *range = *link;
    range->cancelled = range->cancelled || cancelled;
    range->mark = mark;
    range->finished++;
    if (range->finished < most)
        return true;
    *link = range->next;
    if (range->cancelled)
        free(range);
    else
        enqueue(packages, range);
    return true;
}

void packages_go_on(struct packages *packages)
{
    start_next(packages);
}

void packages_stop(struct packages *packages)
{
    packages->stopped = true;
    free_ranges(packages->queue_first);
    packages->queue_first = packages->queue_last = NULL;
    start_next(packages);
}

void packages_end(struct packages *packages, bool all, uint64_t mark)
{
    struct range *rest = all && !packages->stopped ? calloc(1, sizeof *rest) : NULL;
    packages->ending = true;
    if (rest != NULL) {
        *rest = (struct range){.mark = mark, .all = true};
        enqueue(packages, rest);
        return;
    }
    if (all && !packages->stopped)
        packages->means.failed(packages->means.context, ENOMEM);
    packages_stop(packages);
}
