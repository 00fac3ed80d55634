// SPDX-License-Identifier: MIT
// The one place where the stages meet: list -> hosts -> fetch -> pool -> store.
//
// It decides what may start and keeps count of everything, and knows nothing of libcurl, libuv or
// processes: it sees the stages, and time, through a table of functions, so that the same code runs
// on the event loop and in tests under a virtual clock.
//
// Invariants:
// 1. A job is in exactly one place: a host's queue, the fetch stage, waiting for its retry, the
// held queue, the pool, the store.
// 2. transfers.held is the number of jobs in the fetch stage; budget.bytes.held covers every body
// from its start until its outputs are stored, also while it waits for the rest of itself.
// 3. When the run has ended, ok + failed + skipped + cancelled equals the number of distinct URLs.
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "run/bucket.h"
#include "run/budget.h"
#include "run/due.h"
#include "run/host.h"
#include "run/job_queue.h"
#include "run/lanes.h"
#include "run/ledger.h"
#include "run/options.h"
#include "run/tally.h"
#include "run/urls.h"

enum stage_answer {
    STAGE_TAKEN,
    STAGE_AHEAD, // taken, but not begun: see process()
    STAGE_DONE,  // at once: nobody will call back
    STAGE_BUSY,  // ask again later
    STAGE_FAILED // the job has failed, with job_fail()
};

// What the pipeline asks of the stages. `context` is theirs. None of them may call back into the
// pipeline before it has returned.
struct stages {
    int64_t (*now_us)(void *context);
    // Wants a pipeline_wake() at that time or soon after it, and no other one that it wanted
    // before; INT64_MAX: none. The time may have passed.
    void (*wake_at)(void *context, int64_t us);
    // Any number, for the jitter of waits.
    uint64_t (*chance)(void *context);

    // The list. URLS_MORE promises a pipeline_wake().
    enum urls_result (*next)(void *context, struct list_entry *entry);

    // Starts a transfer; pipeline_fetched() follows, unless it returns a failure.
    enum ef_status (*fetch)(void *context, struct job *job);
    // Bytes were released: transfers that back-pressure has paused may try again.
    void (*fetch_resume)(void *context);

    // Gives a job to a worker; pipeline_processed() follows when it was taken. When it was taken
    // ahead, it may be pipeline_returned(), and pipeline_begun() comes first otherwise, unless the
    // job has failed.
    enum stage_answer (*process)(void *context, struct job *job);

    // Writes a processed job's outputs; pipeline_stored() follows when it was taken.
    enum stage_answer (*store)(void *context, struct job *job);
    // Something has begun or ended: the pipeline's counts have changed. May be NULL.
    void (*moved)(void *context);
    // Appends a finished job's line to the manifest, and shows it to whoever watches.
    void (*record)(void *context, const struct job *job);
    // A URL that an earlier run has done.
    void (*skipped)(void *context, const struct list_entry *entry);
    // The same, and it was asked for and has not changed.
    void (*unchanged)(void *context, const struct job *job);
    // False while the manifest is so far behind that nothing new should be read.
    bool (*may_read)(void *context);

    // There is no memory to go on with: the run is PIPELINE_FAILED, and the stages must give up
    // their jobs, each as cancelled, once this has returned.
    void (*failed)(void *context);

    // More URLs have failed than may: the run is PIPELINE_GAVE_UP, and as above. But the list is
    // read on, and what is still in it is cancelled.
    void (*gave_up)(void *context);

    // Everything is finished. Called once.
    void (*ended)(void *context);
};

// How the run was told to stop; later values overrule earlier ones.
enum pipeline_stop {
    PIPELINE_RUNNING,
    PIPELINE_FINISHING, // what is in hand is finished, the rest is cancelled
    PIPELINE_GAVE_UP,   // more URLs failed than the options allow: all is cancelled
    PIPELINE_FAILED,    // the surroundings failed (disk full, no workers): all is cancelled
    PIPELINE_ABORTED,   // all is cancelled
};

struct pipeline {
    const struct run_options *options;
    const struct stages *stages;
    void *context;

    struct ledger ledger;
    struct hosts hosts;
    struct due_heap retries; // jobs that wait to be tried again
    struct bucket starts;    // of downloads
    int64_t wake_us;         // what was last asked of the stages
    struct semaphore transfers;
    struct budget budget;
    struct semaphore commits; // jobs in the store
    struct lanes download_lanes, write_lanes;
    struct job_queue held;                    // for a worker
    uint64_t ahead;                           // that workers have taken, and not begun
    struct job *in_hand_first, *in_hand_last; // every job that has begun and is not finished
    unsigned processing;

    struct tally tally;
    enum pipeline_stop stop;
    bool list_ended, pumping, pump_again, has_ended;
    bool gave_up;  // it was once PIPELINE_GAVE_UP
    bool released; // bytes, since transfers were last let go on
    // Downloads and processing take turns (see mode.h); whose turn it is. Set before the start.
    bool in_turns, processing_turn;
};

// What is decided from the options and from how many descriptors there are.
struct pipeline_limits {
    uint64_t transfers; // at once
    uint64_t bodies;    // held at once, with those in flight
    uint64_t ahead;     // jobs that are sent to workers before these can begin
    uint64_t samples;   // jobs in the store that wait for others, whose samples come before theirs
};

// How many jobs are JOB_HELD: wait for a worker, or for one to begin with them.
uint64_t pipeline_held(const struct pipeline *pipeline);

// How many jobs are at most on their way from a worker to the disk, without those sent ahead.
uint64_t pipeline_most_commits(const struct run_options *options);

void pipeline_init(struct pipeline *pipeline, const struct run_options *options,
                   const struct pipeline_limits *limits, const struct stages *stages,
                   void *context);
void pipeline_free(struct pipeline *pipeline);

// Begins; everything else happens in answer to the stages.
void pipeline_start(struct pipeline *pipeline);

// Something that was refused may be possible now: the list has bytes, a worker is idle, the
// manifest has caught up, it is time for a retry.
void pipeline_wake(struct pipeline *pipeline);

// Names of hosts of jobs in the fetch stage have been looked up: where job->name_answered is set.
void pipeline_resolved(struct pipeline *pipeline);

// A transfer is over. On success the job's body is complete and sealed; otherwise the job has
// failed.
void pipeline_fetched(struct pipeline *pipeline, struct job *job);

// A worker has begun with a job that was taken ahead; or will not, and the job is held as before.
void pipeline_begun(struct pipeline *pipeline, struct job *job);
void pipeline_returned(struct pipeline *pipeline, struct job *job);

// A worker's answer is in job->answer, or the job has failed.
void pipeline_processed(struct pipeline *pipeline, struct job *job);

// The outputs stand, or the job has failed.
void pipeline_stored(struct pipeline *pipeline, struct job *job);

// Stops the run. Jobs that wait and the rest of the list are cancelled. When all is to be cancelled
// the caller must then make the stages give up their jobs, each as cancelled.
void pipeline_stop(struct pipeline *pipeline, enum pipeline_stop how);

#endif
