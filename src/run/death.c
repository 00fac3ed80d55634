// SPDX-License-Identifier: MIT
#include "run/death.h"

#include <string.h>
#include <sys/wait.h>

enum death death_of(int status)
{
    if (!WIFEXITED(status))
        return DEATH_ORDINARY;
    switch (WEXITSTATUS(status)) {
    case WIRE_EXIT_WANTS_CODEC:
        return DEATH_FOR_CODEC;
    case WIRE_EXIT_WORN_OUT:
        return DEATH_WORN_OUT;
    case WIRE_EXIT_NO_SANDBOX:
        return DEATH_NO_SANDBOX;
    default:
        return DEATH_ORDINARY;
    }
}

void death_fail_job(struct job *job, int status)
{
    job->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (job->signal != 0)
        job_fail(job, EF_WORKER_CRASHED, "%s (killed by signal %d, %s)",
                 ef_status_sentence(EF_WORKER_CRASHED), job->signal, strsignal(job->signal));
    else
        job_fail(job, EF_WORKER_CRASHED, "%s (exit status %d)",
                 ef_status_sentence(EF_WORKER_CRASHED), WEXITSTATUS(status));
}
