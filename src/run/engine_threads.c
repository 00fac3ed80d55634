// SPDX-License-Identifier: MIT
// --mode threads: a thread for each transfer, which waits for it. Pictures are processed by the
// same worker processes as in the other modes, and their outputs written by libuv's threads.
//
// What the loop owns stays the loop's: a thread that needs room for its body asks for it and waits
// for the answer.
#include "run/mode.h"

#include "base/check.h"
#include "base/limits.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum slot_state {
    SLOT_IDLE,
    SLOT_WORKING, // the job is the thread's
    SLOT_ASKING,  // and it waits for room
    SLOT_DONE,    // the job is the loop's again
    SLOT_CLOSING, // the thread is to end
};

// The thread waits on `changed` in SLOT_IDLE, SLOT_DONE and SLOT_ASKING; `lock` is for all that
// both sides use.
struct slot {
    struct transfer transfer; // first
    struct threads *threads;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum slot_state state;
    uint64_t granted, wanted; // bytes of the body
    struct job *job;          // while the slot is not idle
};

struct threads {
    struct mode_means means;
    uv_async_t attention; // a slot is SLOT_DONE or SLOT_ASKING
    struct slot *slots;
    size_t count, made; // slots[0..made) have a thread
};

static void set_state(struct slot *slot, enum slot_state state)
{
    slot->state = state;
    pthread_cond_signal(&slot->changed);
}

static void wait_while(struct slot *slot, enum slot_state a, enum slot_state b)
{
    while (slot->state == a || slot->state == b)
        pthread_cond_wait(&slot->changed, &slot->lock);
}

// ---- in a transfer's thread ----

// What to ask for: all that the server has announced, or a good deal more than is needed now.
static uint64_t next_grant(const struct slot *slot, uint64_t size)
{
    const uint64_t most = slot->transfer.settings->max_bytes;
    curl_off_t announced = -1;
    curl_easy_getinfo(slot->transfer.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    const uint64_t wanted = announced > 0 && (uint64_t)announced >= size
                                ? (uint64_t)announced
                                : size + LIMIT_GROWTH_BYTES;
    return wanted < most ? wanted : most;
}

static bool grow(struct transfer *transfer, uint64_t size)
{
    struct slot *slot = (struct slot *)transfer;
    if (size <= slot->granted)
        return true;
    pthread_mutex_lock(&slot->lock);
    slot->wanted = next_grant(slot, size);
    slot->state = SLOT_ASKING;
    uv_async_send(&slot->threads->attention);
    wait_while(slot, SLOT_ASKING, SLOT_ASKING);
    pthread_mutex_unlock(&slot->lock);
    // If it was refused the transfer is being broken off: its next byte or second will tell it.
    return true;
}

static void perform(struct slot *slot)
{
    pthread_mutex_unlock(&slot->lock);
    transfer_end(&slot->transfer, transfer_perform(&slot->transfer));
    pthread_mutex_lock(&slot->lock);
    slot->state = SLOT_DONE;
    uv_async_send(&slot->threads->attention);
}

static void *run_thread(void *argument)
{
    struct slot *slot = argument;
    pthread_mutex_lock(&slot->lock);
    for (;;) {
        wait_while(slot, SLOT_IDLE, SLOT_DONE);
        if (slot->state == SLOT_CLOSING)
            break;
        perform(slot);
    }
    pthread_mutex_unlock(&slot->lock);
    return NULL;
}

// ---- on the loop ----

static void answer(struct slot *slot)
{
    struct budget *budget = slot->transfer.settings->budget;
    if (atomic_load(&slot->transfer.cancelled)) {
        set_state(slot, SLOT_WORKING);
    } else if (budget_grow(budget, &slot->job->body.share, slot->wanted)) {
        slot->granted = slot->wanted;
        set_state(slot, SLOT_WORKING);
    }
}

// A job that is done; NULL for none.
static struct job *take_done(struct slot *slot)
{
    struct job *job = NULL;
    pthread_mutex_lock(&slot->lock);
    if (slot->state == SLOT_ASKING)
        answer(slot);
    if (slot->state == SLOT_DONE) {
        job = slot->job;
        slot->job = NULL;
        slot->state = SLOT_IDLE;
    }
    pthread_mutex_unlock(&slot->lock);
    return job;
}

static void on_attention(uv_async_t *attention)
{
    struct threads *threads = attention->data;
    for (size_t i = 0; i < threads->made; i++) {
        struct job *job = take_done(&threads->slots[i]);
        if (job != NULL)
            threads->means.fetched(threads->means.context, job);
    }
}

static void *open_threads(const struct mode_means *means)
{
    struct threads *threads = calloc(1, sizeof *threads);
    if (threads == NULL)
        return NULL;
    threads->means = *means;
    threads->count = means->slots;
    threads->slots = calloc(threads->count, sizeof *threads->slots);
    if (threads->slots == NULL || uv_async_init(means->loop, &threads->attention, on_attention)) {
        free(threads->slots);
        free(threads);
        return NULL;
    }
    threads->attention.data = threads;
    means->settings->grow = grow;
    means->settings->blocking = true;
    return threads;
}

// Signals are the main thread's.
static bool start_thread(struct slot *slot)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&slot->thread, NULL, run_thread, slot);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

static struct slot *make_slot(struct threads *threads)
{
    if (threads->made == threads->count)
        return NULL;
    struct slot *slot = &threads->slots[threads->made];
    slot->threads = threads;
    if (!transfer_init(&slot->transfer, threads->means.settings))
        return NULL;
    pthread_mutex_init(&slot->lock, NULL);
    pthread_cond_init(&slot->changed, NULL);
    if (!start_thread(slot)) {
        pthread_cond_destroy(&slot->changed);
        pthread_mutex_destroy(&slot->lock);
        transfer_free(&slot->transfer);
        return NULL;
    }
    threads->made++;
    return slot;
}

static struct slot *take_slot(struct threads *threads)
{
    for (size_t i = 0; i < threads->made; i++)
        if (threads->slots[i].job == NULL)
            return &threads->slots[i];
    return make_slot(threads);
}

static enum ef_status start_in_thread(void *stage, struct job *job)
{
    struct slot *slot = take_slot(stage);
    if (slot == NULL) {
        job_fail(job, EF_INTERNAL, "no thread can be started for it; a lower --limit needs fewer");
        return EF_INTERNAL;
    }
    pthread_mutex_lock(&slot->lock);
    const enum ef_status status = transfer_begin(&slot->transfer, job);
    if (status == EF_OK) {
        slot->job = job;
        slot->granted = 0;
        set_state(slot, SLOT_WORKING);
    }
    pthread_mutex_unlock(&slot->lock);
    return status;
}

static void resume_threads(void *stage)
{
    struct threads *threads = stage;
    uv_async_send(&threads->attention);
}

static void abort_threads(void *stage)
{
    struct threads *threads = stage;
    for (size_t i = 0; i < threads->made; i++)
        if (threads->slots[i].job != NULL)
            atomic_store(&threads->slots[i].transfer.cancelled, true);
    uv_async_send(&threads->attention);
}

static void end_thread(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    CHECK(slot->state == SLOT_IDLE);
    set_state(slot, SLOT_CLOSING);
    pthread_mutex_unlock(&slot->lock);
    pthread_join(slot->thread, NULL);
    pthread_cond_destroy(&slot->changed);
    pthread_mutex_destroy(&slot->lock);
    transfer_free(&slot->transfer);
}

static void on_closed(uv_handle_t *handle)
{
    struct threads *threads = handle->data;
    for (size_t i = 0; i < threads->made; i++)
        end_thread(&threads->slots[i]);
    free(threads->slots);
    free(threads);
}

static void close_threads(void *stage)
{
    struct threads *threads = stage;
    if (threads != NULL)
        uv_close((uv_handle_t *)&threads->attention, on_closed);
}

const struct mode mode_threads = {
    .open = open_threads,
    .start = start_in_thread,
    .resume = resume_threads,
    .abort = abort_threads,
    .close = close_threads,
    .most = LIMIT_THREADS,
};
