// SPDX-License-Identifier: MIT
// How a run is stopped: by signals, by too many failures, by surroundings that fail.
#include "run/engine_parts.h"

#include "base/interrupt.h"
#include "base/log.h"
#include "run/packages.h"

#include <unistd.h>

// Results that cannot be written for a reason that others will meet, too.
void engine_note_unwritable(struct engine *engine, const char *why)
{
    if (!engine->surroundings)
        log_error("results cannot be written: %s; stopping", why);
}

static void finish_what_is_in_hand(struct engine *engine)
{
    list_stop_waiting(engine->list);
    pipeline_stop(&engine->pipeline, PIPELINE_FINISHING);
}

static void cancel_all(struct engine *engine)
{
    pipeline_stop(&engine->pipeline, PIPELINE_ABORTED);
    engine->mode->abort(engine->downloads);
    if (engine->pool != NULL)
        pool_abort(engine->pool);
}

static void stop_at_once(struct engine *engine)
{
    list_stop(engine->list);
    cancel_all(engine);
    if (engine->packages != NULL)
        packages_stop(engine->packages);
}

// When URLs alone have failed the list is read on, so that each of its URLs is told of.
void engine_on_stopper(uv_timer_t *timer)
{
    struct engine *engine = timer->data;
    if (engine->surroundings) {
        stop_at_once(engine);
    } else {
        list_stop_waiting(engine->list);
        cancel_all(engine);
    }
}

// Something other than a URL has failed: nothing new is begun, and all is cancelled in the next
// turn.
void engine_give_up(struct engine *engine)
{
    pipeline_stop(&engine->pipeline, PIPELINE_FAILED);
    engine_give_up_soon(engine);
}

void engine_give_up_soon(struct engine *engine)
{
    engine->surroundings = true;
    engine_cancel_soon(engine);
}

void engine_cancel_soon(struct engine *engine)
{
    if (!uv_is_closing((uv_handle_t *)&engine->stopper))
        uv_timer_start(&engine->stopper, engine_on_stopper, 0, 0);
}

// Somebody does not read our output, or a disk does not answer: a thread is stuck in its write, and
// the loop cannot be taken apart before it returns.
static _Noreturn void leave(struct engine *engine)
{
    log_info("stopping without waiting for the output");
    engine_tell_end(engine);
    outputs_close(&engine->outputs);
    _exit(shard_interrupt_code(&engine->options->shard));
}

// The first signal: what is in hand is finished, the rest is cancelled. The second: all is
// cancelled. The third: not even the output is waited for.
static void obey_interrupt(struct engine *engine)
{
    const unsigned number = ++engine->interrupts_obeyed;
    if (number == 1) {
        log_info("stopping: finishing what is in hand (again to stop at once)");
        if (!engine->stages_closed)
            finish_what_is_in_hand(engine);
    } else if (number == 2) {
        log_info("stopping at once");
        if (!engine->stages_closed)
            stop_at_once(engine);
    } else {
        leave(engine);
    }
}

void engine_on_interrupt(uv_poll_t *poll, int status, int events)
{
    struct engine *engine = poll->data;
    const struct interrupt *interrupt = engine->options->interrupt;
    (void)status;
    (void)events;
    interrupt_taken(interrupt);
    while (engine->interrupts_obeyed < interrupt_count(interrupt))
        obey_interrupt(engine);
    if (!engine->stages_closed)
        engine_on_wake(engine); // somebody may have caught up
}
