// SPDX-License-Identifier: MIT
// The output directory: results are written under a temporary name and renamed when they are
// complete, so that what stands under a final name is always whole.
//
//     DIR/original/NAME.EXT   the bytes as they came
//     DIR/edges/NAME.EXT      the edge map; NAME.DETECTOR.EXT when there are several
//     DIR/resized/NAME.EXT    the resized picture, with --save-resized
//     DIR/manifest.jsonl      see manifest.h
//     DIR/.partial-XXXXXX/    what this run has not finished writing; locked while the run lives
#ifndef RUN_OUTPUTS_H
#define RUN_OUTPUTS_H

#include "run/job.h"
#include "run/options.h"

#include <stdatomic.h>

struct outputs {
    int directory; // descriptors of DIR and of its temporary directory; -1 with --discard
    int partial;
    char partial_name[24];
    bool keep_originals, discard;
    bool make_maps;            // and resized pictures
    struct ef_options picture; // which maps there are
    atomic_uint_least64_t next_temporary;
};

// Makes the directories and removes what killed runs have left half-written; with --discard it does
// nothing. Returns 0, or -1 after a message.
int outputs_open(struct outputs *outputs, const struct run_options *options);

// Removes the temporary directory.
void outputs_close(struct outputs *outputs);

// For runs that only download: makes a body a temporary file. Any thread may call it. Returns 0, or
// -1 with errno.
int outputs_open_body(struct outputs *outputs, struct body *body);

// For runs that only download: tells what the body is by its first bytes, as job->answer.result, or
// fails the job.
void outputs_identify(struct job *job);

// For runs that only download: gives the body's file its final name and fills job->original, or
// fails the job. With --discard there is no file. Returns as outputs_commit() does, but without
// having waited for the disk.
int outputs_keep_body(struct outputs *outputs, struct job *job);

// Writes a processed job's outputs and fills job->original, edges and resized, or fails the job;
// with --discard they are checked, and only their sizes filled.
// Blocking, so never on the loop; may run in several threads at once for different jobs. Returns 0,
// or the errno of a failure that other jobs will meet too (disk full, read-only): the run must
// stop.
int outputs_commit(struct outputs *outputs, struct job *job);

#endif
