// SPDX-License-Identifier: MIT
#include "run/packages_parts.h"

#include "base/check.h"
#include "run/package.h"

#include <errno.h>
#include <stdlib.h>

struct packages *packages_open(const struct packages_means *means)
{
    struct packages *packages = calloc(1, sizeof *packages);
    if (packages == NULL)
        return NULL;
    packages->means = *means;
    packages->by_range = true;
    for (size_t i = 0; i < means->options->list_count; i++)
        packages->by_range = packages->by_range && !means->options->lists[i].numbered;
    packages->make.data = packages->timer.data = packages;
    uv_timer_init(means->loop, &packages->timer);
    return packages;
}

static void free_range(struct range *range)
{
    sequence_free(&range->sequence);
    free(range);
}

static void free_ranges(struct range *range)
{
    for (struct range *next; range != NULL; range = next) {
        next = range->next;
        free_range(range);
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void packages_close(struct packages *packages)
{
    if (packages == NULL)
        return;
    CHECK(packages->making == NULL && packages->held == 0);
    free_ranges(packages->open);
    free_ranges(packages->queue_first);
    uv_close((uv_handle_t *)&packages->timer, on_closed);
}

// ---- making ----

static void make_in_thread(uv_work_t *work)
{
    struct packages *packages = work->data;
    const struct outputs *outputs = packages->means.outputs;
    const struct range *range = packages->making;
    const bool sync = outputs->sync;
    char name[PACKAGE_NAME_BYTES];
    int failed;
    if (range->all)
        failed = package_make_all(outputs->directory, outputs->partial, sync);
    else
        failed = package_name(outputs->directory, outputs->shard, range->number, name) != 0
                     ? -1
                     : package_make(outputs->directory, outputs->partial, name, sync);
    packages->make_error = failed == 0 ? 0 : errno;
}

static void start_next(struct packages *packages);

static void on_made(uv_work_t *work, int status)
{
    struct packages *packages = work->data;
    CHECK(status == 0); // never cancelled
    free_range(packages->making);
    packages->making = NULL;
    if (packages->make_error != 0) {
        packages_stop(packages);
        packages->means.failed(packages->means.context, packages->make_error);
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
        CHECK(uv_queue_work(packages->means.loop, &packages->make, make_in_thread, on_made) == 0);
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

struct range **packages_link_to(struct packages *packages, uint64_t index)
{
    const uint64_t most = packages->means.options->samples_per_package;
    const uint64_t number = (index - 1) / most;
    struct range **link = &packages->open;
    while (*link != NULL && (*link)->number != number)
        link = &(*link)->next;
    if (*link != NULL)
        return link;
    struct range *range = calloc(1, sizeof *range);
    if (range == NULL || !sequence_init(&range->sequence, number * most + 1, most)) {
        free(range);
        return NULL;
    }
    range->packages = packages;
    range->number = number;
    *link = range;
    return link;
}

bool packages_note(struct packages *packages, uint64_t index, bool cancelled, uint64_t mark)
{
    const unsigned most = packages->means.options->samples_per_package;
    if (!packages->by_range || packages->stopped)
        return true;
    struct range **link = packages_link_to(packages, index);
    if (link == NULL)
        return false;
    struct range *range = *link;
    range->cancelled = range->cancelled || cancelled;
    range->mark = mark;
    range->finished++;
    if (range->finished < most) {
        sequence_pass(&range->sequence, index);
        packages_advance(range);
        return true;
    }
    *link = range->next;
    if (range->cancelled)
        free_range(range);
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
    packages_hurry(packages);
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
