// SPDX-License-Identifier: MIT
// How far a run is: the figures that every kind of progress shows.
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/pace.h"
#include "run/pipeline.h"

enum slot_doing { SLOT_FREE, SLOT_LOOKUP, SLOT_WAITING, SLOT_BODY, SLOT_DOING_COUNT };

// One of the downloads at once.
struct progress_slot {
    enum slot_doing doing;
    const char *name;         // foreign text
    unsigned attempt;         // from 1
    uint64_t bytes, expected; // of the body; 0: not known
};

struct progress_worker {
    const char *name; // foreign text; NULL: it has nothing to do
    unsigned seconds; // it has had it for
};

struct progress {
    uint64_t total; // URLs known of; more may follow unless total_known
    bool total_known, stopping;
    bool local; // what it downloads is on a disk
    uint64_t done, ok, failed, skipped, cancelled;
    double elapsed_s, pictures_per_s, bytes_per_s;
    double left_s;             // for what is known of; below 0: it cannot be told
    uint64_t downloads, limit; // now and at most
    uint64_t held, most_held;  // bytes
    unsigned busy, workers;
    // slots[0..limit) and hands[0..workers); names live as long as the pipeline does not go on.
    struct progress_slot *slots;
    struct progress_worker *hands;
};

// Reads the figures of a run, and notes its pace. What progress_read() has allocated is used again,
// and freed by progress_free(); without memory there are no slots and hands, and limit and workers
// are told all the same.
void progress_read(struct progress *progress, struct pace *pace, const struct pipeline *pipeline,
                   int64_t now_us);
void progress_free(struct progress *progress);

#endif
