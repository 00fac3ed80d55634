// SPDX-License-Identifier: MIT
// The output directory: results are written under a temporary name and renamed when they are
// complete, so that what stands under a final name is always whole.
//
//     DIR/original/NAME.EXT   the bytes as they came
//     DIR/edges/NAME.EXT      the edge map; NAME.DETECTOR.EXT when there are several
//     DIR/resized/NAME.EXT    the resized picture, with --save-resized
//     DIR/packages/           instead of these with --package, see package.h
//     DIR/quarantine/         see quarantine.h
//     DIR/manifest.jsonl      see manifest.h
//     DIR/complete.json       of a shard, see complete.h
//     DIR/.partial-XXXXXX/    what this run has not finished writing; locked while the run lives
#ifndef RUN_OUTPUTS_H
#define RUN_OUTPUTS_H

#include "run/job.h"
#include "run/options.h"
#include "run/quarantine.h"

#include <stdatomic.h>

enum output_folder { FOLDER_ORIGINAL, FOLDER_EDGES, FOLDER_RESIZED, OUTPUT_FOLDER_COUNT };

struct outputs {
    int directory; // descriptors of DIR and of its temporary directory; -1 with --discard
    int partial;
    char partial_name[24];
    bool keep_originals, discard;
    bool make_maps;                     // and resized pictures
    bool sync;                          // --fsync
    int folders[OUTPUT_FOLDER_COUNT];   // with `sync`: descriptors of those that there are, or -1
    struct ef_options picture;          // which maps there are
    const struct run_options *packages; // with --package: what a sample tells of the run, or NULL
    unsigned shard;                     // that the packages are called after, or 0
    atomic_uint_least64_t next_temporary;
    struct quarantine quarantine;
};

// Makes the directories and removes what killed runs have left half-written; with --discard it does
// nothing. Returns 0, or -1 with errno after a message.
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
// having waited for the disk, unless outputs_wait_for_disk().
int outputs_keep_body(struct outputs *outputs, struct job *job);

// True when even outputs_keep_body() is not for the loop: the file has to be on the disk, for which
// outputs_commit() does it in a thread.
bool outputs_wait_for_disk(const struct outputs *outputs);

// Writes a processed job's outputs, which answer_is_true() has checked and sealed, or keeps the
// bytes of one that has failed in quarantine, and fills job->original, edges, resized and
// quarantine, or fails the job; with --discard only their sizes are filled. For runs that only
// download it is outputs_keep_body(). With --fsync the files and their names are on the disk when
// it returns. Blocking, so never on the loop; may run in several threads at once for different
// jobs. Returns 0, or the errno of a failure that other jobs will meet too (disk full, read-only):
// the run must stop.
int outputs_commit(struct outputs *outputs, struct job *job);

#endif
