// SPDX-License-Identifier: MIT
// What the end of a worker process means.
#ifndef RUN_DEATH_H
#define RUN_DEATH_H

#include "run/job.h"

enum death {
    DEATH_ORDINARY,  // it costs the job that the worker had
    DEATH_FOR_CODEC, // the three of enum wire_exit
    DEATH_WORN_OUT,
    DEATH_NO_SANDBOX,
};

// `status` is as from waitpid(2). It is the worker's own word, to be believed with care.
enum death death_of(int status);

// Fails a job as worker_crashed, with how its worker died.
void death_fail_job(struct job *job, int status);

#endif
