// SPDX-License-Identifier: MIT
// What the files of the pool share with each other, and with nobody else.
#ifndef RUN_POOL_PARTS_H
#define RUN_POOL_PARTS_H

#include "proc/wire.h"
#include "run/job_queue.h"
#include "run/pool.h"

enum worker_state {
    WORKER_ABSENT,   // there is no process; the next one may be waited for
    WORKER_STARTING, // asked for, or not ready yet
    WORKER_IDLE,
    WORKER_BUSY, // has been sent `job`, and perhaps more, ahead
    WORKER_DYING // killed or gone; its report has not come yet
};

// Invariants: `job` is set in WORKER_BUSY, and before that where the last worker of this place left
// it for the next one; there are jobs ahead only in WORKER_BUSY; `poll` is open exactly while
// `socket` is.
struct worker {
    struct pool *pool;
    enum worker_state state;
    uint64_t id; // new for every process
    enum wire_wish wish;
    pid_t pid;
    int socket;
    uv_poll_t poll;
    uv_timer_t deadline;
    struct job *job;
    // The next jobs, in order, which wait in the socket: so a worker need not wait for us between
    // two small pictures.
    struct job_queue ahead;
    uint64_t answers; // of this process
};

struct pool {
    uv_loop_t *loop;
    struct forkserver *forkserver;
    const struct run_options *options;
    struct pool_waits waits;
    struct pool_callbacks callbacks;
    void *context;
    struct worker *workers;
    size_t count;
    uv_poll_t control; // the fork server's events
    uv_timer_t report; // that the pool is broken
    uint64_t next_id;
    unsigned failed_starts; // in a row, of all places together
    enum wire_wish wish;    // of the workers to come
    int64_t lived_us;       // when a worker was last known to be good
    bool broken, closing;
    size_t handles; // open ones; the pool is freed with the last
};

// ---- pool.c ----

// Frees a pool that is closing and has no handle open any more.
void pool_free_if_done(struct pool *pool);

// ---- pool_worker.c ----

// How long a picture without a size may take, in milliseconds.
uint64_t pool_timeout_ms(const struct pool *pool);

// Asks for a process for a place that has none.
void worker_spawn(struct worker *worker);

// The same, later when starts keep failing.
void worker_respawn(struct worker *worker);

// The process that was asked for is there, or could not be made.
void worker_spawned(struct worker *worker, const struct forkserver_event *event);

// A worker that is ready is proof that the pool lives. Call it also when one is about to be lost.
void worker_note_good(const struct worker *worker);

// A start has failed: says so once in a row of failures, and gives up after too long a time.
void pool_start_failed(struct pool *pool, const char *why);
void worker_close_socket(struct worker *worker);

// Hands the worker's job back to whoever gave it; the second one fails it before.
void worker_give_back(struct worker *worker);
void worker_give_up(struct worker *worker, enum ef_status status);

// Kills a worker, whose report will make room for its replacement.
void worker_kill(struct worker *worker);

// The same, and takes its job away: it cannot be trusted with it any more.
void worker_condemn(struct worker *worker, enum ef_status status);

// ---- pool_jobs.c ----

void worker_on_socket(uv_poll_t *poll, int status, int events);
void worker_on_deadline(uv_timer_t *timer);

// Reads what a worker has said, if anything. False when nothing more will come.
bool worker_receive(struct worker *worker);

// What a worker may have written into them must not be the next one's.
void worker_close_outputs(struct job *job);

// Hands back the jobs that have been sent ahead to a worker which will not do them.
void worker_return_ahead(struct worker *worker);

// ---- pool_reports.c ----

void pool_on_control(uv_poll_t *poll, int status, int events);
void pool_on_report(uv_timer_t *timer);

// No worker can be had any more.
void pool_become_broken(struct pool *pool, const char *why);

#endif
