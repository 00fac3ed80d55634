// SPDX-License-Identifier: MIT
// One place of the pool: the process in it is started, replaced, killed, and gives back its job.
#include "run/pool_parts.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

uint64_t pool_timeout_ms(const struct pool *pool)
{
    return (uint64_t)(pool->options->worker_timeout * 1000.0) + 1;
}

// A short time-out for pictures says nothing of how long a busy machine takes to start a process.
static uint64_t start_ms(const struct pool *pool)
{
    const uint64_t ms = pool_timeout_ms(pool);
    return ms > pool->waits.start ? ms : pool->waits.start;
}

void worker_spawn(struct worker *worker)
{
    struct pool *pool = worker->pool;
    CHECK(worker->state == WORKER_ABSENT && worker->socket < 0);
    if (pool->broken || pool->closing)
        return;
    worker->id = ++pool->next_id;
    worker->wish = pool->wish;
    worker->answers = 0;
    worker->state = WORKER_STARTING;
    uv_timer_start(&worker->deadline, worker_on_deadline, start_ms(pool), 0);
    if (forkserver_spawn(pool->forkserver, worker->id, worker->wish) != 0) {
        worker->state = WORKER_ABSENT;
        pool_become_broken(pool, "the fork server is gone");
    }
}

void worker_note_good(const struct worker *worker)
{
    if (worker->state == WORKER_IDLE || worker->state == WORKER_BUSY)
        worker->pool->lived_us = clock_us();
}

// A system that is short of processes or memory recovers: the run goes on with the workers it has,
// and gives up only when it has had none for a while.
void pool_start_failed(struct pool *pool, const char *why)
{
    for (size_t i = 0; i < pool->count; i++)
        worker_note_good(&pool->workers[i]);
    if (pool->failed_starts == 0 && !pool->closing)
        log_warning("a worker process cannot be started: %s; trying again", why);
    pool->failed_starts++;
    if (pool->failed_starts >= LIMIT_SPAWN_FAILURES &&
        clock_us() - pool->lived_us >= (int64_t)pool->waits.without_workers * 1000)
        pool_become_broken(pool, why);
}

// Starts the next worker of a place that has become free: at once, or, while starts fail, later.
void worker_respawn(struct worker *worker)
{
    struct pool *pool = worker->pool;
    uint64_t wait = pool->waits.respawn;
    CHECK(worker->state == WORKER_ABSENT);
    if (pool->failed_starts == 0) {
        worker_spawn(worker);
        return;
    }
    for (unsigned i = 1; i < pool->failed_starts && wait < pool->waits.respawn_most; i++)
        wait *= 2;
    if (!pool->broken && !pool->closing)
        uv_timer_start(&worker->deadline, worker_on_deadline,
                       wait < pool->waits.respawn_most ? wait : pool->waits.respawn_most, 0);
}

// The socket is closed in the close callback, when libuv has let go of it; then the place is free.
static void on_poll_closed(uv_handle_t *handle)
{
    struct worker *worker = handle->data;
    struct pool *pool = worker->pool;
    close(worker->socket);
    worker->socket = -1;
    pool->handles--;
    if (!pool->closing && worker->state == WORKER_ABSENT)
        worker_respawn(worker);
    pool_free_if_done(pool);
}

void worker_close_socket(struct worker *worker)
{
    if (worker->socket < 0 || uv_is_closing((uv_handle_t *)&worker->poll))
        return;
    uv_poll_stop(&worker->poll);
    uv_close((uv_handle_t *)&worker->poll, on_poll_closed);
}

// Takes the job from a worker and gives it back to the pipeline.
void worker_give_back(struct worker *worker)
{
    struct job *job = worker->job;
    worker->job = NULL;
    uv_timer_stop(&worker->deadline);
    worker->pool->callbacks.processed(worker->pool->context, job);
}

void worker_give_up(struct worker *worker, enum ef_status status)
{
    job_fail(worker->job, status, NULL);
    worker_give_back(worker);
}

void worker_spawned(struct worker *worker, const struct forkserver_event *event)
{
    struct pool *pool = worker->pool;
    if (event->error != 0 || event->socket < 0 || fcntl(event->socket, F_SETFL, O_NONBLOCK) != 0 ||
        uv_poll_init(pool->loop, &worker->poll, event->socket) != 0) {
        if (event->socket >= 0)
            close(event->socket);
        uv_timer_stop(&worker->deadline);
        pool_start_failed(pool, strerror(event->error != 0 ? event->error : EMFILE));
        worker->state = event->error != 0 ? WORKER_ABSENT : WORKER_DYING; // of its closed socket
        if (worker->job != NULL && event->error != 0)
            worker_give_up(worker, EF_WORKER_CRASHED);
        if (event->error != 0)
            worker_respawn(worker);
        return;
    }
    worker->pid = event->pid;
    worker->socket = event->socket;
    worker->poll.data = worker;
    pool->handles++;
    uv_poll_start(&worker->poll, UV_READABLE, worker_on_socket);
}

void worker_kill(struct worker *worker)
{
    worker_note_good(worker);
    worker->state = WORKER_DYING;
    if (forkserver_kill(worker->pool->forkserver, worker->id) != 0)
        pool_become_broken(worker->pool, "the fork server is gone");
}

void worker_condemn(struct worker *worker, enum ef_status status)
{
    if (worker->state == WORKER_DYING)
        return;
    if (worker->state == WORKER_STARTING)
        pool_start_failed(worker->pool, "it is not ready in time, or speaks nonsense");
    worker_kill(worker);
    worker_return_ahead(worker);
    if (worker->job != NULL)
        worker_give_up(worker, status);
}
