// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>

static const char *name_of(const struct job *job)
{
    return job->url.segment[0] != '\0' ? job->url.segment : job->url.host;
}

static void read_slot(struct progress *progress, const struct job *job)
{
    const size_t lane = (size_t)job->lanes.download;
    if (progress->slots == NULL || job->lanes.download < 0 || lane >= progress->limit)
        return;
    struct progress_slot *slot = &progress->slots[lane];
    slot->bytes = atomic_load_explicit(&job->received, memory_order_relaxed);
    slot->expected = atomic_load_explicit(&job->expected, memory_order_relaxed);
    slot->doing = slot->bytes + slot->expected > 0                      ? SLOT_BODY
                  : job->asks_name && !atomic_load(&job->name_answered) ? SLOT_LOOKUP
                                                                        : SLOT_WAITING;
    slot->name = name_of(job);
    slot->attempt = job->attempts;
}

static void read_hand(struct progress *progress, const struct job *job, int64_t now_us)
{
    const size_t lane = (size_t)job->lanes.worker;
    if (progress->hands == NULL || job->lanes.worker < 0 || lane >= progress->workers)
        return;
    progress->hands[lane] = (struct progress_worker){
        name_of(job), (unsigned)((now_us - job->entered_us[JOB_PROCESSING]) / 1000000)};
}

// Returns the bytes of those bodies that the tally does not count yet.
static uint64_t read_jobs(struct progress *progress, const struct pipeline *pipeline,
                          int64_t now_us)
{
    uint64_t bytes = 0;
    for (const struct job *job = pipeline->in_hand_first; job != NULL; job = job->in_hand_next) {
        bytes += atomic_load_explicit(&job->received, memory_order_relaxed);
        if (job->state == JOB_DOWNLOADING)
            read_slot(progress, job);
        else if (job->state == JOB_PROCESSING)
            read_hand(progress, job, now_us);
    }
    return bytes;
}

static void clear_rows(struct progress *progress, const struct pipeline *pipeline)
{
    const struct run_options *options = pipeline->options;
    progress->limit = pipeline->transfers.limit;
    progress->workers = options->part == PART_DOWNLOAD ? 0 : options->workers;
    if (progress->slots == NULL)
        progress->slots = calloc(progress->limit, sizeof *progress->slots);
    if (progress->hands == NULL)
        progress->hands = calloc(progress->workers + 1u, sizeof *progress->hands);
    if (progress->slots != NULL)
        memset(progress->slots, 0, progress->limit * sizeof *progress->slots);
    if (progress->hands != NULL)
        memset(progress->hands, 0, progress->workers * sizeof *progress->hands);
}

void progress_read(struct progress *progress, struct pace *pace, const struct pipeline *pipeline,
                   int64_t now_us)
{
    const struct tally *tally = &pipeline->tally;
    clear_rows(progress, pipeline);
    progress->local = pipeline->options->local || pipeline->options->part == PART_PROCESS;
    progress->total = pipeline->ledger.distinct;
    progress->total_known = pipeline->list_ended;
    progress->stopping = pipeline->stop != PIPELINE_RUNNING;
    progress->ok = tally->ok;
    progress->failed = tally->failed;
    progress->skipped = tally->skipped;
    progress->cancelled = tally->cancelled;
    progress->done = tally->ok + tally->failed + tally->skipped + tally->cancelled;
    progress->downloads = pipeline->transfers.held;
    progress->busy = progress->workers == 0 ? 0 : pipeline->processing;
    progress->held = pipeline->budget.bytes.held;
    progress->most_held = pipeline->options->max_memory;
    const uint64_t unfinished = read_jobs(progress, pipeline, now_us);
    pace_note(pace, now_us, tally->ok + tally->failed, tally->bytes_in + unfinished);
    progress->pictures_per_s = pace_pictures(pace);
    progress->bytes_per_s = pace_bytes(pace);
    progress->left_s = pace_left(pace, progress->total - progress->done);
    progress->elapsed_s = (double)(now_us - tally->started_us) / 1e6;
}

void progress_free(struct progress *progress)
{
    free(progress->slots);
    free(progress->hands);
    progress->slots = NULL;
    progress->hands = NULL;
}
