// SPDX-License-Identifier: MIT
// The stages on one event loop: makes them, connects them to the pipeline, takes them apart. What
// happens in between is in pipeline.c.
#include "run/engine.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "run/commit.h"
#include "run/descriptors.h"
#include "run/list.h"
#include "run/manifest.h"
#include "run/mode.h"
#include "run/pool.h"
#include "run/recall.h"
#include "run/record.h"
#include "run/turns.h"
#include "run/watchdog.h"

#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

struct engine {
    const struct run_options *options;
    const struct run_observer *observer;
    struct pipeline pipeline;
    struct transfer_settings settings;
    struct outputs outputs;
    int manifest;
    struct load_stored stored; // for PART_PROCESS
    struct recall recall;      // for --refresh

    uv_loop_t loop;
    struct list *list;
    const struct mode *mode;
    void *downloads; // the mode's stage
    struct pool *pool;
    struct record record;
    struct turns *turns; // with --debug, NULL otherwise
    uv_poll_t interrupts;
    unsigned interrupts_obeyed;
    uv_timer_t tick;
    uv_timer_t waker;           // when the pipeline wants to be woken
    uv_timer_t quiet;           // for the watchdog
    uv_async_t resolved;        // a name has been looked up, in whatever thread
    uint64_t finished;          // when the watchdog last looked
    uint64_t chance;            // the state of stage_chance()
    uv_timer_t stopper, closer; // for what must not happen while the pipeline is deep in a stage
    bool surroundings, stages_closed;
};

static void on_closer(uv_timer_t *timer);
static void on_wake(void *context);
static void give_up(struct engine *engine);
static void give_up_soon(struct engine *engine);
static void cancel_soon(struct engine *engine);

// ---- the stages, as the pipeline sees them ----

static int64_t stage_now(void *context)
{
    (void)context;
    return clock_us();
}

static void on_waker(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    on_wake(engine);
}

static void stage_wake_at(void *context, int64_t us)
{
    struct engine *engine = context;
    if (us == INT64_MAX) {
        uv_timer_stop(&engine->waker);
        return;
    }
    const int64_t wait = us - clock_us();
    uv_update_time(&engine->loop);
    uv_timer_start(&engine->waker, on_waker, wait > 0 ? (uint64_t)wait / 1000 + 1 : 1, 0);
}

// Vigna's SplitMix64: many machines that begin at once must not try again at once.
static uint64_t stage_chance(void *context)
{
    struct engine *engine = context;
    uint64_t z = engine->chance += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

static enum urls_result stage_next(void *context, struct list_entry *entry)
{
    struct engine *engine = context;
    return list_next(engine->list, entry);
}

static enum ef_status stage_fetch(void *context, struct job *job)
{
    struct engine *engine = context;
    if (recall_start(&engine->recall, job)) // and on_recalled() goes on
        return EF_OK;
    return engine->mode->start(engine->downloads, job);
}

static void stage_fetch_resume(void *context)
{
    struct engine *engine = context;
    engine->mode->resume(engine->downloads);
}

static enum stage_answer stage_process(void *context, struct job *job)
{
    struct engine *engine = context;
    if (engine->options->part != PART_DOWNLOAD)
        return pool_submit(engine->pool, job);
    outputs_identify(job);
    return STAGE_DONE;
}

// Results that cannot be written for a reason that others will meet, too.
static void note_unwritable(struct engine *engine, const char *why)
{
    if (!engine->surroundings)
        log_error("results cannot be written: %s; stopping", why);
}

static void on_committed(void *context, struct job *job, int error)
{
    struct engine *engine = context;
    if (error != 0) {
        note_unwritable(engine, strerror(error));
        give_up(engine);
    }
    turns_enter(engine->turns, "finishing", job->url.shown);
    pipeline_stored(&engine->pipeline, job);
    turns_leave(engine->turns);
}

static enum stage_answer stage_store(void *context, struct job *job)
{
    struct engine *engine = context;
    if (engine->options->part == PART_DOWNLOAD && !outputs_wait_for_disk(&engine->outputs)) {
        const int error = outputs_keep_body(&engine->outputs, job);
        if (error != 0) {
            note_unwritable(engine, strerror(error));
            give_up_soon(engine);
        }
        return job->status == EF_OK ? STAGE_DONE : STAGE_FAILED;
    }
    if (commit_start(&engine->loop, &engine->outputs, job, on_committed, engine) == 0)
        return STAGE_TAKEN;
    job_fail(job, EF_OUTPUT_FAILED, "no memory left");
    return STAGE_FAILED;
}

static void stage_record(void *context, const struct job *job)
{
    struct engine *engine = context;
    if (record_finished(&engine->record, job))
        return;
    if (!engine->surroundings)
        log_error("no memory left for %s; stopping", MANIFEST_NAME);
    give_up_soon(engine);
}

static void stage_skipped(void *context, const struct list_entry *entry)
{
    struct engine *engine = context;
    record_skipped(&engine->record, entry->url.shown);
}

static void stage_unchanged(void *context, const struct job *job)
{
    struct engine *engine = context;
    record_unchanged(&engine->record, job->url.shown);
}

static bool stage_may_read(void *context)
{
    struct engine *engine = context;
    return record_may_go_on(&engine->record);
}

static void stage_gave_up(void *context)
{
    cancel_soon(context);
}

static void stage_failed(void *context)
{
    give_up_soon(context);
}

static void stage_ended(void *context)
{
    struct engine *engine = context;
    uv_timer_start(&engine->closer, on_closer, 0, 0);
}

static const struct stages stages = {
    .now_us = stage_now,
    .wake_at = stage_wake_at,
    .chance = stage_chance,
    .next = stage_next,
    .fetch = stage_fetch,
    .fetch_resume = stage_fetch_resume,
    .process = stage_process,
    .store = stage_store,
    .record = stage_record,
    .skipped = stage_skipped,
    .unchanged = stage_unchanged,
    .may_read = stage_may_read,
    .failed = stage_failed,
    .gave_up = stage_gave_up,
    .ended = stage_ended,
};

// ---- what the stages tell the pipeline ----

static void on_wake(void *context)
{
    struct engine *engine = context;
    turns_enter(engine->turns, "starting what can start", NULL);
    pipeline_wake(&engine->pipeline);
    turns_leave(engine->turns);
}

// From within libcurl, in whatever thread: the rest happens on the loop.
static void note_resolved(void *context, struct job *job)
{
    struct engine *engine = context;
    if (!job->asks_name || atomic_exchange(&job->name_answered, true))
        return;
    uv_async_send(&engine->resolved);
}

static void on_resolved(uv_async_t *async)
{
    struct engine *engine = async->data;
    turns_enter(engine->turns, "starting what can start", NULL);
    pipeline_resolved(&engine->pipeline);
    turns_leave(engine->turns);
}

static void on_fetched(void *context, struct job *job)
{
    struct engine *engine = context;
    if (job->status == EF_OUTPUT_FAILED) { // its file could not be written
        note_unwritable(engine, job->message);
        give_up(engine);
    }
    turns_enter(engine->turns, "taking a body", job->url.shown);
    pipeline_fetched(&engine->pipeline, job);
    turns_leave(engine->turns);
}

// Whatever has been given up meanwhile did not meet this job.
static void on_recalled(void *context, struct job *job)
{
    struct engine *engine = context;
    const enum ef_status status = engine->pipeline.stop >= PIPELINE_GAVE_UP
                                      ? EF_CANCELLED
                                      : engine->mode->start(engine->downloads, job);
    if (status == EF_OK)
        return;
    job_fail(job, status, NULL);
    on_fetched(engine, job);
}

static void on_processed(void *context, struct job *job)
{
    struct engine *engine = context;
    turns_enter(engine->turns, "taking a worker's answer", job->url.shown);
    pipeline_processed(&engine->pipeline, job);
    turns_leave(engine->turns);
}

static void on_pool_broken(void *context)
{
    struct engine *engine = context;
    give_up(engine);
    pipeline_wake(&engine->pipeline);
}

static void on_manifest_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("%s cannot be written: %s; stopping", MANIFEST_NAME, uv_strerror(error));
    give_up(engine);
}

static void on_json_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("standard output: %s; stopping", uv_strerror(error));
    give_up(engine);
}

// ---- stopping ----

static void finish_what_is_in_hand(struct engine *engine)
{
    list_stop_waiting(engine->list);
    pipeline_stop(&engine->pipeline, PIPELINE_FINISHING);
}

static void cancel_all(struct engine *engine)
{
    pipeline_stop(&engine->pipeline, PIPELINE_ABORTED);
    engine->mode->abort(engine->downloads);
    if (engine->pool != NULL)
        pool_abort(engine->pool);
}

static void stop_at_once(struct engine *engine)
{
    list_stop(engine->list);
    cancel_all(engine);
}

// When URLs alone have failed the list is read on, so that each of its URLs is told of.
static void on_stopper(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    if (engine->surroundings) {
        stop_at_once(engine);
    } else {
        list_stop_waiting(engine->list);
        cancel_all(engine);
    }
}

// Something other than a URL has failed: nothing new is begun, and all is cancelled in the next
// turn.
static void give_up(struct engine *engine)
{
    pipeline_stop(&engine->pipeline, PIPELINE_FAILED);
    give_up_soon(engine);
}

static void give_up_soon(struct engine *engine)
{
    engine->surroundings = true;
    cancel_soon(engine);
}

static void cancel_soon(struct engine *engine)
{
    if (!uv_is_closing((uv_handle_t *)&engine->stopper))
        uv_timer_start(&engine->stopper, on_stopper, 0, 0);
}

// Somebody does not read our output, or a disk does not answer: a thread is stuck in its write, and
// the loop cannot be taken apart before it returns.
static _Noreturn void leave(struct engine *engine)
{
    log_info("stopping without waiting for the output");
    outputs_close(&engine->outputs);
    _exit(INTERRUPT_EXIT_CODE);
}

// The first signal: what is in hand is finished, the rest is cancelled. The second: all is
// cancelled. The third: not even the output is waited for.
static void obey_interrupt(struct engine *engine)
{
    const unsigned number = ++engine->interrupts_obeyed;
    if (number == 1) {
        log_info("stopping: finishing what is in hand (again to stop at once)");
        if (!engine->stages_closed)
            finish_what_is_in_hand(engine);
    } else if (number == 2) {
        log_info("stopping at once");
        if (!engine->stages_closed)
            stop_at_once(engine);
    } else {
        leave(engine);
    }
}

static void on_interrupt(uv_poll_t *poll, int status, int events)
{
    struct engine *engine = poll->data;
    (void)status;
    (void)events;
    interrupt_taken();
    while (engine->interrupts_obeyed < interrupt_count())
        obey_interrupt(engine);
}

static void on_tick(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    turns_enter(engine->turns, "showing progress", NULL);
    engine->observer->tick(engine->observer->context, &engine->pipeline);
    turns_leave(engine->turns);
}

static void on_quiet(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    watchdog_look(&engine->pipeline, &engine->finished, clock_us());
}

// ---- making and taking apart ----

static void close_stages(struct engine *engine)
{
    list_close(engine->list);
    engine->mode->close(engine->downloads);
    pool_close(engine->pool);
    record_close(&engine->record);
    turns_close(engine->turns);
}

static void on_closer(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    engine->surroundings = engine->surroundings || list_failed(engine->list);
    close_stages(engine);
    engine->stages_closed = true;
    uv_unref((uv_handle_t *)&engine->interrupts); // watched until the last line is written
    uv_close((uv_handle_t *)&engine->tick, NULL);
    uv_close((uv_handle_t *)&engine->waker, NULL);
    uv_close((uv_handle_t *)&engine->quiet, NULL);
    uv_close((uv_handle_t *)&engine->resolved, NULL);
    uv_close((uv_handle_t *)&engine->stopper, NULL);
    uv_close((uv_handle_t *)&engine->closer, NULL);
}

static bool open_stages(struct engine *engine, struct forkserver *forkserver, uint64_t slots)
{
    static const struct pool_callbacks pool = {
        .processed = on_processed, .idle = on_wake, .broken = on_pool_broken};
    static const struct lines_callbacks manifest = {on_wake, on_manifest_failed};
    static const struct lines_callbacks json = {on_wake, on_json_failed};
    const struct run_options *options = engine->options;
    uv_loop_t *loop = &engine->loop;
    if (options->slow_callback > 0)
        engine->turns = turns_open(loop, (int64_t)(options->slow_callback * 1e6));
    engine->list = list_open(loop, options->lists, options->list_count, on_wake, engine);
    engine->downloads = engine->mode->open(&(struct mode_means){
        loop, &engine->settings, slots, options->part == PART_PROCESS ? &engine->stored : NULL,
        engine->turns, on_fetched, engine});
    if (options->part != PART_DOWNLOAD)
        engine->pool = pool_open(loop, forkserver, options, &pool_waits, &pool, engine);
    const bool recording =
        record_open(&engine->record, loop, engine->manifest, &manifest, &json, engine);
    return engine->list != NULL && engine->downloads != NULL && recording &&
           (options->part == PART_DOWNLOAD || engine->pool != NULL);
}

static void open_handles(struct engine *engine)
{
    uv_poll_start(&engine->interrupts, UV_READABLE, on_interrupt);
    engine->interrupts.data = engine;
    uv_timer_init(&engine->loop, &engine->stopper);
    uv_timer_init(&engine->loop, &engine->closer);
    engine->stopper.data = engine->closer.data = engine;
    uv_timer_init(&engine->loop, &engine->tick);
    uv_timer_init(&engine->loop, &engine->waker);
    uv_timer_init(&engine->loop, &engine->quiet);
    engine->tick.data = engine->waker.data = engine->quiet.data = engine;
    uv_timer_start(&engine->quiet, on_quiet, WAIT_QUIET_MS, WAIT_QUIET_MS);
    const unsigned every = engine->observer->tick_ms;
    if (every > 0)
        uv_timer_start(&engine->tick, on_tick, every, every);
}

static int run_loop(struct engine *engine, struct forkserver *forkserver, uint64_t slots)
{
    if (uv_loop_init(&engine->loop) != 0) {
        log_error("no event loop can be made");
        return -1;
    }
    const bool watching =
        uv_poll_init(&engine->loop, &engine->interrupts, interrupt_descriptor()) == 0;
    const bool listening = uv_async_init(&engine->loop, &engine->resolved, on_resolved) == 0;
    engine->resolved.data = engine;
    const bool opened = open_stages(engine, forkserver, slots) && watching && listening;
    if (opened) {
        open_handles(engine);
        pipeline_start(&engine->pipeline);
    } else {
        log_error("no memory left to begin");
        close_stages(engine);
        if (listening)
            uv_close((uv_handle_t *)&engine->resolved, NULL);
    }
    uv_run(&engine->loop, UV_RUN_DEFAULT);
    if (watching)
        uv_close((uv_handle_t *)&engine->interrupts, NULL);
    uv_run(&engine->loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&engine->loop) == 0); // no handle is left
    return opened ? 0 : -1;
}

static int open_body(void *context, struct body *body)
{
    return outputs_open_body(context, body);
}

static int run_with_outputs(struct engine *engine, struct forkserver *forkserver,
                            struct run_result *result)
{
    const struct run_options *options = engine->options;
    struct descriptor_plan plan;
    int status = -1;
    if (!descriptors_plan(options, &plan))
        return -1;
    if (engine->mode->most != 0 && plan.transfers > engine->mode->most)
        plan.transfers = engine->mode->most;
    pipeline_init(&engine->pipeline, options, plan.transfers, plan.bodies, &stages, engine);
    engine->pipeline.in_turns = engine->mode->in_turns;
    engine->manifest = -1;
    if (!options->discard)
        engine->manifest =
            record_open_manifest(engine->outputs.directory, options, &engine->pipeline.ledger);
    engine->stored = (struct load_stored){engine->outputs.directory, engine->manifest,
                                          &engine->pipeline.ledger.originals};
    engine->recall = (struct recall){&engine->loop, engine->manifest, &engine->pipeline.ledger.done,
                                     on_recalled, engine};
    if (options->discard || engine->manifest >= 0) {
        const bool ready =
            transfer_settings_init(&engine->settings, options, &engine->pipeline.budget);
        engine->settings.resolved = note_resolved;
        engine->settings.resolved_context = engine;
        if (options->part == PART_DOWNLOAD && !options->discard) {
            engine->settings.open_body = open_body;
            engine->settings.open_body_context = &engine->outputs;
        }
        if (ready)
            status = run_loop(engine, forkserver, plan.transfers);
        else
            log_error("no memory left to begin");
        transfer_settings_free(&engine->settings);
        if (engine->manifest >= 0)
            close(engine->manifest);
    }
    *result = (struct run_result){
        .tally = engine->pipeline.tally,
        .mode = options->mode,
        .limit = (unsigned)plan.transfers,
        .workers = options->part == PART_DOWNLOAD ? 0 : options->workers,
        .interrupted = interrupt_count() > 0,
        .surroundings = engine->surroundings,
        .gave_up = engine->pipeline.gave_up,
    };
    pipeline_free(&engine->pipeline);
    return status;
}

static bool uses_network(const struct run_options *options)
{
    return !options->local && options->part != PART_PROCESS;
}

static const struct mode *mode_of(const struct run_options *options)
{
    static const struct mode *const modes[RUN_MODE_COUNT] = {
        [RUN_ASYNC] = &mode_async, [RUN_THREADS] = &mode_threads, [RUN_SYNC] = &mode_sync};
    return uses_network(options) ? modes[options->mode] : &mode_local;
}

int engine_run(const struct run_options *options, struct forkserver *forkserver,
               const struct run_observer *observer, struct run_result *result)
{
    struct engine *engine = calloc(1, sizeof *engine);
    int status = -1;
    // Files need nothing of libcurl, whose TLS library takes its time to begin.
    if (engine == NULL ||
        (uses_network(options) && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)) {
        log_error("no memory left to begin");
        free(engine);
        return -1;
    }
    engine->options = options;
    engine->mode = mode_of(options);
    engine->observer = observer;
    engine->record = (struct record){.options = options, .observer = observer};
    engine->chance = (uint64_t)clock_us() ^ (uint64_t)getpid() << 40;
    if (outputs_open(&engine->outputs, options) == 0) {
        status = run_with_outputs(engine, forkserver, result);
        outputs_close(&engine->outputs);
    }
    if (uses_network(options))
        curl_global_cleanup();
    free(engine);
    return status;
}
