// SPDX-License-Identifier: MIT
// Samples on their way into the series of their package.
#include "run/packages_parts.h"

#include "base/check.h"
#include "base/clock.h"

static uint64_t bytes_of(const struct job *job)
{
    uint64_t bytes = job->body.bytes;
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++)
        bytes += job->answer.output_bytes[i];
    return bytes;
}

// ---- waiting for what is missing ----

// What is missing before that index is not waited for any longer.
static void give_up(struct range *range, uint64_t index)
{
    sequence_give_up(&range->sequence, index);
    packages_advance(range);
}

static void give_up_before_first(struct range *range)
{
    if (range->writing == NULL && range->sequence.held != NULL)
        give_up(range, range->sequence.held->index);
}

void packages_hurry(struct packages *packages)
{
    for (struct range *range = packages->open; range != NULL; range = range->next)
        give_up_before_first(range);
}

// A slow URL, or one that is tried again, holds up what follows it for no longer than this.
static void on_timer(uv_timer_t *timer)
{
    struct packages *packages = timer->data;
    const int64_t latest = clock_us() - WAIT_SAMPLE_MS * 1000;
    for (struct range *range = packages->open; range != NULL; range = range->next) {
        const struct job *last = NULL;
        for (const struct job *job = range->sequence.held; job != NULL; job = job->next)
            if (job->entered_us[JOB_WRITING] <= latest)
                last = job;
        if (last != NULL)
            give_up(range, last->index);
    }
    if (packages->held == 0)
        uv_timer_stop(timer);
}

static bool hold_too_much(const struct packages *packages)
{
    const uint64_t share = packages->means.options->max_memory / 8;
    const uint64_t bytes = share < LIMIT_HELD_SAMPLES_BYTES ? share : LIMIT_HELD_SAMPLES_BYTES;
    return packages->held > packages->means.most_held || packages->held_bytes > bytes;
}

static void wait_for_missing(struct packages *packages)
{
    if (hold_too_much(packages))
        packages_hurry(packages);
    if (packages->held > 0 && !uv_is_active((uv_handle_t *)&packages->timer))
        uv_timer_start(&packages->timer, on_timer, WAIT_SAMPLE_MS / 5, WAIT_SAMPLE_MS / 5);
}

// ---- writing ----

static void append_in_thread(uv_work_t *work)
{
    struct range *range = work->data;
    range->append_error =
        series_append(&range->series, range->packages->means.outputs, range->writing);
}

// A range whose last URL is told of is gone, so it goes on before its jobs do.
static void on_appended(uv_work_t *work, int status)
{
    struct range *range = work->data;
    struct packages *packages = range->packages;
    struct job *job = range->writing, *next;
    int error = range->append_error;
    CHECK(status == 0); // never cancelled
    range->writing = NULL;
    packages_advance(range);
    wait_for_missing(packages);
    for (; job != NULL; job = next, error = 0) {
        next = job->next;
        job->next = NULL;
        packages->writing_bytes -= bytes_of(job);
        packages->means.stored(packages->means.context, job, error);
    }
}

static void note_taken(struct packages *packages, const struct job *jobs)
{
    for (const struct job *job = jobs; job != NULL; job = job->next) {
        packages->held--;
        packages->held_bytes -= bytes_of(job);
        packages->writing_bytes += bytes_of(job);
    }
}

static void give_up_held(struct range *range)
{
    for (const struct job *job = range->sequence.held; job != NULL; job = job->next)
        sequence_give_up(&range->sequence, job->index);
}

void packages_advance(struct range *range)
{
    struct packages *packages = range->packages;
    if (range->writing != NULL)
        return;
    if (packages->stopped)
        give_up_held(range);
    range->writing = sequence_take(&range->sequence);
    if (range->writing == NULL)
        return;
    note_taken(packages, range->writing);
    range->append.data = range;
    CHECK(uv_queue_work(packages->means.loop, &range->append, append_in_thread, on_appended) == 0);
}

// ---- for the engine ----

bool packages_hold(struct packages *packages, struct job *job)
{
    struct range **link = packages->by_range ? packages_link_to(packages, job->index) : NULL;
    if (link == NULL || !sequence_hold(&(*link)->sequence, job))
        return false;
    packages->held++;
    packages->held_bytes += bytes_of(job);
    packages_advance(*link);
    wait_for_missing(packages);
    return true;
}

bool packages_are_behind(const struct packages *packages)
{
    return packages->held_bytes + packages->writing_bytes > LIMIT_HELD_SAMPLES_BYTES;
}
