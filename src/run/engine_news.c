// SPDX-License-Identifier: MIT
// What the stages tell the pipeline, each in a turn of the loop that has a name.
#include "run/engine_parts.h"

#include "base/log.h"
#include "run/manifest.h"
#include "run/packages.h"

void engine_on_wake(void *context)
{
    struct engine *engine = context;
    turns_enter(engine->turns, "starting what can start", NULL);
    pipeline_wake(&engine->pipeline);
    turns_leave(engine->turns);
}

void engine_on_waker(uv_timer_t *timer)
{
    engine_on_wake(timer->data);
}

// From within libcurl, in whatever thread: the rest happens on the loop.
void engine_note_resolved(void *context, struct job *job)
{
    struct engine *engine = context;
    if (!job->asks_name || atomic_exchange(&job->name_answered, true))
        return;
    uv_async_send(&engine->resolved);
}

void engine_on_resolved(uv_async_t *async)
{
    struct engine *engine = async->data;
    turns_enter(engine->turns, "starting what can start", NULL);
    pipeline_resolved(&engine->pipeline);
    turns_leave(engine->turns);
}

void engine_on_fetched(void *context, struct job *job)
{
    struct engine *engine = context;
    if (job->status == EF_OUTPUT_FAILED) { // its file could not be written
        engine_note_unwritable(engine, job->message);
        engine_give_up(engine);
    }
    turns_enter(engine->turns, "taking a body", job->url.shown);
    pipeline_fetched(&engine->pipeline, job);
    turns_leave(engine->turns);
}

// Whatever has been given up meanwhile did not meet this job.
void engine_on_recalled(void *context, struct job *job)
{
    struct engine *engine = context;
    const enum ef_status status = engine->pipeline.stop >= PIPELINE_GAVE_UP
                                      ? EF_CANCELLED
                                      : engine->mode->start(engine->downloads, job);
    if (status == EF_OK)
        return;
    job_fail(job, status, NULL);
    engine_on_fetched(engine, job);
}

void engine_on_processed(void *context, struct job *job)
{
    struct engine *engine = context;
    turns_enter(engine->turns, "taking a worker's answer", job->url.shown);
    pipeline_processed(&engine->pipeline, job);
    turns_leave(engine->turns);
}

void engine_on_begun(void *context, struct job *job)
{
    struct engine *engine = context;
    pipeline_begun(&engine->pipeline, job);
}

void engine_on_returned(void *context, struct job *job)
{
    struct engine *engine = context;
    turns_enter(engine->turns, "taking a job back", job->url.shown);
    pipeline_returned(&engine->pipeline, job);
    turns_leave(engine->turns);
}

void engine_on_pool_broken(void *context)
{
    struct engine *engine = context;
    engine_give_up(engine);
    pipeline_wake(&engine->pipeline);
}

void engine_on_manifest_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("%s cannot be written: %s; stopping", MANIFEST_NAME, uv_strerror(error));
    engine_give_up(engine);
    if (engine->packages != NULL)
        packages_stop(engine->packages);
}

// What has been asked for beside the run's results does not stop it.
void engine_on_trace_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("the trace cannot be written: %s; the run goes on without it", uv_strerror(error));
    engine->trace_failed = true;
}

void engine_on_turn(void *context, int64_t now_us, int64_t us, const char *callback)
{
    const struct engine *engine = context;
    trace_turn(engine->record.trace, now_us, us, callback);
}

void engine_on_json_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("standard output: %s; stopping", uv_strerror(error));
    engine_give_up(engine);
}
