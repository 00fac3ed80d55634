// SPDX-License-Identifier: MIT
// --mode async: every transfer on one multi handle, driven by the event loop. See fetch.c.
#include "run/fetch.h"
#include "run/mode.h"

static void *open_async(const struct mode_means *means)
{
    return fetch_open(means->loop, means->settings, means->slots, means->fetched, means->context);
}

static enum ef_status start_async(void *stage, struct job *job)
{
    return fetch_start(stage, job);
}

static void resume_async(void *stage)
{
    fetch_resume(stage);
}

static void abort_async(void *stage)
{
    fetch_abort(stage);
}

static void close_async(void *stage)
{
    fetch_close(stage);
}

const struct mode mode_async = {
    .open = open_async,
    .start = start_async,
    .resume = resume_async,
    .abort = abort_async,
    .close = close_async,
};
