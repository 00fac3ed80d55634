// SPDX-License-Identifier: MIT
#include "run/pipeline.h"

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "run/retry.h"

#include <stddef.h>
#include <stdio.h>

static void pump(struct pipeline *pipeline);

uint64_t pipeline_most_commits(const struct run_options *options)
{
    enum { LEAST = 4 }; // as many as libuv has threads
    return options->workers < LEAST ? LEAST : options->workers;
}

void pipeline_init(struct pipeline *pipeline, const struct run_options *options, uint64_t transfers,
                   uint64_t bodies, const struct stages *stages, void *context)
{
    const uint64_t largest =
        options->max_bytes < options->max_memory ? options->max_bytes : options->max_memory;
    const uint64_t per_host = options->per_host != 0 ? options->per_host : DEFAULT_PER_HOST;
    *pipeline = (struct pipeline){
        .options = options,
        .stages = stages,
        .context = context,
        .transfers = {.limit = transfers},
        .commits = {.limit = pipeline_most_commits(options)},
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
    budget_init(&pipeline->budget, options->max_memory, largest, bodies);
}

void pipeline_free(struct pipeline *pipeline)
{
    ledger_free(&pipeline->ledger);
    hosts_free(&pipeline->hosts);
    due_free(&pipeline->retries);
}

static int64_t now(const struct pipeline *pipeline)
{
    return pipeline->stages->now_us(pipeline->context);
}

static bool too_many_failed(const struct pipeline *pipeline)
{
    const struct tally *tally = &pipeline->tally;
    const uint64_t finished = tally->ok + tally->failed + tally->unchanged;
    return tally->failed > pipeline->options->most_failures ||
           (finished >= LIMIT_SHARE_JUDGED_FROM &&
            (double)tally->failed > pipeline->options->most_failed_share * (double)finished);
}

static void say_gave_up(const struct pipeline *pipeline, const struct job *job)
{
    char shown[LIMIT_SHOWN_URL_BYTES];
    const struct tally *tally = &pipeline->tally;
    log_error("%llu of %llu URLs failed, which is more than may; the last was %s (%s); stopping",
              (unsigned long long)tally->failed,
              (unsigned long long)(tally->ok + tally->failed + tally->unchanged),
              text_printable(job->url.shown, shown, sizeof shown), ef_status_name(job->status));
}

static void take_in_hand(struct pipeline *pipeline, struct job *job)
{
    job->in_hand_previous = pipeline->in_hand_last;
    if (pipeline->in_hand_last != NULL)
        pipeline->in_hand_last->in_hand_next = job;
    else
        pipeline->in_hand_first = job;
    pipeline->in_hand_last = job;
}

static void let_go(struct pipeline *pipeline, struct job *job)
{
    if (job->attempts == 0) // it never began
        return;
    if (job->in_hand_previous != NULL)
        job->in_hand_previous->in_hand_next = job->in_hand_next;
    else
        pipeline->in_hand_first = job->in_hand_next;
    if (job->in_hand_next != NULL)
        job->in_hand_next->in_hand_previous = job->in_hand_previous;
    else
        pipeline->in_hand_last = job->in_hand_previous;
}

static void finish(struct pipeline *pipeline, struct job *job)
{
    let_go(pipeline, job);
    job_set_state(job, JOB_FINISHED, now(pipeline));
    budget_release(&pipeline->budget, &job->body.share);
    pipeline->released = true;
    if (job->unchanged && job->status == EF_OK) {
        tally_unchanged(&pipeline->tally, job);
        pipeline->stages->unchanged(pipeline->context, job);
        job_free(job);
        return;
    }
    tally_finished(&pipeline->tally, job);
    pipeline->stages->record(pipeline->context, job);
    if (pipeline->stop == PIPELINE_RUNNING && job->status != EF_OK && too_many_failed(pipeline)) {
        say_gave_up(pipeline, job);
        job_free(job);
        pipeline->gave_up = true;
        pipeline_stop(pipeline, PIPELINE_GAVE_UP);
        pipeline->stages->gave_up(pipeline->context);
        return;
    }
    job_free(job);
}

static void cancel(struct pipeline *pipeline, struct job *job)
{
    job_fail(job, EF_CANCELLED, NULL);
    finish(pipeline, job);
}

// ---- the list ----

static bool make_name(struct pipeline *pipeline, const struct list_entry *entry, struct job *job)
{
    char stem[NAME_BYTES];
    name_stem(job->url.segment, job->url.host, stem);
    const struct name_request request = {
        .url = job->url.shown,
        .stem = stem,
        .host = job->url.host,
        .given = entry->name,
        .template = pipeline->options->name_template,
        .index = job->index,
    };
    return ledger_name(&pipeline->ledger, &request, job->name);
}

static void out_of_memory(struct pipeline *pipeline)
{
    log_error("no memory left for the list; stopping");
    pipeline->list_ended = true;
    pipeline_stop(pipeline, PIPELINE_FAILED);
    pipeline->stages->failed(pipeline->context);
}

// A URL that is met for the first time and is not done yet, or may have changed since.
static void admit(struct pipeline *pipeline, struct list_entry *entry, bool done_before)
{
    struct job *job = job_new(&entry->url);
    if (job == NULL) {
        pipeline->tally.cancelled++; // it has been counted as distinct
        out_of_memory(pipeline);
        return;
    }
    job->done_before = done_before;
    job->index = entry->index != 0 ? entry->index : pipeline->ledger.distinct;
    job_set_state(job, JOB_QUEUED, now(pipeline));
    if (entry->status != EF_OK) {
        if (entry->label != NULL)
            job_fail(job, entry->status, "%s: %s (%s:%llu)", ef_status_sentence(entry->status),
                     entry->message, entry->label, (unsigned long long)entry->line);
        job_fail(job, entry->status, "%s: %s", ef_status_sentence(entry->status), entry->message);
        finish(pipeline, job);
    } else if (pipeline->stop != PIPELINE_RUNNING) {
        cancel(pipeline, job);
    } else if (!make_name(pipeline, entry, job) ||
               !hosts_push(&pipeline->hosts, job, now(pipeline))) {
        cancel(pipeline, job);
        out_of_memory(pipeline);
    }
}

static void take_entry(struct pipeline *pipeline, struct list_entry *entry)
{
    const char *shown = entry->url.shown != NULL ? entry->url.shown : "";
    enum ledger_verdict verdict = ledger_see(&pipeline->ledger, shown);
    const bool done = verdict == LEDGER_DONE;
    if (done && (pipeline->options->force || pipeline->options->refresh))
        verdict = LEDGER_NEW;
    switch (verdict) {
    case LEDGER_DUPLICATE:
        pipeline->tally.duplicates++;
        break;
    case LEDGER_DONE:
        pipeline->tally.skipped++;
        pipeline->stages->skipped(pipeline->context, entry);
        break;
    case LEDGER_FULL:
        out_of_memory(pipeline);
        break;
    case LEDGER_NEW:
        admit(pipeline, entry, done && pipeline->options->refresh);
        break;
    }
    list_entry_free(entry);
}

static uint64_t waiting_jobs(const struct pipeline *pipeline)
{
    return pipeline->hosts.waiting + pipeline->retries.count;
}

// Reads ahead of the downloads, so that a host that is busy can be passed over.
static void read_list(struct pipeline *pipeline)
{
    struct list_entry entry;
    while (!pipeline->list_ended && waiting_jobs(pipeline) < LIMIT_QUEUED_URLS &&
           pipeline->stages->may_read(pipeline->context)) {
        const enum urls_result result = pipeline->stages->next(pipeline->context, &entry);
        if (result == URLS_MORE) // pipeline_wake() will come
            return;
        if (result == URLS_END)
            pipeline->list_ended = true;
        else
            take_entry(pipeline, &entry);
    }
}

// ---- downloads ----

static void start_download(struct pipeline *pipeline, struct job *job)
{
    const int64_t started = now(pipeline);
    if (job->attempts == 0)
        take_in_hand(pipeline, job);
    job_begin_attempt(job, started);
    tally_enter(&pipeline->tally, &pipeline->tally.download, started);
    const enum ef_status status = pipeline->stages->fetch(pipeline->context, job);
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

static bool has_token(const struct pipeline *pipeline)
{
    const int64_t now_us = now(pipeline);
    return bucket_ready_us(&pipeline->starts, now_us) <= now_us;
}

// Starts what both semaphores, the rate and the hosts admit.
static void start_downloads(struct pipeline *pipeline)
{
    while (hosts_could_start(&pipeline->hosts) && may_download(pipeline) && has_token(pipeline) &&
           semaphore_try_acquire(&pipeline->transfers, 1)) {
        struct job *job = hosts_take(&pipeline->hosts, now(pipeline));
        if (job == NULL) {
            semaphore_release(&pipeline->transfers, 1);
            break;
        }
        bucket_take(&pipeline->starts, now(pipeline));
        if (job->body.share.charged > 0) // the beginning is here already
            budget_resume(&pipeline->budget, &job->body.share);
        else
            CHECK(budget_begin(&pipeline->budget, &job->body.share));
        start_download(pipeline, job);
    }
    tally_held_back(&pipeline->tally, held_back(pipeline), now(pipeline));
}

// ---- retries ----

static struct job *job_of(struct due *due)
{
    return (struct job *)((char *)due - offsetof(struct job, due));
}

static struct job *take_retry(struct pipeline *pipeline)
{
    struct due *first = due_first(&pipeline->retries);
    due_remove(&pipeline->retries, first);
    return job_of(first);
}

// The bytes that have come are kept for the next attempt as long as a body of any size finds room
// beside them; otherwise bodies that wait for their rest could keep all others from being finished.
static void keep_beginning(struct pipeline *pipeline, struct job *job)
{
    if (job->body.descriptor >= 0 && budget_has_reserve(&pipeline->budget))
        return;
    body_close(&job->body);
    job->body.bytes = 0;
    budget_release(&pipeline->budget, &job->body.share);
}

// False when the failure is final.
static bool plan_retry(struct pipeline *pipeline, struct job *job, int64_t now_us)
{
    const struct run_options *options = pipeline->options;
    if (pipeline->stop != PIPELINE_RUNNING || job->attempts >= retry_most_attempts(options, job) ||
        !retry_may_help(job) || hosts_have_given_up(&pipeline->hosts, job))
        return false;
    const int64_t wait = retry_wait_us(options, job, pipeline->stages->chance(pipeline->context));
    if (!job_plan_retry(job, now_us, wait))
        return false;
    if (!due_add(&pipeline->retries, &job->due, now_us + wait))
        return false;
    pipeline->tally.retries++;
    keep_beginning(pipeline, job);
    return true;
}

// A host is given up: its jobs need not wait any longer.
static void give_up_retries(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->retries.count;) {
        struct job *job = job_of(pipeline->retries.items[i]);
        if (!hosts_have_given_up(&pipeline->hosts, job)) {
            i++;
            continue;
        }
        due_remove(&pipeline->retries, &job->due);
        finish(pipeline, job); // with the failure that it has
        i = 0;
    }
}

// Makes room for more of the list, which is read in the next round.
static void fail_given_up(struct pipeline *pipeline)
{
    for (struct job *job; (job = hosts_take_given_up(&pipeline->hosts)) != NULL;) {
        job_fail(job, EF_HOST_GIVEN_UP, NULL);
        finish(pipeline, job);
        pipeline->pump_again = true;
    }
}

static void wake_who_is_due(struct pipeline *pipeline)
{
    const int64_t now_us = now(pipeline);
    while (due_next_us(&pipeline->retries) <= now_us) {
        struct job *job = take_retry(pipeline);
        if (!hosts_push(&pipeline->hosts, job, now_us))
            finish(pipeline, job);
    }
    hosts_wake(&pipeline->hosts, now_us);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// What nothing else will wake: retries, hosts that sleep, and the rate.
static void ask_for_wake(struct pipeline *pipeline)
{
    int64_t at = earlier(due_next_us(&pipeline->retries), hosts_next_us(&pipeline->hosts));
    if (hosts_could_start(&pipeline->hosts) && !has_token(pipeline))
        at = earlier(at, bucket_ready_us(&pipeline->starts, now(pipeline)));
    if (pipeline->has_ended)
        at = INT64_MAX;
    if (at == pipeline->wake_us && at == INT64_MAX)
        return;
    pipeline->wake_us = at;
    pipeline->stages->wake_at(pipeline->context, at);
}

void pipeline_resolved(struct pipeline *pipeline)
{
    for (struct job *job = pipeline->in_hand_first; job != NULL; job = job->in_hand_next)
        if (job->asks_name && atomic_load(&job->name_answered))
            hosts_resolved(&pipeline->hosts, job, now(pipeline));
    pump(pipeline);
}

void pipeline_fetched(struct pipeline *pipeline, struct job *job)
{
    const int64_t ended = now(pipeline);
    tally_leave(&pipeline->tally, &pipeline->tally.download, job->entered_us[JOB_DOWNLOADING],
                ended);
    semaphore_release(&pipeline->transfers, 1);
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
        if (!plan_retry(pipeline, job, ended))
            finish(pipeline, job);
    } else if (job->unchanged) {
        finish(pipeline, job);
    } else {
        job_set_state(job, JOB_HELD, ended);
        job->next = NULL;
        if (pipeline->held_last != NULL)
            pipeline->held_last->next = job;
        else
            pipeline->held_first = job;
        pipeline->held_last = job;
    }
    if (given_up)
        give_up_retries(pipeline);
    pump(pipeline);
}

// ---- processing ----

static struct job *take_held(struct pipeline *pipeline)
{
    struct job *job = pipeline->held_first;
    if (job != NULL) {
        pipeline->held_first = job->next;
        if (pipeline->held_first == NULL)
            pipeline->held_last = NULL;
        job->next = NULL;
    }
    return job;
}

// Hands bodies to idle workers. A place in the store is taken first, so that results never pile up
// before a slow disk.
static void start_processing(struct pipeline *pipeline)
{
    if (pipeline->in_turns && !pipeline->processing_turn)
        return;
    while (pipeline->held_first != NULL && semaphore_try_acquire(&pipeline->commits, 1)) {
        struct job *job = pipeline->held_first;
        const enum stage_answer answer = pipeline->stages->process(pipeline->context, job);
        if (answer == STAGE_BUSY || answer == STAGE_FAILED)
            semaphore_release(&pipeline->commits, 1);
        if (answer == STAGE_BUSY)
            return;
        take_held(pipeline);
        if (answer == STAGE_FAILED) {
            finish(pipeline, job);
            continue;
        }
        const int64_t started = now(pipeline);
        job_set_state(job, JOB_PROCESSING, started);
        tally_enter(&pipeline->tally, &pipeline->tally.process, started);
        pipeline->processing++;
        if (answer == STAGE_DONE)
            pipeline_processed(pipeline, job);
    }
}

void pipeline_processed(struct pipeline *pipeline, struct job *job)
{
    const int64_t ended = now(pipeline);
    tally_leave(&pipeline->tally, &pipeline->tally.process, job->entered_us[JOB_PROCESSING], ended);
    pipeline->processing--;
    if (job->status == EF_OK && job->answer.status != EF_OK)
        job_fail(job, job->answer.status,
                 job->answer.result.detail.text[0] != '\0' ? "%s: %s" : NULL,
                 ef_status_sentence(job->answer.status), job->answer.result.detail.text);
    if (job->status == EF_OK)
        job_set_state(job, JOB_WRITING, ended);
    if (job->status != EF_OK || pipeline->stages->store(pipeline->context, job) != STAGE_TAKEN) {
        semaphore_release(&pipeline->commits, 1); // stored at once, or failed
        finish(pipeline, job);
    }
    pump(pipeline);
}

void pipeline_stored(struct pipeline *pipeline, struct job *job)
{
    semaphore_release(&pipeline->commits, 1);
    finish(pipeline, job);
    pump(pipeline);
}

// ---- the run ----

static bool all_finished(const struct pipeline *pipeline)
{
    return pipeline->list_ended && waiting_jobs(pipeline) == 0 && pipeline->transfers.held == 0 &&
           pipeline->held_first == NULL && pipeline->commits.held == 0;
}

static void end(struct pipeline *pipeline)
{
    struct tally *tally = &pipeline->tally;
    pipeline->has_ended = true;
    tally->ended_us = now(pipeline);
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
        pipeline->processing_turn = pipeline->held_first != NULL || pipeline->commits.held > 0;
    else
        pipeline->processing_turn = pipeline->held_first != NULL && pipeline->transfers.held == 0 &&
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
        wake_who_is_due(pipeline);
        read_list(pipeline);
        fail_given_up(pipeline);
        take_turns(pipeline);
        start_processing(pipeline);
        take_turns(pipeline); // all that were held may have failed to start
        resume_downloads(pipeline);
        start_downloads(pipeline);
    }
    pipeline->pumping = false;
    ask_for_wake(pipeline);
    if (!pipeline->has_ended && all_finished(pipeline))
        end(pipeline);
}

void pipeline_start(struct pipeline *pipeline)
{
    pipeline->tally.started_us = pipeline->tally.held_back_since_us = now(pipeline);
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
        cancel(pipeline, job); // or, before a retry, with the failure that it has
    }
    while (pipeline->retries.count > 0)
        finish(pipeline, take_retry(pipeline));
    if (how >= PIPELINE_GAVE_UP)
        for (struct job *job; (job = take_held(pipeline)) != NULL;)
            cancel(pipeline, job);
    pump(pipeline);
}
