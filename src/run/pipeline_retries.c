// SPDX-License-Identifier: MIT
// Jobs that are tried again, hosts that are given up, and the time at which the pipeline wants to
// be woken for them.
#include "run/pipeline_parts.h"

#include "run/retry.h"

#include <stddef.h>

static struct job *job_of(struct due *due)
{
    return (struct job *)((char *)due - offsetof(struct job, due));
}

struct job *pipeline_take_retry(struct pipeline *pipeline)
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

bool pipeline_plan_retry(struct pipeline *pipeline, struct job *job, int64_t now_us)
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

void pipeline_give_up_retries(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->retries.count;) {
        struct job *job = job_of(pipeline->retries.items[i]);
        if (!hosts_have_given_up(&pipeline->hosts, job)) {
            i++;
            continue;
        }
        due_remove(&pipeline->retries, &job->due);
        pipeline_finish(pipeline, job); // with the failure that it has
        i = 0;
    }
}

void pipeline_fail_given_up(struct pipeline *pipeline)
{
    for (struct job *job; (job = hosts_take_given_up(&pipeline->hosts)) != NULL;) {
        job_fail(job, EF_HOST_GIVEN_UP, NULL);
        pipeline_finish(pipeline, job);
        pipeline->pump_again = true;
    }
}

void pipeline_wake_who_is_due(struct pipeline *pipeline)
{
    const int64_t now_us = pipeline_now(pipeline);
    while (due_next_us(&pipeline->retries) <= now_us) {
        struct job *job = pipeline_take_retry(pipeline);
        if (!hosts_push(&pipeline->hosts, job, now_us))
            pipeline_finish(pipeline, job);
    }
    hosts_wake(&pipeline->hosts, now_us);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool pipeline_has_token(const struct pipeline *pipeline)
{
    const int64_t now_us = pipeline_now(pipeline);
    return bucket_ready_us(&pipeline->starts, now_us) <= now_us;
}

void pipeline_ask_for_wake(struct pipeline *pipeline)
{
    int64_t at = earlier(due_next_us(&pipeline->retries), hosts_next_us(&pipeline->hosts));
    if (hosts_could_start(&pipeline->hosts) && !pipeline_has_token(pipeline))
        at = earlier(at, bucket_ready_us(&pipeline->starts, pipeline_now(pipeline)));
    if (pipeline->has_ended)
        at = INT64_MAX;
    if (at == pipeline->wake_us && at == INT64_MAX)
        return;
    pipeline->wake_us = at;
    pipeline->stages->wake_at(pipeline->context, at);
}
