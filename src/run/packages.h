// SPDX-License-Identifier: MIT
// The packages of a run. Samples are appended to the series of their package in the order of their
// indices; for what is missing the others wait a little. Packages are made while the run goes on:
// those whose URLs are all finished, and told of in the manifest; in a thread, one at a time. The
// rest follows when the run ends.
#ifndef RUN_PACKAGES_H
#define RUN_PACKAGES_H

#include "run/outputs.h"

#include <uv.h>

struct packages;

struct packages_means {
    uv_loop_t *loop;
    struct outputs *outputs;
    const struct run_options *options;
    uint64_t most_held; // samples that wait for others at once
    // What the manifest has on the disk of what was given to it; marks are such numbers.
    uint64_t (*written)(void *context);
    // The sample of a job stands, or the job has failed; `error` as of outputs_commit().
    void (*stored)(void *context, struct job *job, int error);
    void (*failed)(void *context, int error); // an errno; no package is made any more
    void (*ended)(void *context);             // behind packages_end()
    void *context;
};

// NULL when out of memory.
struct packages *packages_open(const struct packages_means *means);

// Takes a processed job; stored() follows. False when its sample does not come in order any more:
// it is one for outputs_commit().
bool packages_hold(struct packages *packages, struct job *job);

// True while so much waits to be written that nothing more should be processed.
bool packages_are_behind(const struct packages *packages);

// The URL of that index is finished, or cancelled, and told of in what the manifest has up to
// `mark`. False when out of memory.
bool packages_note(struct packages *packages, uint64_t index, bool cancelled, uint64_t mark);

// The manifest has written more.
void packages_go_on(struct packages *packages);

// Nothing is noted any more. With `all` what waits becomes packages too, once the manifest has been
// written up to `mark`; otherwise it waits for another run. Then ended() follows.
void packages_end(struct packages *packages, bool all, uint64_t mark);

// What is not begun is left for another run.
void packages_stop(struct packages *packages);

// When ended() has been called, or packages_note() never. It is freed when the loop has turned.
// Does nothing for NULL.
void packages_close(struct packages *packages);

#endif
