// SPDX-License-Identifier: MIT
// Pictures that have cost a worker, kept so that somebody can look into it:
//
//     DIR/quarantine/NAME.bin    the bytes as they came, for the owner's eyes only
//     DIR/quarantine/NAME.json   where they are from, what happened, and a command that does it
//     again
//
// What is there already and is not the same stays as it is; the newcomer is then NAME-2 and so on.
#ifndef RUN_QUARANTINE_H
#define RUN_QUARANTINE_H

#include "run/job.h"
#include "run/options.h"

#include <stdatomic.h>
#include <stdbool.h>

struct quarantine {
    const struct run_options *options;
    int folder;                      // -1: nothing is kept
    atomic_uint_least64_t files;     // there are, or are about to be
    atomic_uint_least64_t bytes;     // that they have
    atomic_uint_least64_t temporary; // names of what is being written
    atomic_bool full_is_told;
};

// Whether a job has failed in a way that --quarantine keeps the picture for.
bool quarantine_takes(const struct run_options *options, const struct job *job);

// Makes the folder below `directory` with --quarantine, and counts what is in it. Returns 0, or -1
// with errno.
int quarantine_open(struct quarantine *quarantine, int directory,
                    const struct run_options *options);

// Keeps the body of a failed job and fills job->quarantine; what goes wrong is a warning. Blocking,
// so never on the loop; may run in several threads at once for different jobs.
void quarantine_keep(struct quarantine *quarantine, struct job *job);

void quarantine_close(struct quarantine *quarantine);

// The text of NAME.json about a job whose picture is kept as `file`, with the digest of its bytes
// in hexadecimal. NULL when out of memory; the caller frees it.
char *quarantine_note(const struct run_options *options, const struct job *job, const char *file,
                      const char *sha256);

#endif
