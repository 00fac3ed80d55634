// SPDX-License-Identifier: MIT
// The pool's own life; the rest is in pool_worker.c, pool_jobs.c and pool_reports.c.
#include "run/pool_parts.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>
#include <unistd.h>

const struct pool_waits pool_waits = {WAIT_WORKER_START_MS, WAIT_RESPAWN_MS, WAIT_RESPAWN_MOST_MS,
                                      WAIT_WITHOUT_WORKERS_MS};

void pool_free_if_done(struct pool *pool)
{
    if (!pool->closing || pool->handles > 0)
        return;
    free(pool->workers);
    free(pool);
}

struct pool *pool_open(uv_loop_t *loop, struct forkserver *forkserver,
                       const struct run_options *options, const struct pool_waits *waits,
                       const struct pool_callbacks *callbacks, void *context)
{
    struct pool *pool = calloc(1, sizeof *pool);
    struct worker *workers = calloc(options->workers, sizeof *workers);
    if (pool == NULL || workers == NULL ||
        uv_poll_init(loop, &pool->control, forkserver_socket(forkserver)) != 0) {
        free(workers);
        free(pool);
        return NULL;
    }
    pool->loop = loop;
    pool->forkserver = forkserver;
    pool->options = options;
    pool->waits = *waits;
    pool->callbacks = *callbacks;
    pool->context = context;
    pool->workers = workers;
    pool->count = options->workers;
    pool->lived_us = clock_us();
    pool->control.data = pool;
    uv_timer_init(loop, &pool->report);
    pool->report.data = pool;
    pool->handles = 2;
    uv_poll_start(&pool->control, UV_READABLE, pool_on_control);
    for (size_t i = 0; i < pool->count; i++) {
        workers[i].pool = pool;
        workers[i].socket = -1;
        uv_timer_init(loop, &workers[i].deadline);
        workers[i].deadline.data = &workers[i];
        pool->handles++;
    }
    for (size_t i = 0; i < pool->count; i++)
        worker_spawn(&workers[i]);
    return pool;
}

void pool_abort(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->state == WORKER_BUSY)
            worker_condemn(worker, EF_CANCELLED);
        else if (worker->job != NULL)
            worker_give_up(worker, EF_CANCELLED);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct pool *pool = handle->data;
    pool->handles--;
    pool_free_if_done(pool);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct pool *pool = ((struct worker *)handle->data)->pool;
    pool->handles--;
    pool_free_if_done(pool);
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    pool->closing = true;
    for (size_t i = 0; i < pool->count; i++) {
        CHECK(pool->workers[i].job == NULL);
        worker_close_socket(
            &pool->workers[i]); // an idle worker sees the end of its socket and leaves
        uv_close((uv_handle_t *)&pool->workers[i].deadline, on_timer_closed);
    }
    uv_poll_stop(&pool->control);
    uv_close((uv_handle_t *)&pool->control, on_handle_closed);
    uv_close((uv_handle_t *)&pool->report, on_handle_closed);
}
