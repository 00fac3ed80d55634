// SPDX-License-Identifier: MIT
// The worker processes, seen from the loop: which are idle, which are busy and until when, and what
// to do when one dies, hangs or lies. Each of these costs the one job that the worker had, and the
// worker is replaced.
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include "proc/forkserver.h"
#include "run/job.h"
#include "run/options.h"
#include "run/pipeline.h"

#include <uv.h>

struct pool;

struct pool_callbacks {
    // A job that pool_submit() took is back: job->answer is set and checked, or the job has failed.
    void (*processed)(void *context, struct job *job);
    // A worker is idle that was not before.
    void (*idle)(void *context);
    // No worker can be had any more; every later pool_submit() fails its job. Called once.
    void (*broken)(void *context);
    // A job that pool_send_ahead() has sent is in work now.
    void (*begun)(void *context, struct job *job);
    // Its worker is lost before that: the job is the caller's again, as it was.
    void (*returned)(void *context, struct job *job);
};

// How long the pool waits, in milliseconds.
struct pool_waits {
    unsigned start;           // for a worker to be ready, when options->worker_timeout is shorter
    unsigned respawn;         // behind the first start that fails; then doubled
    unsigned respawn_most;    // and at most this
    unsigned without_workers; // with no worker alive, before the pool is broken
};

// The waits of base/limits.h; tests bring shorter ones.
extern const struct pool_waits pool_waits;

// Starts options->workers workers. The fork server stays the caller's and must outlive the pool.
// NULL when out of memory.
struct pool *pool_open(uv_loop_t *loop, struct forkserver *forkserver,
                       const struct run_options *options, const struct pool_waits *waits,
                       const struct pool_callbacks *callbacks, void *context);

// Gives a job with a sealed body to an idle worker.
enum stage_answer pool_submit(struct pool *pool, struct job *job);

// After STAGE_BUSY: sends it to a busy worker as its next, where the pictures of both are small.
// `begun` or `returned` follows, unless the job fails before. Only who has these callbacks may ask.
bool pool_send_ahead(struct pool *pool, struct job *job);

// Takes all jobs back; each comes through `processed`, as cancelled, or through `returned`. Their
// workers are killed.
void pool_abort(struct pool *pool);

// Lets the workers go and frees everything once the loop has turned. No job may be in the pool.
void pool_close(struct pool *pool);

#endif
