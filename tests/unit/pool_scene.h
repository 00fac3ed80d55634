// SPDX-License-Identifier: MIT
// The pool on a real loop with a real fork server, and workers that do what the first byte of their
// picture says: lie, crash, hang. For test_pool.c and test_pool_codecs.c.
#ifndef UNIT_POOL_SCENE_H
#define UNIT_POOL_SCENE_H

#include "jobs.h"
#include "support.h"

#include "run/pool.h"

enum { MAX_JOBS = 64 };

// In memory that the test shares with the fork server and the workers.
struct nature {
    volatile pid_t forkserver, worker;
    volatile unsigned starts;      // so far
    volatile unsigned bad_starts;  // how many of the first ones go wrong
    volatile char bad_start;       // how: 'x' exits, 'l' is not locked, 'n', 'h' hangs, 's' is slow
    volatile unsigned good_starts; // how many of the very first ones go well nevertheless
};
extern struct nature *nature;

extern struct scene {
    uv_loop_t loop;
    struct forkserver *forkserver;
    struct run_options options;
    struct pool *pool;
    struct job *queue[MAX_JOBS], *done[MAX_JOBS];
    size_t queued, given, finished;
    // With `sends_ahead` jobs are sent to busy workers, too; those that came back wait to be given
    // again.
    bool sends_ahead;
    struct job *back[MAX_JOBS];
    size_t back_count;
    unsigned sent_ahead, begun, returned;
    unsigned idle, broken, called_in_submit;
    bool in_submit;
    size_t descriptors;
} scene;

extern const struct pool_waits waits; // a tenth of what users have
extern unsigned detectors;            // of the next scene

// For every test, and for the whole program.
int reset_nature(void **state);
int start_servers(void **state);
int stop_servers(void **state);

#define FRESH(test) cmocka_unit_test_setup(test, reset_nature)

void open_scene(unsigned workers, double timeout);
void close_scene(void);

// A job whose worker will do as `order` says: see misbehave() in pool_scene.c.
void queue(char order);

// Gives the pool what it takes, as the pipeline does.
void feed(void);

void run_until_finished(size_t count);
void run_until_broken(void);
void run_until_idle(unsigned count);

#endif
