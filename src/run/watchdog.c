// SPDX-License-Identifier: MIT
#include "run/watchdog.h"

#include "base/log.h"
#include "base/text.h"

enum { MOST_NAMED = 5 };

static const char *what_for(const struct job *job)
{
    switch (job->state) {
    case JOB_QUEUED:
        return "its next attempt";
    case JOB_DOWNLOADING:
        return "the server";
    case JOB_HELD:
        return "a worker";
    case JOB_PROCESSING:
        return "its worker";
    case JOB_WRITING:
        return "the disk";
    default:
        return "the end";
    }
}

static int64_t since_us(const struct job *job)
{
    if (job->state == JOB_QUEUED) // and before that it was downloading
        return job->entered_us[JOB_DOWNLOADING];
    return job->entered_us[job->state];
}

static void name_job(const struct job *job, int64_t now_us)
{
    char shown[LIMIT_SHOWN_URL_BYTES];
    log_verbose("  %s: waits for %s, %.0f s (attempt %u)",
                text_printable(job->url.shown, shown, sizeof shown), what_for(job),
                (double)(now_us - since_us(job)) / 1e6, job->attempts);
}

void watchdog_look(const struct pipeline *pipeline, uint64_t *finished, int64_t now_us)
{
    const struct tally *tally = &pipeline->tally;
    const uint64_t now = tally->ok + tally->failed + tally->cancelled + tally->skipped;
    const bool quiet = now == *finished;
    unsigned count = 0;
    *finished = now;
    if (!quiet || log_level() < LOG_VERBOSE)
        return;
    for (const struct job *job = pipeline->in_hand_first; job != NULL; job = job->in_hand_next)
        count++;
    log_verbose("nothing was finished for %d s; %u in hand, %llu waiting for their host%s",
                WAIT_QUIET_MS / 1000, count, (unsigned long long)pipeline->hosts.waiting,
                pipeline->list_ended ? "" : ", and the list is not at its end");
    unsigned named = 0;
    for (const struct job *job = pipeline->in_hand_first; job != NULL && named < MOST_NAMED;
         job = job->in_hand_next, named++)
        name_job(job, now_us);
    if (count > named)
        log_verbose("  and %u more", count - named);
}
