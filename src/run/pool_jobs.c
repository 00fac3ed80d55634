// SPDX-License-Identifier: MIT
// Jobs go out to workers, and answers come in, or do not.
#include "run/pool_parts.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "proc/fdpass.h"
#include "run/answer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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
    return pool_timeout_ms(pool) + job->body.bytes / MIB(1) * 1000;
}

static bool send_job(struct worker *worker, struct job *job)
{
    const struct wire_job wire = {.id = job->index, .options = worker->pool->options->picture};
    const size_t count = 1 + ef_output_count(&wire.options);
    int descriptors[FDPASS_MAX] = {job->body.descriptor};
    uint8_t message[WIRE_BYTES];
    memcpy(descriptors + 1, job->outputs, sizeof job->outputs);
    wire_encode_job(&wire, message);
    job->sent_us = clock_us();
    return fdpass_send(worker->socket, message, sizeof message, descriptors, count) == 0;
}

// The worker has the job in work now.
static void begin(struct worker *worker, struct job *job)
{
    worker->state = WORKER_BUSY;
    worker->job = job;
    job->lanes.worker = (int)(worker - worker->pool->workers);
    uv_timer_start(&worker->deadline, worker_on_deadline, deadline_ms(worker->pool, job), 0);
}

static bool assign(struct worker *worker, struct job *job)
{
    if (!send_job(worker, job))
        return false;
    begin(worker, job);
    return true;
}

// What a worker that has left its job behind may have written.
void worker_close_outputs(struct job *job)
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
        worker_kill(worker); // it has just died; the job has not reached it
        if (pool->broken)
            return pool_submit(pool, job);
    }
    return STAGE_BUSY;
}

static bool is_small(const struct job *job)
{
    return job->body.bytes <= LIMIT_AHEAD_BYTES;
}

// The busy worker with the fewest jobs ahead, which has a small picture now. NULL: none has room.
static struct worker *find_for_ahead(struct pool *pool)
{
    struct worker *found = NULL;
    for (size_t i = 0; i < pool->count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->state == WORKER_BUSY && worker->ahead.count < LIMIT_AHEAD_JOBS &&
            is_small(worker->job) && (found == NULL || worker->ahead.count < found->ahead.count))
            found = worker;
    }
    return found;
}

bool pool_send_ahead(struct pool *pool, struct job *job)
{
    struct worker *worker = is_small(job) ? find_for_ahead(pool) : NULL;
    if (worker == NULL || !send_job(worker, job)) // it has just died
        return false;
    job_queue_append(&worker->ahead, job);
    return true;
}

void worker_return_ahead(struct worker *worker)
{
    for (struct job *job; (job = job_queue_take(&worker->ahead)) != NULL;) {
        worker_close_outputs(job);
        worker->pool->callbacks.returned(worker->pool->context, job);
    }
}

static void on_ready(struct worker *worker)
{
    worker->state = WORKER_IDLE;
    worker->pool->failed_starts = 0;
    worker->pool->lived_us = clock_us();
    uv_timer_stop(&worker->deadline);
    if (worker->job == NULL)
        worker->pool->callbacks.idle(worker->pool->context);
    else if (!make_outputs(worker->pool, worker->job) || !assign(worker, worker->job))
        worker_kill(worker); // it has just died, or there is no memory: the job fails by that
}

// Whether the answer is one to this worker's job, and true.
static bool is_answer(const struct worker *worker, const struct wire_answer *answer)
{
    return answer->id == worker->job->index &&
           answer_is_true(answer, worker->job, &worker->pool->options->picture,
                          clock_us() - worker->job->sent_us);
}

// The job is done; what was sent ahead begins. Whoever takes the job may stop everything.
static void take_answer(struct worker *worker, const struct wire_answer *answer)
{
    struct job *job = worker->job, *next = job_queue_take(&worker->ahead);
    job->answer = *answer;
    worker->answers++;
    worker->job = NULL;
    worker->state = WORKER_IDLE;
    uv_timer_stop(&worker->deadline);
    if (next != NULL)
        begin(worker, next);
    worker->pool->callbacks.processed(worker->pool->context, job);
    if (next != NULL && worker->job == next)
        worker->pool->callbacks.begun(worker->pool->context, next);
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
        take_answer(worker, &answer); // and perhaps it gets another one
    } else {
        worker_condemn(worker, EF_WORKER_PROTOCOL);
    }
}

bool worker_receive(struct worker *worker)
{
    uint8_t message[WIRE_BYTES];
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size =
        fdpass_receive(worker->socket, message, sizeof message, descriptors, &count);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    if (size < 0 && errno == EPROTO) {
        worker_condemn(worker, EF_WORKER_PROTOCOL);
        return true;
    }
    if (size <= 0)
        return false;
    if (count > 0) { // workers have no descriptors to send
        while (count > 0)
            close(descriptors[--count]);
        worker_condemn(worker, EF_WORKER_PROTOCOL);
        return true;
    }
    if (worker->state != WORKER_DYING)
        on_message(worker, message, (size_t)size);
    return true;
}

void worker_on_socket(uv_poll_t *poll, int status, int events)
{
    struct worker *worker = poll->data;
    (void)events;
    if (status < 0 || !worker_receive(worker))
        uv_poll_stop(poll); // the process is gone; how, the fork server will say
}

void worker_on_deadline(uv_timer_t *timer)
{
    struct worker *worker = timer->data;
    if (worker->state == WORKER_ABSENT)
        worker_spawn(worker);
    else
        worker_condemn(worker, EF_WORKER_TIMEOUT);
}
