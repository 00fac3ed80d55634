// SPDX-License-Identifier: MIT
// The stages on one event loop: makes them, connects them to the pipeline, takes them apart. What
// happens in between is in pipeline.c.
#include "run/engine_parts.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "run/descriptors.h"
#include "run/packages.h"
#include "run/watchdog.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void on_tick(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    turns_enter(engine->turns, "showing progress", NULL);
    engine->observer->tick(engine->observer->context, &engine->pipeline);
    turns_leave(engine->turns);
}

void engine_tell_end(const struct engine *engine)
{
    if (engine->observer->ended != NULL)
        engine->observer->ended(engine->observer->context, &engine->pipeline);
}

static void on_quiet(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    watchdog_look(&engine->pipeline, &engine->finished, clock_us());
}

static void close_stages(struct engine *engine)
{
    list_close(engine->list);
    engine->mode->close(engine->downloads);
    pool_close(engine->pool);
    record_close(&engine->record);
    packages_close(engine->packages);
    engine->packages = NULL; // lines may be written yet
    turns_close(engine->turns);
}

void engine_on_closer(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    engine->surroundings = engine->surroundings || list_failed(engine->list);
    engine->damaged_list = list_damaged(engine->list);
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

static bool open_stages(struct engine *engine, struct forkserver *forkserver,
                        const struct pipeline_limits *plan)
{
    static const struct pool_callbacks pool = {.processed = engine_on_processed,
                                               .begun = engine_on_begun,
                                               .returned = engine_on_returned,
                                               .idle = engine_on_wake,
                                               .broken = engine_on_pool_broken};
    static const struct lines_callbacks manifest = {engine_on_wake, engine_on_manifest_failed};
    static const struct lines_callbacks json = {engine_on_wake, engine_on_json_failed};
    static const struct lines_callbacks trace = {engine_on_wake, engine_on_trace_failed};
    const struct run_options *options = engine->options;
    uv_loop_t *loop = &engine->loop;
    const bool traces = engine->observer->trace >= 0;
    if (options->slow_callback > 0 || traces)
        engine->turns = turns_open(loop, (int64_t)(options->slow_callback * 1e6),
                                   traces ? engine_on_turn : NULL, engine);
    engine->list = list_open(loop, options->lists, options->list_count, engine_on_wake, engine);
    engine->downloads = engine->mode->open(
        &(struct mode_means){loop, &engine->settings, plan->transfers,
                             options->part == PART_PROCESS ? &engine->stored : NULL, engine->turns,
                             engine_on_fetched, engine});
    if (options->part != PART_DOWNLOAD)
        engine->pool = pool_open(loop, forkserver, options, &pool_waits, &pool, engine);
    const bool recording =
        record_open(&engine->record, loop, engine->manifest, &manifest, &json, &trace, engine);
    return engine->list != NULL && engine->downloads != NULL && recording &&
           engine_open_packages(engine, plan->samples) &&
           (options->part == PART_DOWNLOAD || engine->pool != NULL);
}

static void open_handles(struct engine *engine)
{
    uv_poll_start(&engine->interrupts, UV_READABLE, engine_on_interrupt);
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
        uv_timer_start(&engine->tick, on_tick, engine->observer->first_tick_ms, every);
}

static int run_loop(struct engine *engine, struct forkserver *forkserver,
                    const struct pipeline_limits *plan)
{
    if (uv_loop_init(&engine->loop) != 0) {
        log_error("no event loop can be made");
        return -1;
    }
    const bool watching = uv_poll_init(&engine->loop, &engine->interrupts,
                                       interrupt_descriptor(engine->options->interrupt)) == 0;
    const bool listening = uv_async_init(&engine->loop, &engine->resolved, engine_on_resolved) == 0;
    engine->resolved.data = engine;
    const bool opened = open_stages(engine, forkserver, plan) && watching && listening;
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

// Whether what kept a run from beginning, an errno, may be over when another attempt begins.
static bool may_pass(int why)
{
    return why == EWOULDBLOCK || why == ENOSPC || why == EDQUOT;
}

static int open_body(void *context, struct body *body)
{
    return outputs_open_body(context, body);
}

static int run_with_outputs(struct engine *engine, struct forkserver *forkserver,
                            struct run_result *result)
{
    const struct run_options *options = engine->options;
    struct pipeline_limits plan;
    bool not_yet = false;
    int status = -1;
    if (!descriptors_plan(options, &plan))
        return -1;
    if (engine->mode->most != 0 && plan.transfers > engine->mode->most)
        plan.transfers = engine->mode->most;
    pipeline_init(&engine->pipeline, options, &plan, &engine_stages, engine);
    engine->pipeline.in_turns = engine->mode->in_turns;
    engine->manifest = -1;
    if (!options->discard) {
        engine->manifest =
            record_open_manifest(engine->outputs.directory, options, &engine->pipeline.ledger);
        not_yet = engine->manifest < 0 && may_pass(errno);
    }
    engine->stored = (struct load_stored){engine->outputs.directory, engine->manifest,
                                          &engine->pipeline.ledger.originals};
    engine->recall = (struct recall){&engine->loop, engine->manifest, &engine->pipeline.ledger.done,
                                     engine_on_recalled, engine};
    if (options->discard ||
        (engine->manifest >= 0 && engine_begin_list(engine) && engine_clean_packages(engine))) {
        const bool ready =
            transfer_settings_init(&engine->settings, options, &engine->pipeline.budget);
        engine->settings.resolved = engine_note_resolved;
        engine->settings.resolved_context = engine;
        if (options->part == PART_DOWNLOAD && !options->discard) {
            engine->settings.open_body = open_body;
            engine->settings.open_body_context = &engine->outputs;
        }
        if (ready)
            status = run_loop(engine, forkserver, &plan);
        else
            log_error("no memory left to begin");
        transfer_settings_free(&engine->settings);
    }
    if (status == 0)
        engine_end_list(engine);
    if (engine->manifest >= 0)
        close(engine->manifest);
    if (status == 0)
        engine_tell_end(engine);
    *result = (struct run_result){
        .tally = engine->pipeline.tally,
        .output = options->output,
        .mode = options->mode,
        .limit = (unsigned)plan.transfers,
        .workers = options->part == PART_DOWNLOAD ? 0 : options->workers,
        .interrupted = interrupt_count(options->interrupt) > 0,
        .trace_failed = engine->trace_failed,
        .surroundings = engine->surroundings,
        .damaged_list = engine->damaged_list,
        .gave_up = engine->pipeline.gave_up,
        .not_yet = not_yet,
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
    *result = (struct run_result){0};
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
    engine->record = (struct record){
        .options = options, .observer = observer, .to_epoch_us = clock_to_epoch_us()};
    engine->chance = (uint64_t)clock_us() ^ (uint64_t)getpid() << 40;
    if (outputs_open(&engine->outputs, options) == 0) {
        status = run_with_outputs(engine, forkserver, result);
        outputs_close(&engine->outputs);
    } else {
        result->not_yet = may_pass(errno);
    }
    if (uses_network(options))
        curl_global_cleanup();
    free(engine);
    return status;
}
