// SPDX-License-Identifier: MIT
#include "run/tally.h"

#include "base/text.h"

static bool both_busy(const struct tally *tally)
{
    return tally->download.active > 0 && tally->process.active > 0;
}

void tally_enter(struct tally *tally, struct stage_time *stage, int64_t now_us)
{
    const bool overlapped = both_busy(tally);
    if (stage->active++ == 0)
        stage->since_us = now_us;
    if (stage->active == stage->capacity)
        stage->full_since_us = now_us;
    if (stage->active > stage->peak)
        stage->peak = stage->active;
    if (!overlapped && both_busy(tally))
        tally->overlap_since_us = now_us;
}

void tally_leave(struct tally *tally, struct stage_time *stage, int64_t entered_us, int64_t now_us)
{
    const bool overlapped = both_busy(tally);
    if (stage->active == stage->capacity)
        stage->full_us += now_us - stage->full_since_us;
    stage->count++;
    stage->job_us += now_us - entered_us;
    if (--stage->active == 0)
        stage->busy_us += now_us - stage->since_us;
    if (overlapped && !both_busy(tally))
        tally->overlap_us += now_us - tally->overlap_since_us;
}

void tally_held_back(struct tally *tally, enum held_back why, int64_t now_us)
{
    if (why == tally->held_back)
        return;
    tally->held_back_us[tally->held_back] += now_us - tally->held_back_since_us;
    tally->held_back = why;
    tally->held_back_since_us = now_us;
}

void tally_lookup(struct tally *tally, const struct job *job)
{
    if (!job->asks_name || job->status == EF_CANCELLED)
        return;
    tally->lookups++;
    if (job->status == EF_DNS_FAILED)
        tally->lookups_failed++;
    else if (job->http.dns_us > LIMIT_QUICK_LOOKUP_US ||
             (job->status == EF_CONNECT_TIMEOUT && !atomic_load(&job->name_answered)))
        tally->lookups_slow++;
}

bool tally_resolver_is_in_trouble(const struct tally *tally)
{
    enum { FEW = 10 };
    return tally->lookups >= FEW &&
           2 * (tally->lookups_failed + tally->lookups_slow) >= tally->lookups;
}

void tally_unchanged(struct tally *tally, const struct job *job)
{
    tally->skipped++;
    tally->unchanged++;
    tally->bytes_in += job->body.bytes;
}

void tally_finished(struct tally *tally, const struct job *job)
{
    tally->by_status[job->status]++;
    tally->bytes_in += job->body.bytes;
    if (job->status == EF_OK) {
        tally->ok++;
        for (size_t i = 0; i < EF_DETECTOR_COUNT; i++)
            tally->bytes_out += job->edges[i].bytes;
        tally->bytes_out += job->resized.bytes;
        tally->pixels += (uint64_t)job->answer.result.width * job->answer.result.height;
        return;
    }
    if (job->status == EF_CANCELLED) {
        tally->cancelled++;
        return;
    }
    tally->failed++;
    tally->quarantined += job->quarantine != NULL;
    if (tally->example[job->status][0] == '\0')
        text_printable(job->url.shown, tally->example[job->status],
                       sizeof tally->example[job->status]);
}
