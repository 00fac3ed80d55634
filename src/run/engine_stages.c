// SPDX-License-Identifier: MIT
// The stages, as the pipeline sees them.
#include "run/engine_parts.h"

#include "base/clock.h"
#include "base/log.h"
#include "run/commit.h"
#include "run/manifest.h"
#include "run/packages.h"

#include <string.h>

static int64_t stage_now(void *context)
{
    (void)context;
    return clock_us();
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
    uv_timer_start(&engine->waker, engine_on_waker, wait > 0 ? (uint64_t)wait / 1000 + 1 : 1, 0);
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
    if (recall_start(&engine->recall, job)) // and engine_on_recalled() goes on
        return EF_OK;
    return engine->mode->start(engine->downloads, job);
}

static void stage_fetch_resume(void *context)
{
    struct engine *engine = context;
    engine->mode->resume(engine->downloads);
}

// Towards the end of a run no job may wait behind another one while a worker is idle: then there is
// more than all workers could have ahead.
static bool has_plenty(const struct engine *engine)
{
    return pipeline_held(&engine->pipeline) >
           (LIMIT_AHEAD_JOBS + 2) * (uint64_t)engine->options->workers;
}

static enum stage_answer give_to_worker(struct engine *engine, struct job *job)
{
    const enum stage_answer answer = pool_submit(engine->pool, job);
    const bool ahead =
        answer == STAGE_BUSY && has_plenty(engine) && pool_send_ahead(engine->pool, job);
    return ahead ? STAGE_AHEAD : answer;
}

static enum stage_answer stage_process(void *context, struct job *job)
{
    struct engine *engine = context;
    if (engine->packages != NULL && packages_are_behind(engine->packages))
        return STAGE_BUSY;
    if (engine->options->part != PART_DOWNLOAD)
        return give_to_worker(engine, job);
    outputs_identify(job);
    return STAGE_DONE;
}

void engine_on_stored(void *context, struct job *job, int error)
{
    struct engine *engine = context;
    if (error != 0) {
        engine_note_unwritable(engine, strerror(error));
        engine_give_up(engine);
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
            engine_note_unwritable(engine, strerror(error));
            engine_give_up_soon(engine);
        }
        return job->status == EF_OK ? STAGE_DONE : STAGE_FAILED;
    }
    if (engine->packages != NULL && job->status == EF_OK && packages_hold(engine->packages, job))
        return STAGE_TAKEN;
    if (commit_start(&engine->loop, &engine->outputs, job, engine_on_stored, engine) == 0)
        return STAGE_TAKEN;
    job_fail(job, EF_OUTPUT_FAILED, "no memory left");
    return STAGE_FAILED;
}

static void stage_moved(void *context)
{
    struct engine *engine = context;
    if (engine->record.trace != NULL)
        trace_counters(engine->record.trace, &engine->pipeline);
}

static void stage_record(void *context, const struct job *job)
{
    struct engine *engine = context;
    if (record_finished(&engine->record, job)) {
        engine_note_sample(engine, job->index, job->status == EF_CANCELLED);
        return;
    }
    if (!engine->surroundings)
        log_error("no memory left for %s; stopping", MANIFEST_NAME);
    engine_give_up_soon(engine);
}

static void stage_skipped(void *context, const struct list_entry *entry)
{
    struct engine *engine = context;
    record_skipped(&engine->record, entry->url.shown);
    engine_note_sample(engine, entry->index != 0 ? entry->index : engine->pipeline.ledger.distinct,
                       false);
}

static void stage_unchanged(void *context, const struct job *job)
{
    struct engine *engine = context;
    record_unchanged(&engine->record, job->url.shown);
    engine_note_sample(engine, job->index, false);
}

static bool stage_may_read(void *context)
{
    struct engine *engine = context;
    return record_may_go_on(&engine->record);
}

static void stage_gave_up(void *context)
{
    engine_cancel_soon(context);
}

static void stage_failed(void *context)
{
    engine_give_up_soon(context);
}

static void stage_ended(void *context)
{
    struct engine *engine = context;
    if (!engine_end_packages(engine))
        uv_timer_start(&engine->closer, engine_on_closer, 0, 0);
}

const struct stages engine_stages = {
    .now_us = stage_now,
    .wake_at = stage_wake_at,
    .chance = stage_chance,
    .next = stage_next,
    .fetch = stage_fetch,
    .fetch_resume = stage_fetch_resume,
    .process = stage_process,
    .store = stage_store,
    .moved = stage_moved,
    .record = stage_record,
    .skipped = stage_skipped,
    .unchanged = stage_unchanged,
    .may_read = stage_may_read,
    .failed = stage_failed,
    .gave_up = stage_gave_up,
    .ended = stage_ended,
};
