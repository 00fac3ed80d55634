// SPDX-License-Identifier: MIT
// What the list gives: known URLs are passed over, new ones become jobs that wait at their host.
#include "run/pipeline_parts.h"

#include "base/log.h"
#include "run/meet.h"

#include <stddef.h>

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
    job->columns = entry->columns;
    entry->columns = NULL;
    job->done_before = done_before;
    job->index = meet_index(&pipeline->ledger, entry);
    job_set_state(job, JOB_QUEUED, pipeline_now(pipeline));
    if (entry->status != EF_OK) {
        if (entry->label != NULL)
            job_fail(job, entry->status, "%s: %s (%s:%llu)", ef_status_sentence(entry->status),
                     entry->message, entry->label, (unsigned long long)entry->line);
        job_fail(job, entry->status, "%s: %s", ef_status_sentence(entry->status), entry->message);
        pipeline_finish(pipeline, job);
    } else if (pipeline->stop != PIPELINE_RUNNING) {
        pipeline_cancel(pipeline, job);
    } else if (!meet_name(&pipeline->ledger, pipeline->options, &job->url, entry->name, job->index,
                          job->name) ||
               !hosts_push(&pipeline->hosts, job, pipeline_now(pipeline))) {
        pipeline_cancel(pipeline, job);
        out_of_memory(pipeline);
    }
}

static void take_entry(struct pipeline *pipeline, struct list_entry *entry)
{
    const enum meeting meeting = meet(&pipeline->ledger, pipeline->options, entry);
    switch (meeting) {
    case MEETING_NEW:
    case MEETING_AGAIN:
        admit(pipeline, entry, meeting == MEETING_AGAIN);
        break;
    case MEETING_DONE:
        pipeline->tally.skipped++;
        pipeline->stages->skipped(pipeline->context, entry);
        break;
    case MEETING_DUPLICATE:
        pipeline->tally.duplicates++;
        break;
    case MEETING_ELSEWHERE:
        pipeline->tally.elsewhere++;
        break;
    case MEETING_FULL:
        out_of_memory(pipeline);
        break;
    }
    list_entry_free(entry);
}

uint64_t pipeline_waiting_jobs(const struct pipeline *pipeline)
{
    return pipeline->hosts.waiting + pipeline->retries.count;
}

void pipeline_read_list(struct pipeline *pipeline)
{
    struct list_entry entry;
    while (!pipeline->list_ended && pipeline_waiting_jobs(pipeline) < LIMIT_QUEUED_URLS &&
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
