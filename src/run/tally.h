// SPDX-License-Identifier: MIT
// What a run has come to: counts by outcome, and how long each half was at work.
#ifndef RUN_TALLY_H
#define RUN_TALLY_H

#include "base/limits.h"
#include "run/job.h"

// Time during which a stage had at least one job, and all that it may have, and the sum over its
// jobs.
struct stage_time {
    uint64_t capacity; // jobs that it may have at once; 0: never full
    unsigned active;   // jobs in the stage now
    unsigned peak;     // the most at once
    uint64_t count;    // jobs that have left it
    int64_t since_us;  // start of the current busy stretch
    int64_t busy_us;   // with at least one job
    int64_t job_us;    // summed over jobs: mean number of jobs = job_us / wall
    int64_t full_since_us, full_us;
};

// Why no further download is begun although a URL waits: --limit, --per-host, --max-memory.
enum held_back {
    HELD_BACK_NOT,
    HELD_BACK_BY_LIMIT,
    HELD_BACK_BY_HOST,
    HELD_BACK_BY_MEMORY,
    HELD_BACK_COUNT
};

struct tally {
    uint64_t distinct, duplicates; // URLs
    uint64_t elsewhere;            // rows of the list, in other shards; not among them
    uint64_t ok, failed, skipped, cancelled;
    // Of host names, by transfers that were the first to their host; and of these how many failed
    // or took longer than LIMIT_QUICK_LOOKUP_US.
    uint64_t lookups, lookups_failed, lookups_slow;
    uint64_t unchanged;   // of the skipped: were asked for
    uint64_t quarantined; // of the failed: are kept
    uint64_t retries;     // attempts after a job's first
    uint64_t by_status[EF_STATUS_COUNT];
    // The first failure of each status, for the summary; printable, "" where there was none.
    char example[EF_STATUS_COUNT][LIMIT_FAILURE_EXAMPLE_BYTES];
    uint64_t bytes_in, bytes_out;
    uint64_t pixels;

    int64_t started_us, ended_us;
    struct stage_time download, process;
    int64_t overlap_us, overlap_since_us; // both stages had a job
    uint64_t peak_bytes_held;
    enum held_back held_back; // now
    int64_t held_back_since_us, held_back_us[HELD_BACK_COUNT];
};

void tally_enter(struct tally *tally, struct stage_time *stage, int64_t now_us);
void tally_leave(struct tally *tally, struct stage_time *stage, int64_t entered_us, int64_t now_us);

// Notes what holds the downloads back from now on.
void tally_held_back(struct tally *tally, enum held_back why, int64_t now_us);

// Counts the lookup that a transfer has made, if it has made the first one of its host's name. To
// be called while the host still takes it for that.
void tally_lookup(struct tally *tally, const struct job *job);

// Whether so many lookups fail or are slow that the name service must be the trouble.
bool tally_resolver_is_in_trouble(const struct tally *tally);

// Counts a job that has found everything as it was.
void tally_unchanged(struct tally *tally, const struct job *job);

// Counts a finished job.
void tally_finished(struct tally *tally, const struct job *job);

#endif
