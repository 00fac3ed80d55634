// SPDX-License-Identifier: MIT
// What the fork server reports: workers that are there, and workers that have died; and what
// becomes of a pool that can have none.
#include "run/pool_parts.h"

#include "base/clock.h"
#include "base/log.h"
#include "run/death.h"

// Whether the job of a worker that has ended is to wait for the next one of its place. A worker
// that has done nothing cannot be worn out, and one with all codecs lacks none: so no job goes from
// worker to worker for ever.
static bool job_stays(const struct worker *worker, enum death death)
{
    return worker->state == WORKER_BUSY &&
           ((death == DEATH_FOR_CODEC && worker->wish == WIRE_WISH_NOTHING) ||
            (death == DEATH_WORN_OUT && worker->answers > 0));
}

// No other worker could close its sandbox either, and none may do without.
static void note_bad_start(struct worker *worker, enum death death)
{
    if (death == DEATH_NO_SANDBOX)
        pool_become_broken(worker->pool, "their sandbox cannot be closed; '--sandbox limits' asks "
                                         "for "
                                         "less of it");
    else
        pool_start_failed(worker->pool, "it dies before it is ready");
}

static void on_died(struct worker *worker, const struct forkserver_event *event)
{
    if (!worker->pool->closing)
        log_verbose("worker %d ended after %.1f s of CPU, at most %llu MiB", (int)event->pid,
                    (double)event->cpu_us / 1e6, (unsigned long long)event->peak_kib / 1024);
    const enum death death = death_of(event->status);
    if (worker->state == WORKER_STARTING)
        note_bad_start(worker, death);
    worker_note_good(worker);
    // Its answers may have been under way when it died: to its job, and to all that were ahead.
    for (uint64_t left = 1 + worker->ahead.count; left > 0 && worker->state == WORKER_BUSY; left--)
        worker_receive(worker);
    worker_return_ahead(worker);
    const bool stays = job_stays(worker, death);
    if (stays && death == DEATH_FOR_CODEC)
        worker->pool->wish = WIRE_WISH_ALL_CODECS; // of all that are started from now on
    if (stays)
        worker_close_outputs(worker->job);
    worker->state = WORKER_ABSENT;
    worker->pid = 0;
    uv_timer_stop(&worker->deadline);
    if (worker->job != NULL && !stays) {
        death_fail_job(worker->job, event->status);
        worker_give_back(worker);
    }
    if (worker->socket < 0)
        worker_respawn(worker);
    else
        worker_close_socket(worker); // and then its replacement is started
}

static struct worker *find_by_id(struct pool *pool, uint64_t id)
{
    for (size_t i = 0; i < pool->count; i++)
        if (pool->workers[i].id == id && pool->workers[i].state != WORKER_ABSENT)
            return &pool->workers[i];
    return NULL;
}

static void on_event(struct pool *pool, const struct forkserver_event *event)
{
    struct worker *worker = find_by_id(pool, event->id);
    if (worker == NULL) {
        if (event->socket >= 0)
            close(event->socket);
    } else if (event->kind == FORKSERVER_SPAWNED) {
        worker_spawned(worker, event);
    } else {
        on_died(worker, event);
    }
}

void pool_on_control(uv_poll_t *poll, int status, int events)
{
    struct pool *pool = poll->data;
    struct forkserver_event event;
    int more = status < 0 ? -1 : 1;
    (void)events;
    while (more == 1 && !pool->closing) {
        more = forkserver_next(pool->forkserver, &event);
        if (more == 1)
            on_event(pool, &event);
    }
    if (more < 0) {
        uv_poll_stop(poll);
        pool_become_broken(pool, "the fork server is gone");
    }
}

// Without the fork server, or without a worker for too long, the pool is at its end.
// Its jobs fail and the run is told in the next turn of the loop: whoever found out may be deep in
// a call.
void pool_become_broken(struct pool *pool, const char *why)
{
    if (pool->broken)
        return;
    pool->broken = true;
    log_error("no worker process can be started: %s", why);
    uv_timer_start(&pool->report, pool_on_report, 0, 0);
}

void pool_on_report(uv_timer_t *timer)
{
    struct pool *pool = timer->data;
    for (size_t i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        worker_return_ahead(worker);
        if (worker->job != NULL) {
            job_fail(worker->job, EF_WORKER_CRASHED, "the worker processes are gone");
            worker->state = WORKER_DYING;
            worker_give_back(worker);
        }
    }
    pool->callbacks.broken(pool->context);
}
