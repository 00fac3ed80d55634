// SPDX-License-Identifier: MIT
// Committing outputs, seen from the loop: outputs_commit() in libuv's threads.
#ifndef RUN_COMMIT_H
#define RUN_COMMIT_H

#include "run/outputs.h"

#include <uv.h>

// Called on the loop when the outputs of a job stand or the job has failed; `error` is the errno of
// a failure that other jobs will meet too, or 0.
typedef void commit_done(void *context, struct job *job, int error);

// Commits a job's outputs; `done` follows. `outputs` is shared by all commits. Returns 0, or -1
// when out of memory; the job is then still the caller's.
int commit_start(uv_loop_t *loop, struct outputs *outputs, struct job *job, commit_done *done,
                 void *context);

#endif
