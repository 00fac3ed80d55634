// SPDX-License-Identifier: MIT
// The waiting jobs, by host: each host has a semaphore and a queue of its own, and hosts take
// turns, so that one slow or busy host never keeps the others waiting.
//
// A host's record is made when its first job comes and dropped when its last job has gone.
#ifndef RUN_HOST_H
#define RUN_HOST_H

#include "run/job.h"
#include "run/semaphore.h"

struct host {
    char *origin; // the key: scheme, host and port
    struct semaphore transfers;
    struct job *first, *last; // waiting
    struct host *bucket_next; // in the table
    struct host *ready_next;  // in the ring of hosts that could start a job
    bool ready;
};

#define HOST_BUCKETS 1024

// All zero, but for the limits, is an empty table.
struct hosts {
    uint64_t per_host;       // downloads at a time from one host
    uint64_t per_local_host; // the same for hosts that address_host_is_local() knows
    struct host *buckets[HOST_BUCKETS];
    struct host *ready_first, *ready_last; // each with a waiting job and a free slot
    uint64_t waiting;                      // jobs
};

// Puts a job at the end of its host's queue. False when out of memory; the job is then still the
// caller's.
bool hosts_push(struct hosts *hosts, struct job *job);

// Takes the next job that may start, with one of its host's slots. NULL when none may.
struct job *hosts_take(struct hosts *hosts);

// Gives back the slot of a job that hosts_take() returned; its transfer is over.
void hosts_done(struct hosts *hosts, struct job *job);

// Takes all waiting jobs, without slots, linked by their `next`: for ending a run. NULL when there
// is none.
struct job *hosts_drain(struct hosts *hosts);

#endif
