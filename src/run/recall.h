// SPDX-License-Identifier: MIT
// Reading what the manifest has recorded of a URL, seen from the loop: revisit_read() in libuv's
// threads, one URL at a time and only when it is asked for, so that no validator is held before.
#ifndef RUN_RECALL_H
#define RUN_RECALL_H

#include "run/job.h"
#include "run/newest.h"

#include <uv.h>

struct recall {
    uv_loop_t *loop;
    int manifest;
    const struct newest *done; // the lines of what is done
    // Called on the loop: job->revisit is there, or job->done_before is no longer true.
    void (*recalled)(void *context, struct job *job);
    void *context;
};

// Before the first attempt at a job that was done before. False when there is nothing to be read:
// the job goes on as one that was not.
bool recall_start(const struct recall *recall, struct job *job);

#endif
