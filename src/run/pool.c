// SPDX-License-Identifier: MIT
#include "run/pool.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "proc/fdpass.h"
#include "proc/wire.h"
#include "run/answer.h"
#include "run/death.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum worker_state {
    WORKER_ABSENT,   // there is no process; the next one may be waited for
    WORKER_STARTING, // asked for, or not ready yet
    WORKER_IDLE,
    WORKER_BUSY, // has been sent `job`
    WORKER_DYING // killed or gone; its report has not come yet
};

// Invariants: `job` is set in WORKER_BUSY, and before that where the last worker of this place left
// it for the next one; `poll` is open exactly while `socket` is.
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
    int64_t since_us; // when it was sent
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

const struct pool_waits pool_waits = {WAIT_WORKER_START_MS, WAIT_RESPAWN_MS, WAIT_RESPAWN_MOST_MS,
                                      WAIT_WITHOUT_WORKERS_MS};

// Table of contents: starting and replacing; what workers say; deadlines; the fork server's
// reports; the pool's own life.
static void on_socket(uv_poll_t *poll, int status, int events);
static void on_control(uv_poll_t *poll, int status, int events);
static void on_deadline(uv_timer_t *timer);
static void on_report(uv_timer_t *timer);
static void become_broken(struct pool *pool, const char *why);

static void free_if_done(struct pool *pool)
{
    if (!pool->closing || pool->handles > 0)
        return;
    free(pool->workers);
    free(pool);
}

// ---- starting and replacing ----

static uint64_t timeout_ms(const struct pool *pool)
{
    return (uint64_t)(pool->options->worker_timeout * 1000.0) + 1;
}

// A short time-out for pictures says nothing of how long a busy machine takes to start a process.
static uint64_t start_ms(const struct pool *pool)
{
    const uint64_t ms = timeout_ms(pool);
    return ms > pool->waits.start ? ms : pool->waits.start;
}

static void spawn(struct worker *worker)
{
    struct pool *pool = worker->pool;
    CHECK(worker->state == WORKER_ABSENT && worker->socket < 0);
    if (pool->broken || pool->closing)
        return;
    worker->id = ++pool->next_id;
    worker->wish = pool->wish;
    worker->answers = 0;
    worker->state = WORKER_STARTING;
    uv_timer_start(&worker->deadline, on_deadline, start_ms(pool), 0);
    if (forkserver_spawn(pool->forkserver, worker->id, worker->wish) != 0) {
        worker->state = WORKER_ABSENT;
        become_broken(pool, "the fork server is gone");
    }
}

// Call it also when a good worker is about to be lost.
static void note_good(const struct worker *worker)
{
    if (worker->state == WORKER_IDLE || worker->state == WORKER_BUSY)
        worker->pool->lived_us = clock_us();
}

// A system that is short of processes or memory recovers: the run goes on with the workers it has,
// and gives up only when it has had none for a while.
static void start_failed(struct pool *pool, const char *why)
{
    for (size_t i = 0; i < pool->count; i++)
        note_good(&pool->workers[i]);
    if (pool->failed_starts == 0 && !pool->closing)
        log_warning("a worker process cannot be started: %s; trying again", why);
    pool->failed_starts++;
    if (pool->failed_starts >= LIMIT_SPAWN_FAILURES &&
        clock_us() - pool->lived_us >= (int64_t)pool->waits.without_workers * 1000)
        become_broken(pool, why);
}

// Starts the next worker of a place that has become free: at once, or, while starts fail, later.
static void respawn(struct worker *worker)
{
    struct pool *pool = worker->pool;
    uint64_t wait = pool->waits.respawn;
    CHECK(worker->state == WORKER_ABSENT);
    if (pool->failed_starts == 0) {
        spawn(worker);
        return;
    }
    for (unsigned i = 1; i < pool->failed_starts && wait < pool->waits.respawn_most; i++)
        wait *= 2;
    if (!pool->broken && !pool->closing)
        uv_timer_start(&worker->deadline, on_deadline,
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
        respawn(worker);
    free_if_done(pool);
}

static void close_socket(struct worker *worker)
{
    if (worker->socket < 0 || uv_is_closing((uv_handle_t *)&worker->poll))
        return;
    uv_poll_stop(&worker->poll);
    uv_close((uv_handle_t *)&worker->poll, on_poll_closed);
}

// Takes the job from a worker and gives it back to the pipeline.
static void give_back(struct worker *worker)
{
    struct job *job = worker->job;
    worker->job = NULL;
    uv_timer_stop(&worker->deadline);
    worker->pool->callbacks.processed(worker->pool->context, job);
}

static void give_up(struct worker *worker, enum ef_status status)
{
    job_fail(worker->job, status, NULL);
    give_back(worker);
}

static void on_spawned(struct worker *worker, const struct forkserver_event *event)
{
    struct pool *pool = worker->pool;
    if (event->error != 0 || event->socket < 0 || fcntl(event->socket, F_SETFL, O_NONBLOCK) != 0 ||
        uv_poll_init(pool->loop, &worker->poll, event->socket) != 0) {
        if (event->socket >= 0)
            close(event->socket);
        uv_timer_stop(&worker->deadline);
        start_failed(pool, strerror(event->error != 0 ? event->error : EMFILE));
        worker->state = event->error != 0 ? WORKER_ABSENT : WORKER_DYING; // of its closed socket
        if (worker->job != NULL && event->error != 0)
            give_up(worker, EF_WORKER_CRASHED);
        if (event->error != 0)
            respawn(worker);
        return;
    }
    worker->pid = event->pid;
    worker->socket = event->socket;
    worker->poll.data = worker;
    pool->handles++;
    uv_poll_start(&worker->poll, UV_READABLE, on_socket);
}

// ---- jobs ----

// Kills a worker, whose report will make room for its replacement.
static void kill_worker(struct worker *worker)
{
    note_good(worker);
    worker->state = WORKER_DYING;
    if (forkserver_kill(worker->pool->forkserver, worker->id) != 0)
        become_broken(worker->pool, "the fork server is gone");
}

// Takes the job away from a worker that cannot be trusted with it any more.
static void condemn(struct worker *worker, enum ef_status status)
{
    if (worker->state == WORKER_DYING)
        return;
    if (worker->state == WORKER_STARTING)
        start_failed(worker->pool, "it is not ready in time, or speaks nonsense");
    kill_worker(worker);
    if (worker->job != NULL)
        give_up(worker, status);
}

static struct worker *find_idle(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        if (pool->workers[i].state == WORKER_IDLE)
            return &pool->workers[i];
    return NULL;
}

// One second more for every MiB of the body.
static uint64_t deadline_ms(const struct pool *pool, const struct job *job)
{
    return timeout_ms(pool) + job->body.bytes / MIB(1) * 1000;
}

static bool send_job(struct worker *worker, const struct job *job)
{
    const struct wire_job wire = {.id = job->index, .options = worker->pool->options->picture};
    const size_t count = 1 + ef_output_count(&wire.options);
    int descriptors[FDPASS_MAX] = {job->body.descriptor};
    uint8_t message[WIRE_BYTES];
    memcpy(descriptors + 1, job->outputs, sizeof job->outputs);
    wire_encode_job(&wire, message);
    return fdpass_send(worker->socket, message, sizeof message, descriptors, count) == 0;
}

static bool assign(struct worker *worker, struct job *job)
{
    worker->since_us = clock_us();
    if (!send_job(worker, job))
        return false;
    worker->state = WORKER_BUSY;
    worker->job = job;
    job->lanes.worker = (int)(worker - worker->pool->workers);
    uv_timer_start(&worker->deadline, on_deadline, deadline_ms(worker->pool, job), 0);
    return true;
}

// What a worker that has left its job behind may have written.
static void close_outputs(struct job *job)
{
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++) {
        if (job->outputs[i] >= 0)
            close(job->outputs[i]);
        job->outputs[i] = -1;
    }
}

// A memory file for each output.
static bool make_outputs(const struct pool *pool, struct job *job)
{
    for (unsigned i = 0; i < ef_output_count(&pool->options->picture); i++) {
        if (job->outputs[i] < 0)
            job->outputs[i] = memory_file("edgefetch-output");
        if (job->outputs[i] < 0)
            return false;
    }
    return true;
}

enum stage_answer pool_submit(struct pool *pool, struct job *job)
{
    if (pool->broken) {
        job_fail(job, EF_INTERNAL, "there is no worker process");
        return STAGE_FAILED;
    }
    if (!make_outputs(pool, job)) {
        job_fail(job, EF_INTERNAL, "no memory for the result: %s", strerror(errno));
        return STAGE_FAILED;
    }
    for (struct worker *worker; (worker = find_idle(pool)) != NULL;) {
        if (assign(worker, job))
            return STAGE_TAKEN;
        kill_worker(worker); // it has just died; the job has not reached it
        if (pool->broken)
            return pool_submit(pool, job);
    }
    return STAGE_BUSY;
}

// ---- what workers say ----

static void on_ready(struct worker *worker)
{
    worker->state = WORKER_IDLE;
    worker->pool->failed_starts = 0;
    worker->pool->lived_us = clock_us();
    uv_timer_stop(&worker->deadline);
    if (worker->job == NULL)
        worker->pool->callbacks.idle(worker->pool->context);
    else if (!make_outputs(worker->pool, worker->job) || !assign(worker, worker->job))
        kill_worker(worker); // it has just died, or there is no memory: the job fails by that
}

// Whether the answer is one to this worker's job, and true.
static bool is_answer(const struct worker *worker, const struct wire_answer *answer)
{
    return answer->id == worker->job->index &&
           answer_is_true(answer, worker->job, &worker->pool->options->picture,
                          clock_us() - worker->since_us);
}

static void on_message(struct worker *worker, const uint8_t *message, size_t size)
{
    struct pool *pool = worker->pool;
    struct wire_answer answer;
    if (worker->state == WORKER_STARTING && wire_decode_ready(message, size)) {
        on_ready(worker);
    } else if (worker->state == WORKER_BUSY &&
               wire_decode_answer(message, size, &pool->options->picture, &answer) &&
               is_answer(worker, &answer)) {
        worker->job->answer = answer;
        worker->answers++;
        worker->state = WORKER_IDLE;
        give_back(worker); // and perhaps gets the next one
    } else {
        condemn(worker, EF_WORKER_PROTOCOL);
    }
}

// Reads what a worker has said. False when there is nothing more to come.
static bool receive(struct worker *worker)
{
    uint8_t message[WIRE_BYTES];
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size =
        fdpass_receive(worker->socket, message, sizeof message, descriptors, &count);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    if (size < 0 && errno == EPROTO) {
        condemn(worker, EF_WORKER_PROTOCOL);
        return true;
    }
    if (size <= 0)
        return false;
    if (count > 0) { // workers have no descriptors to send
        while (count > 0)
            close(descriptors[--count]);
        condemn(worker, EF_WORKER_PROTOCOL);
        return true;
    }
    if (worker->state != WORKER_DYING)
        on_message(worker, message, (size_t)size);
    return true;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct worker *worker = poll->data;
    (void)events;
    if (status < 0 || !receive(worker))
        uv_poll_stop(poll); // the process is gone; how, the fork server will say
}

// ---- deadlines ----

static void on_deadline(uv_timer_t *timer)
{
    struct worker *worker = timer->data;
    if (worker->state == WORKER_ABSENT)
        spawn(worker);
    else
        condemn(worker, EF_WORKER_TIMEOUT);
}

// ---- the fork server's reports ----

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
        become_broken(worker->pool, "their sandbox cannot be closed; '--sandbox limits' asks for "
                                    "less of it");
    else
        start_failed(worker->pool, "it dies before it is ready");
}

static void on_died(struct worker *worker, const struct forkserver_event *event)
{
    if (!worker->pool->closing)
        log_verbose("worker %d ended after %.1f s of CPU, at most %llu MiB", (int)event->pid,
                    (double)event->cpu_us / 1e6, (unsigned long long)event->peak_kib / 1024);
    const enum death death = death_of(event->status);
    if (worker->state == WORKER_STARTING)
        note_bad_start(worker, death);
    note_good(worker);
    // Its answer may have been under way when it died.
    if (worker->state == WORKER_BUSY)
        receive(worker);
    const bool stays = job_stays(worker, death);
    if (stays && death == DEATH_FOR_CODEC)
        worker->pool->wish = WIRE_WISH_ALL_CODECS; // of all that are started from now on
    if (stays)
        close_outputs(worker->job);
    worker->state = WORKER_ABSENT;
    worker->pid = 0;
    uv_timer_stop(&worker->deadline);
    if (worker->job != NULL && !stays) {
        death_fail_job(worker->job, event->status);
        give_back(worker);
    }
    if (worker->socket < 0)
        respawn(worker);
    else
        close_socket(worker); // and then its replacement is started
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
        on_spawned(worker, event);
    } else {
        on_died(worker, event);
    }
}

static void on_control(uv_poll_t *poll, int status, int events)
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
        become_broken(pool, "the fork server is gone");
    }
}

// Without the fork server, or without a worker for too long, the pool is at its end.
// Its jobs fail and the run is told in the next turn of the loop: whoever found out may be deep in
// a call.
static void become_broken(struct pool *pool, const char *why)
{
    if (pool->broken)
        return;
    pool->broken = true;
    log_error("no worker process can be started: %s", why);
    uv_timer_start(&pool->report, on_report, 0, 0);
}

static void on_report(uv_timer_t *timer)
{
    struct pool *pool = timer->data;
    for (size_t i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->job != NULL) {
            job_fail(worker->job, EF_WORKER_CRASHED, "the worker processes are gone");
            worker->state = WORKER_DYING;
            give_back(worker);
        }
    }
    pool->callbacks.broken(pool->context);
}

// ---- the pool's own life ----

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
    uv_poll_start(&pool->control, UV_READABLE, on_control);
    for (size_t i = 0; i < pool->count; i++) {
        workers[i].pool = pool;
        workers[i].socket = -1;
        uv_timer_init(loop, &workers[i].deadline);
        workers[i].deadline.data = &workers[i];
        pool->handles++;
    }
    for (size_t i = 0; i < pool->count; i++)
        spawn(&workers[i]);
    return pool;
}

void pool_abort(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->state == WORKER_BUSY)
            condemn(worker, EF_CANCELLED);
        else if (worker->job != NULL)
            give_up(worker, EF_CANCELLED);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct pool *pool = handle->data;
    pool->handles--;
    free_if_done(pool);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct pool *pool = ((struct worker *)handle->data)->pool;
    pool->handles--;
    free_if_done(pool);
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    pool->closing = true;
    for (size_t i = 0; i < pool->count; i++) {
        CHECK(pool->workers[i].job == NULL);
        close_socket(&pool->workers[i]); // an idle worker sees the end of its socket and leaves
        uv_close((uv_handle_t *)&pool->workers[i].deadline, on_timer_closed);
    }
    uv_poll_stop(&pool->control);
    uv_close((uv_handle_t *)&pool->control, on_handle_closed);
    uv_close((uv_handle_t *)&pool->report, on_handle_closed);
}
