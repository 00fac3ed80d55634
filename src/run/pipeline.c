// SPDX-License-Identifier: MIT
#include "run/pipeline_parts.h"

#include "base/check.h"
#include "run/quarantine.h"
#include "run/retry.h"

#include <stddef.h>

static void pump(struct pipeline *pipeline);

uint64_t pipeline_most_commits(const struct run_options *options)
{
    enum { LEAST = 4 }; // as many as libuv has threads
    return options->workers < LEAST ? LEAST : options->workers;
}

void pipeline_init(struct pipeline *pipeline, const struct run_options *options,
                   const struct pipeline_limits *limits, const struct stages *stages, void *context)
{
    const uint64_t transfers = limits->transfers;
    const uint64_t largest =
        options->max_bytes < options->max_memory ? options->max_bytes : options->max_memory;
    const uint64_t per_host = options->per_host != 0 ? options->per_host : DEFAULT_PER_HOST;
    *pipeline = (struct pipeline){
        .options = options,
        .stages = stages,
        .context = context,
        .ledger.forgetful = options->no_dedupe,
        .transfers = {.limit = transfers},
        .commits = {.limit = pipeline_most_commits(options) + limits->ahead + limits->samples},
        .hosts.rules = {.per_host = per_host < transfers ? per_host : transfers,
                        .per_local_host = options->per_host != 0 && options->per_host < transfers
                                              ? options->per_host
                                              : transfers,
                        .rate = options->host_rate,
                        .failures = options->host_failures,
                        .lookups = options->resolvers},
        .starts.rate = options->rate,
        .wake_us = INT64_MAX,
    };
    pipeline->tally.download.capacity = transfers;
    pipeline->tally.process.capacity = options->workers;
    budget_init(&pipeline->budget, options->max_memory, largest, limits->bodies);
}

void pipeline_free(struct pipeline *pipeline)
{
    ledger_free(&pipeline->ledger);
    hosts_free(&pipeline->hosts);
    due_free(&pipeline->retries);
}

// ---- downloads ----

static void start_download(struct pipeline *pipeline, struct job *job)
{
    const int64_t started = pipeline_now(pipeline);
    if (job->attempts == 0)
        pipeline_take_in_hand(pipeline, job);
    job_begin_attempt(job, started);
    job->lanes.download = lanes_take(&pipeline->download_lanes);
    tally_enter(&pipeline->tally, &pipeline->tally.download, started);
    const enum ef_status status = pipeline->stages->fetch(pipeline->context, job);
    pipeline_moved(pipeline);
    if (status != EF_OK) {
        job_fail(job, status, NULL);
        pipeline_fetched(pipeline, job);
    }
}

// Lets transfers that wait for bytes try again, before others are started.
static void resume_downloads(struct pipeline *pipeline)
{
    if (!pipeline->released)
        return;
    pipeline->released = false;
    pipeline->stages->fetch_resume(pipeline->context);
}

// In turns a body that has begun is never to wait for room: nothing would make any.
static bool may_download(const struct pipeline *pipeline)
{
    if (!pipeline->in_turns)
        return budget_could_begin(&pipeline->budget);
    return !pipeline->processing_turn && budget_has_reserve(&pipeline->budget);
}

static enum held_back held_back(const struct pipeline *pipeline)
{
    if (pipeline->hosts.waiting == 0 || pipeline->stop != PIPELINE_RUNNING ||
        pipeline->processing_turn)
        return HELD_BACK_NOT;
    if (pipeline->transfers.held == pipeline->transfers.limit)
        return HELD_BACK_BY_LIMIT;
    return hosts_could_start(&pipeline->hosts) ? HELD_BACK_BY_MEMORY : HELD_BACK_BY_HOST;
}

// Starts what both semaphores, the rate and the hosts admit.
static void start_downloads(struct pipeline *pipeline)
{
    while (hosts_could_start(&pipeline->hosts) && may_download(pipeline) &&
           pipeline_has_token(pipeline) && semaphore_try_acquire(&pipeline->transfers, 1)) {
        struct job *job = hosts_take(&pipeline->hosts, pipeline_now(pipeline));
        if (job == NULL) {
            semaphore_release(&pipeline->transfers, 1);
            break;
        }
        bucket_take(&pipeline->starts, pipeline_now(pipeline));
        if (job->body.share.charged > 0) // the beginning is here already
            budget_resume(&pipeline->budget, &job->body.share);
        else
            CHECK(budget_begin(&pipeline->budget, &job->body.share));
        start_download(pipeline, job);
    }
    tally_held_back(&pipeline->tally, held_back(pipeline), pipeline_now(pipeline));
}

void pipeline_resolved(struct pipeline *pipeline)
{
    for (struct job *job = pipeline->in_hand_first; job != NULL; job = job->in_hand_next)
        if (job->asks_name && atomic_load(&job->name_answered))
            hosts_resolved(&pipeline->hosts, job, pipeline_now(pipeline));
    pump(pipeline);
}

void pipeline_fetched(struct pipeline *pipeline, struct job *job)
{
    const int64_t ended = pipeline_now(pipeline);
    tally_leave(&pipeline->tally, &pipeline->tally.download, job->entered_us[JOB_DOWNLOADING],
                ended);
    semaphore_release(&pipeline->transfers, 1);
    lanes_give_back(&pipeline->download_lanes, job->lanes.download);
    tally_lookup(&pipeline->tally, job);
    const struct host_news news = retry_host_news(pipeline->options, job);
    hosts_done(&pipeline->hosts, job, &news, ended);
    const bool given_up =
        news.kind == HOST_UNREACHABLE && hosts_have_given_up(&pipeline->hosts, job);
    budget_settle(&pipeline->budget, &job->body.share);
    pipeline->released = true; // another one is the oldest now
    if (job->status == EF_OK && pipeline->stop >= PIPELINE_GAVE_UP)
        job_fail(job, EF_CANCELLED, NULL);
    if (job->status != EF_OK) {
        if (!pipeline_plan_retry(pipeline, job, ended))
            pipeline_finish(pipeline, job);
    } else if (job->unchanged) {
        pipeline_finish(pipeline, job);
    } else {
        job_set_state(job, JOB_HELD, ended);
        job_queue_insert(&pipeline->held, job); // the first of the list is the first to be done
    }
    pipeline_moved(pipeline);
    if (given_up)
        pipeline_give_up_retries(pipeline);
    pump(pipeline);
}

// ---- processing ----

uint64_t pipeline_held(const struct pipeline *pipeline)
{
    return pipeline->held.count + pipeline->ahead;
}

static void begin_processing(struct pipeline *pipeline, struct job *job)
{
    const int64_t started = pipeline_now(pipeline);
    job_set_state(job, JOB_PROCESSING, started);
    tally_enter(&pipeline->tally, &pipeline->tally.process, started);
    pipeline->processing++;
    pipeline_moved(pipeline);
}

// Hands bodies to idle workers. A place in the store is taken first, so that results never pile up
// before a slow disk.
static void start_processing(struct pipeline *pipeline)
{
    if (pipeline->in_turns && !pipeline->processing_turn)
        return;
    while (pipeline->held.first != NULL && semaphore_try_acquire(&pipeline->commits, 1)) {
        struct job *job = job_queue_take(&pipeline->held);
        const enum stage_answer answer = pipeline->stages->process(pipeline->context, job);
        if (answer == STAGE_BUSY || answer == STAGE_FAILED)
            semaphore_release(&pipeline->commits, 1);
        if (answer == STAGE_BUSY) {
            job_queue_prepend(&pipeline->held, job);
            return;
        }
        if (answer == STAGE_FAILED)
            pipeline_finish(pipeline, job);
        else if (answer == STAGE_AHEAD)
            pipeline->ahead++;
        else
            begin_processing(pipeline, job);
        if (answer == STAGE_DONE)
            pipeline_processed(pipeline, job);
    }
}

void pipeline_begun(struct pipeline *pipeline, struct job *job)
{
    pipeline->ahead--;
    begin_processing(pipeline, job);
}

void pipeline_returned(struct pipeline *pipeline, struct job *job)
{
    pipeline->ahead--;
    semaphore_release(&pipeline->commits, 1);
    if (pipeline->stop >= PIPELINE_GAVE_UP)
        pipeline_cancel(pipeline, job);
    else
        job_queue_prepend(&pipeline->held, job);
    pump(pipeline);
}

void pipeline_processed(struct pipeline *pipeline, struct job *job)
{
    if (job->state == JOB_HELD) // taken ahead, and lost before anybody could tell that it had begun
        pipeline_begun(pipeline, job);
    const int64_t ended = pipeline_now(pipeline);
    tally_leave(&pipeline->tally, &pipeline->tally.process, job->entered_us[JOB_PROCESSING], ended);
    pipeline->processing--;
    pipeline_moved(pipeline);
    if (job->status == EF_OK && job->answer.status != EF_OK)
        job_fail(job, job->answer.status,
                 job->answer.result.detail.text[0] != '\0' ? "%s: %s" : NULL,
                 ef_status_sentence(job->answer.status), job->answer.result.detail.text);
    const bool kept = pipeline->stop < PIPELINE_GAVE_UP && quarantine_takes(pipeline->options, job);
    if (job->status == EF_OK || kept) {
        job_set_state(job, JOB_WRITING, ended);
        job->lanes.write = lanes_take(&pipeline->write_lanes);
        if (pipeline->stages->store(pipeline->context, job) == STAGE_TAKEN) {
            pump(pipeline);
            return;
        }
    }
    pipeline_stored(pipeline, job); // at once, or it has failed
}

void pipeline_stored(struct pipeline *pipeline, struct job *job)
{
    semaphore_release(&pipeline->commits, 1);
    lanes_give_back(&pipeline->write_lanes, job->lanes.write);
    pipeline_finish(pipeline, job);
    pipeline_moved(pipeline);
    pump(pipeline);
}

// ---- the run ----

static bool all_finished(const struct pipeline *pipeline)
{
    return pipeline->list_ended && pipeline_waiting_jobs(pipeline) == 0 &&
           pipeline->transfers.held == 0 && pipeline->held.first == NULL &&
           pipeline->commits.held == 0;
}

static void end(struct pipeline *pipeline)
{
    struct tally *tally = &pipeline->tally;
    pipeline->has_ended = true;
    tally->ended_us = pipeline_now(pipeline);
    tally_held_back(tally, HELD_BACK_NOT, tally->ended_us);
    tally->distinct = pipeline->ledger.distinct;
    tally->peak_bytes_held = pipeline->budget.bytes.peak;
    CHECK(pipeline->budget.bytes.held == 0);
    CHECK(tally->ok + tally->failed + tally->skipped + tally->cancelled == tally->distinct);
    pipeline->stages->ended(pipeline->context);
}

// The downloads' turn ends when there is nothing to download, or no room for it; that of
// processing, when there is nothing held.
static void take_turns(struct pipeline *pipeline)
{
    if (!pipeline->in_turns)
        return;
    const bool downloads_left = !pipeline->list_ended || hosts_could_start(&pipeline->hosts);
    if (pipeline->processing_turn)
        pipeline->processing_turn = pipeline->held.first != NULL || pipeline->commits.held > 0;
    else
        pipeline->processing_turn = pipeline->held.first != NULL && pipeline->transfers.held == 0 &&
                                    (!downloads_left || !budget_has_reserve(&pipeline->budget));
}

// "May one more start?", asked of every stage after every start and every finish. Stages answer
// later, so the recursion is only through failures to start, which ask for another round.
static void pump(struct pipeline *pipeline)
{
    pipeline->pump_again = true;
    if (pipeline->pumping)
        return;
    pipeline->pumping = true;
    while (pipeline->pump_again && !pipeline->has_ended) {
        pipeline->pump_again = false;
        pipeline_wake_who_is_due(pipeline);
        pipeline_read_list(pipeline);
        pipeline_fail_given_up(pipeline);
        take_turns(pipeline);
        start_processing(pipeline);
        take_turns(pipeline); // all that were held may have failed to start
        resume_downloads(pipeline);
        start_downloads(pipeline);
    }
    pipeline->pumping = false;
    pipeline_ask_for_wake(pipeline);
    if (!pipeline->has_ended && all_finished(pipeline))
        end(pipeline);
}

void pipeline_start(struct pipeline *pipeline)
{
    pipeline->tally.started_us = pipeline->tally.held_back_since_us = pipeline_now(pipeline);
    pump(pipeline);
}

void pipeline_wake(struct pipeline *pipeline)
{
    pump(pipeline);
}

void pipeline_stop(struct pipeline *pipeline, enum pipeline_stop how)
{
    if (how <= pipeline->stop)
        return;
    pipeline->stop = how;
    for (struct job *job = hosts_drain(&pipeline->hosts), *next; job != NULL; job = next) {
        next = job->next;
        pipeline_cancel(pipeline, job); // or, before a retry, with the failure that it has
    }
    while (pipeline->retries.count > 0)
        pipeline_finish(pipeline, pipeline_take_retry(pipeline));
    if (how >= PIPELINE_GAVE_UP)
        for (struct job *job; (job = job_queue_take(&pipeline->held)) != NULL;)
            pipeline_cancel(pipeline, job);
    pump(pipeline);
}
