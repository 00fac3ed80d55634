// SPDX-License-Identifier: MIT
// A pipeline under a virtual clock, with hosts, workers and a disk that do what chance says:
// answer, fail, stall, ask for patience, crash, lie, fill up. A broken invariant ends the program
// and names the seed, with which `sim --seed N` plays the same run again, event by event.
//
//     world.c        making a world out of a seed; the stages, as the pipeline sees them
//     events.c       what can happen, one thing at a time
//     invariants.c   what must hold after each
//     sim.c          many seeds, or one
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "support.h"

#include "run/pipeline.h"

enum { MAX_URLS = 48, MAX_JOBS = 64, MAX_HOSTS = 6 };

struct set {
    struct job *jobs[MAX_JOBS];
    bool paused[MAX_JOBS]; // a transfer that the budget has refused
    uint64_t want[MAX_JOBS];
    size_t count;
};

// How a host behaves, and what it has told us.
enum nature {
    HOST_GOOD,
    HOST_FLAKY,  // any of the failures of a transfer, one time in three
    HOST_DEAD,   // cannot be reached
    HOST_STRICT, // 429 and 503, often with Retry-After
    HOST_NATURES
};

struct fake_host {
    enum nature nature;
    int64_t silent_until_us; // asked for with Retry-After: no transfer may start before
    unsigned unreachable;    // times in a row
    bool given_up;           // as the pipeline must have noticed
};

// Everything around a pipeline. A promise is a call that a stage has announced and that must come.
struct world {
    uint64_t seed;
    bool trace;
    struct chance chance;
    struct run_options options;
    struct pipeline pipeline;
    int64_t now_us, wake_us; // when the pipeline wants to be woken; INT64_MAX: not at all
    size_t listed, list_size;
    uint64_t host_count;
    struct fake_host hosts[MAX_HOSTS];
    unsigned trouble; // one in so many goes wrong; 0: nothing does
    struct set transfers, ahead, processing, storing;
    bool promise_list, promise_idle, promise_manifest, promise_stop, promise_cancel;
    bool list_stopped, stopped, no_workers, takes_ahead;
    unsigned recorded[MAX_URLS + 1];     // by index
    int64_t not_before_us[MAX_URLS + 1]; // when the next attempt may begin, by index
    int64_t first_start_us;
    uint64_t starts;
    uint64_t ok, failed, cancelled, skipped, unchanged, ended, bytes, retries;
};

// Ends the program: what must hold does not.
_Noreturn void world_broken(const struct world *world, const char *what);

#define REQUIRE(world, condition)                                                                  \
    do {                                                                                           \
        if (!(condition))                                                                          \
            world_broken(world, #condition);                                                       \
    } while (0)

// With world->trace, prints what happens.
void world_say(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

extern const struct stages fakes; // their context is a struct world

// Makes a world, but for its start, out of a seed.
void world_make(struct world *world, uint64_t seed);

// True one time in world->trouble.
bool goes_wrong(struct world *world);

struct fake_host *fake_host_of(struct world *world, const struct job *job);

// Lets one thing happen that can. False when nothing can: the run has ended or hangs.
bool world_step(struct world *world);

// Stops the run as the engine does: when the surroundings have failed, the stages give up their
// jobs in a later step.
void world_stop(struct world *world, enum pipeline_stop how);

// A whole run: world_make() to world_check_end(), everything in between checked.
void world_run(struct world *world, uint64_t seed, bool trace);

// What must hold when a transfer starts, after every step, and after the end.
void world_check_start(struct world *world, const struct job *job);
void world_check(struct world *world);
void world_check_end(struct world *world);

// Puts a job into a stage, takes one out.
void set_add(struct world *world, struct set *set, struct job *job);
struct job *set_remove(struct set *set, size_t at);

#endif
