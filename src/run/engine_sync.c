// SPDX-License-Identifier: MIT
// --mode sync: one transfer after the other, each waited for by the whole program, then the
// pictures, one after the other. The slowest way to do it, and the easiest to understand.
#include "run/mode.h"

#include "base/check.h"
#include "base/interrupt.h"

#include <stdlib.h>

struct sync {
    struct mode_means means;
    struct transfer transfer;
    struct job *job; // that is to be downloaded in the next turn of the loop
    uv_idle_t turn;  // which calls this, and never twice without a look at everything else
};

static void on_turn(uv_idle_t *turn)
{
    struct sync *sync = turn->data;
    struct job *job = sync->job;
    sync->job = NULL;
    uv_idle_stop(turn);
    turns_enter(sync->means.turns, "a blocking transfer", job->url.shown);
    transfer_end(&sync->transfer, transfer_perform(&sync->transfer));
    turns_leave(sync->means.turns);
    sync->means.fetched(sync->means.context, job);
}

static void *open_sync(const struct mode_means *means)
{
    struct sync *sync = calloc(1, sizeof *sync);
    if (sync == NULL)
        return NULL;
    sync->means = *means;
    means->settings->blocking = true;
    if (!transfer_init(&sync->transfer, means->settings)) {
        free(sync);
        return NULL;
    }
    uv_idle_init(means->loop, &sync->turn);
    sync->turn.data = sync;
    return sync;
}

static enum ef_status start_sync(void *stage, struct job *job)
{
    struct sync *sync = stage;
    CHECK(sync->job == NULL);
    // The loop, waiting for a transfer, has not heard of it yet.
    if (interrupt_count(sync->means.settings->options->interrupt) > 0)
        return EF_CANCELLED;
    const enum ef_status status = transfer_begin(&sync->transfer, job);
    if (status == EF_OK) {
        sync->job = job;
        uv_idle_start(&sync->turn, on_turn);
    }
    return status;
}

// A body never has to wait for room: nothing else holds any.
static void resume_sync(void *stage)
{
    (void)stage;
}

// Only one that has not begun yet can be met here: the loop waits for the others.
static void abort_sync(void *stage)
{
    struct sync *sync = stage;
    if (sync->job != NULL)
        atomic_store(&sync->transfer.cancelled, true);
}

static void on_closed(uv_handle_t *handle)
{
    struct sync *sync = handle->data;
    transfer_free(&sync->transfer);
    free(sync);
}

static void close_sync(void *stage)
{
    struct sync *sync = stage;
    if (sync != NULL)
        uv_close((uv_handle_t *)&sync->turn, on_closed);
}

const struct mode mode_sync = {
    .open = open_sync,
    .start = start_sync,
    .resume = resume_sync,
    .abort = abort_sync,
    .close = close_sync,
    .most = 1,
    .in_turns = true,
};
