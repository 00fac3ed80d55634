// SPDX-License-Identifier: MIT
#include "run/commit.h"

#include "base/check.h"
#include "base/log.h"

#include <stdlib.h>

// One commit; it lives from commit_start() to its callback.
struct commit {
    uv_work_t work;
    struct outputs *outputs;
    struct job *job;
    commit_done *done;
    void *context;
    const struct log_sink *sink; // of the run
    int error;
};

static void commit_in_thread(uv_work_t *work)
{
    struct commit *commit = work->data;
    const struct log_sink *before = log_use(commit->sink);
    commit->error = outputs_commit(commit->outputs, commit->job);
    log_use(before); // the thread belongs to all
}

static void on_committed(uv_work_t *work, int status)
{
    const struct commit commit = *(struct commit *)work->data;
    CHECK(status == 0); // commits are never cancelled
    free(work->data);
    commit.done(commit.context, commit.job, commit.error);
}

int commit_start(uv_loop_t *loop, struct outputs *outputs, struct job *job, commit_done *done,
                 void *context)
{
    struct commit *commit = calloc(1, sizeof *commit);
    if (commit == NULL)
        return -1;
    *commit = (struct commit){
        .outputs = outputs, .job = job, .done = done, .context = context, .sink = log_sink()};
    commit->work.data = commit;
    if (uv_queue_work(loop, &commit->work, commit_in_thread, on_committed) == 0)
        return 0;
    free(commit);
    return -1;
}
