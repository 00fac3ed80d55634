// SPDX-License-Identifier: MIT
// A whole run.
#ifndef RUN_ENGINE_H
#define RUN_ENGINE_H

#include "proc/forkserver.h"
#include "run/options.h"
#include "run/pipeline.h"

// Who watches a run. Every function may be NULL.
struct run_observer {
    void *context;
    int json;               // descriptor that gets every manifest line, or -1
    int trace;              // descriptor that gets the trace, or -1
    unsigned sample;        // of how many jobs one is traced
    unsigned tick_ms;       // how often `tick` is called; 0: never
    unsigned first_tick_ms; // when it is first called
    void (*finished)(void *context, const struct job *job);
    // Every line of this run's manifest, whether or not there is one; with a context of its own.
    void (*line)(void *line_context, const char *line);
    void *line_context;
    void (*skipped)(void *context, const char *url);
    void (*unchanged)(void *context, const char *url);
    // False while it is so far behind that nothing new should be read; interrupt_wake() tells when
    // it has caught up.
    bool (*may_read)(void *context);
    void (*tick)(void *context, const struct pipeline *pipeline);
    // A run that has begun is over, or the program is about to leave it; nothing comes behind.
    void (*ended)(void *context, const struct pipeline *pipeline);
};

struct run_result {
    struct tally tally;
    const char *output; // the options' directory
    enum run_mode mode;
    unsigned limit, workers; // as used
    // Of main, and of the fork server with its workers: CPU time and the largest resident memory of
    // one process. Those of the workers are known when the fork server has been stopped.
    int64_t main_cpu_us, worker_cpu_us;
    uint64_t main_peak_bytes, worker_peak_bytes;
    unsigned sandbox;  // of the workers: bits of enum sandbox_wall
    bool gave_up;      // because more URLs failed than the options allow
    bool interrupted;  // by a signal
    bool trace_failed; // it could not be written; the run went on without
    bool damaged_list; // and no other attempt will read it either
    bool surroundings; // something other than a URL failed: disk, workers, list
    bool not_yet; // it could not begin, but may later: another run is there, or the disk is full
};

// Runs the list to its end on an event loop. Must be called from a process whose fork server was
// started before any thread, after interrupt_catch(). Returns 0 with the result, or -1 after a
// message when the run could not begin (output directory, memory), or without one when it was
// interrupted: nothing was fetched, and of the result only not_yet counts.
int engine_run(const struct run_options *options, struct forkserver *forkserver,
               const struct run_observer *observer, struct run_result *result);

#endif
