// SPDX-License-Identifier: MIT
// The waiting jobs, by host, and what is known of each host: hosts take turns, so that one slow or
// busy host never keeps the others waiting, and each is asked no more than it can bear.
//
// Of each host:
// * so many transfers at a time, and so many starts a second (a token bucket);
// * no second transfer before it has answered, and after it has let us wait in vain, as long as
//   others that do answer have jobs: one that stalls holds one slot then, not all that it may have;
// * one transfer alone while its name is looked up for the first time: the others would ask for the
//   same; and only so many hosts at a time are in this state;
// * when it says that it is asked too much (429, 503), half as many transfers from then on, and one
//   more again for each row of successes as long as there are transfers; and none at all before the
//   time that it names;
// * when it could not be reached so many times in a row, it is given up: its jobs come back through
//   hosts_take_given_up().
//
// A host's record is made when its first job comes. It is dropped when its last job has gone,
// unless something is known that the next job must heed; of those the longest idle go beyond
// LIMIT_IDLE_HOSTS.
#ifndef RUN_HOST_H
#define RUN_HOST_H

#include "run/bucket.h"
#include "run/due.h"
#include "run/job.h"
#include "run/job_queue.h"

enum host_place {
    HOST_RESTING,  // without a job or without a free slot
    HOST_READY,    // in the ring: a job and a slot
    HOST_LAST,     // the same, but its turn comes when no host is ready: it has not answered
    HOST_ASLEEP,   // a job and a slot, but it is not time yet
    HOST_IDLE,     // without jobs, kept for what is known
    HOST_GIVEN_UP, // in the list of those whose jobs are to fail
};

enum host_name {
    NAME_NEW,   // never looked up in this run
    NAME_ASKED, // by the one transfer that there may be
    NAME_KNOWN, // or nothing to look up
};

struct host {
    char *origin;             // the key: scheme, host and port
    struct host *bucket_next; // in the table
    enum host_place place;
    struct host *next, *previous; // in the ring or the list of its place
    struct due due;               // HOST_ASLEEP
    struct job_queue queue;       // of its waiting jobs

    uint64_t most, allowed, held; // transfers: in good times, now, and in flight
    uint64_t good;                // successes since `allowed` has last changed
    int64_t halved_us;            // when it was last halved
    int64_t paused_until_us;
    struct bucket starts;
    unsigned unreachable; // times in a row
    bool answers;         // the last thing that is known of it is good
    bool given_up;
    enum host_name name;
};

#define HOST_BUCKETS 1024

struct host_list {
    struct host *first, *last;
};

// What is asked of the hosts; set before the first job.
struct host_rules {
    uint64_t per_host;       // transfers at a time from one host
    uint64_t per_local_host; // the same for hosts that address_host_is_local() knows
    double rate;             // starts a second from one host; 0: any
    unsigned failures;       // in a row, before it is given up; 0: never
    uint64_t lookups;        // hosts that may be looked up at a time
};

// All zero, but for the rules, is an empty table.
struct hosts {
    struct host_rules rules;
    struct host *buckets[HOST_BUCKETS];
    struct host_list ready, last, idle, given_up;
    struct due_heap asleep;
    uint64_t idle_count;
    uint64_t lookups; // under way
    uint64_t waiting; // jobs
};

// How a transfer ended, for its host.
struct host_news {
    enum host_news_kind {
        HOST_ANSWERED,    // with whatever
        HOST_SUCCEEDED,   // with a picture
        HOST_BUSY,        // that it is asked too much
        HOST_STALLED,     // it let us wait in vain
        HOST_UNREACHABLE, // not at all
        HOST_UNKNOWN,     // it was broken off by us
    } kind;
    int64_t wait_us; // HOST_BUSY: what it asked for; 0 or less: nothing
};

// Puts a job at the end of its host's queue. False when out of memory; the job is then still the
// caller's.
bool hosts_push(struct hosts *hosts, struct job *job, int64_t now_us);

// Whether hosts_take() has a job.
bool hosts_could_start(const struct hosts *hosts);

// Takes the next job that may start, with one of its host's slots. NULL when none may.
struct job *hosts_take(struct hosts *hosts, int64_t now_us);

// The name of a job's host has been looked up. Does nothing where that is known.
void hosts_resolved(struct hosts *hosts, struct job *job, int64_t now_us);

// Gives back the slot of a job that hosts_take() returned; its transfer is over.
void hosts_done(struct hosts *hosts, struct job *job, const struct host_news *news, int64_t now_us);

// A job of a host that is given up; NULL when there is none.
struct job *hosts_take_given_up(struct hosts *hosts);

// Whether the host of a job, which is not in the table, is given up.
bool hosts_have_given_up(const struct hosts *hosts, const struct job *job);

// Wakes the hosts whose time has come, and tells when the next one's comes; INT64_MAX: none waits.
void hosts_wake(struct hosts *hosts, int64_t now_us);
int64_t hosts_next_us(const struct hosts *hosts);

// Takes all waiting jobs, without slots, linked by their `next`: for ending a run. NULL when there
// is none.
struct job *hosts_drain(struct hosts *hosts);

// Frees the records. No job may be waiting or in flight.
void hosts_free(struct hosts *hosts);

#endif
