// SPDX-License-Identifier: MIT
// A pipeline under a virtual clock, with stages that do what chance says. A broken invariant fails
// the test and names the seed.
#ifndef UNIT_SIMULATION_H
#define UNIT_SIMULATION_H

#include "support.h"

#include "run/pipeline.h"

enum { MAX_URLS = 48, MAX_JOBS = 64 };

struct set {
    struct job *jobs[MAX_JOBS];
    bool paused[MAX_JOBS]; // a transfer that the budget has refused
    uint64_t want[MAX_JOBS];
    size_t count;
};

// Everything around a pipeline. A promise is a call that a stage has announced and that must come.
struct world {
    uint64_t seed;
    struct chance chance;
    struct run_options options;
    struct pipeline pipeline;
    int64_t now_us;
    size_t listed, list_size;
    uint64_t hosts;
    unsigned trouble; // one in so many goes wrong; 0: nothing does
    struct set transfers, processing, storing;
    bool promise_list, promise_idle, promise_manifest, promise_stop, promise_cancel;
    bool list_stopped, stopped, no_workers;
    unsigned recorded[MAX_URLS + 1]; // by index
    uint64_t ok, failed, cancelled, skipped, ended, bytes;
};

#define REQUIRE(world, condition)                                                                  \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("seed %llu: %s", (unsigned long long)(world)->seed, #condition);              \
    } while (0)

extern const struct stages fakes; // their context is a struct world

// Makes a world, but for its start, out of a seed.
void world_make(struct world *world, uint64_t seed);

// Lets one thing happen that can. False when nothing can: the run has ended or hangs.
bool world_step(struct world *world);

// Stops the run as the engine does: when the surroundings have failed, the stages give up their
// jobs in a later step.
void world_stop(struct world *world, enum pipeline_stop how);

// What must hold after every step, and after the end.
void world_check(struct world *world);
void world_check_end(struct world *world);

// Takes a job out of a stage.
struct job *set_remove(struct set *set, size_t at);

#endif
