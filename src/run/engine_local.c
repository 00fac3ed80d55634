// SPDX-License-Identifier: MIT
// Local pictures, and originals that earlier runs have downloaded: the same run with files in place
// of transfers. See load.c.
#include "run/load.h"
#include "run/mode.h"

static void *open_local(const struct mode_means *means)
{
    return loader_open(means->loop, means->settings->budget, means->settings->max_bytes,
                       means->stored, means->fetched, means->context);
}

static enum ef_status start_local(void *stage, struct job *job)
{
    return load_start(stage, job);
}

static void resume_local(void *stage)
{
    loader_resume(stage);
}

static void abort_local(void *stage)
{
    loader_abort(stage);
}

static void close_local(void *stage)
{
    loader_close(stage);
}

const struct mode mode_local = {
    .open = open_local,
    .start = start_local,
    .resume = resume_local,
    .abort = abort_local,
    .close = close_local,
};
