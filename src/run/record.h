// SPDX-License-Identifier: MIT
// Who is told of a URL that is finished: the manifest, who reads --json, and who watches.
#ifndef RUN_RECORD_H
#define RUN_RECORD_H

#include "run/engine.h"
#include "run/lines.h"
#include "run/trace.h"

struct record {
    const struct run_options *options;
    const struct run_observer *observer;
    int64_t to_epoch_us;           // from the run's clock
    struct lines *manifest, *json; // NULL: there is none
    struct trace *trace;           // the same
};

// manifest_open(); with --fsync its first line and its name are on the disk before anything else
// is.
int record_open_manifest(int directory, const struct run_options *options, struct ledger *ledger);

// Opens the lines that the options and the observer ask for; `manifest` is a descriptor. False when
// out of memory; record_close() has to follow in any case.
bool record_open(struct record *record, uv_loop_t *loop, int manifest,
                 const struct lines_callbacks *to_manifest, const struct lines_callbacks *to_json,
                 const struct lines_callbacks *to_trace, void *context);

// Frees the lines once what is pending has been written and the loop has turned.
void record_close(struct record *record);

// A finished job. False when there is no memory for its line.
bool record_finished(const struct record *record, const struct job *job);

// A URL that an earlier run has done. It is not in the manifest again.
void record_skipped(const struct record *record, const char *url);

// A URL that was asked for, and everything is as the manifest says: its line there stays the
// newest.
void record_unchanged(const struct record *record, const char *url);

// False while something is so far behind that nothing new should be read.
bool record_may_go_on(const struct record *record);

#endif
