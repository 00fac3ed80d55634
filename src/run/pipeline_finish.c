// SPDX-License-Identifier: MIT
// How a job leaves the pipeline, whatever became of it.
#include "run/pipeline_parts.h"

#include "base/log.h"
#include "base/text.h"

int64_t pipeline_now(const struct pipeline *pipeline)
{
    return pipeline->stages->now_us(pipeline->context);
}

void pipeline_moved(const struct pipeline *pipeline)
{
    if (pipeline->stages->moved != NULL)
        pipeline->stages->moved(pipeline->context);
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

void pipeline_take_in_hand(struct pipeline *pipeline, struct job *job)
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

void pipeline_finish(struct pipeline *pipeline, struct job *job)
{
    let_go(pipeline, job);
    job_set_state(job, JOB_FINISHED, pipeline_now(pipeline));
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

void pipeline_cancel(struct pipeline *pipeline, struct job *job)
{
    job_fail(job, EF_CANCELLED, NULL);
    pipeline_finish(pipeline, job);
}
