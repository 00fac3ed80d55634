// SPDX-License-Identifier: MIT
// What the files of the engine share with each other, and with nobody else.
#ifndef RUN_ENGINE_PARTS_H
#define RUN_ENGINE_PARTS_H

#include "run/engine.h"
#include "run/list.h"
#include "run/mode.h"
#include "run/outputs.h"
#include "run/pool.h"
#include "run/recall.h"
#include "run/record.h"
#include "run/turns.h"

#include <uv.h>

struct engine {
    const struct run_options *options;
    const struct run_observer *observer;
    struct pipeline pipeline;
    struct transfer_settings settings;
    struct outputs outputs;
    int manifest;
    struct load_stored stored; // for PART_PROCESS
    struct recall recall;      // for --refresh

    uv_loop_t loop;
    struct list *list;
    const struct mode *mode;
    void *downloads; // the mode's stage
    struct pool *pool;
    struct record record;
    struct packages *packages; // with --package, NULL otherwise
    struct turns *turns;       // with --debug, NULL otherwise
    uv_poll_t interrupts;
    unsigned interrupts_obeyed;
    uv_timer_t tick;
    uv_timer_t waker;           // when the pipeline wants to be woken
    uv_timer_t quiet;           // for the watchdog
    uv_async_t resolved;        // a name has been looked up, in whatever thread
    uint64_t finished;          // when the watchdog last looked
    uint64_t chance;            // the state of stage_chance()
    uv_timer_t stopper, closer; // for what must not happen while the pipeline is deep in a stage
    bool surroundings, damaged_list, stages_closed, trace_failed;
};

// ---- engine_stages.c ----

// The pipeline's view of the engine; their context is the struct engine.
extern const struct stages engine_stages;

// A commit_done: the outputs of a job stand, or it has failed.
void engine_on_stored(void *context, struct job *job, int error);

// ---- engine_news.c: callbacks of the stages, whose context is the struct engine ----

void engine_on_wake(void *context);
void engine_on_waker(uv_timer_t *timer);
void engine_note_resolved(void *context, struct job *job);
void engine_on_resolved(uv_async_t *async);
void engine_on_fetched(void *context, struct job *job);
void engine_on_recalled(void *context, struct job *job);
void engine_on_processed(void *context, struct job *job);
void engine_on_begun(void *context, struct job *job);
void engine_on_returned(void *context, struct job *job);
void engine_on_pool_broken(void *context);
void engine_on_manifest_failed(void *context, int error);
void engine_on_json_failed(void *context, int error);
void engine_on_trace_failed(void *context, int error);
void engine_on_turn(void *context, int64_t now_us, int64_t us, const char *callback);

// ---- engine_stop.c ----

// Says once that results cannot be written, for a reason that others will meet, too.
void engine_note_unwritable(struct engine *engine, const char *why);

// Something other than a URL has failed: nothing new is begun, and all is cancelled in the next
// turn. The second one is for when the pipeline is deep in a stage.
void engine_give_up(struct engine *engine);
void engine_give_up_soon(struct engine *engine);

// All is cancelled in the next turn.
void engine_cancel_soon(struct engine *engine);

void engine_on_stopper(uv_timer_t *timer);
void engine_on_interrupt(uv_poll_t *poll, int status, int events);

// ---- engine_packages.c ----

// Does nothing without --package. False when out of memory.
bool engine_open_packages(struct engine *engine, uint64_t most_held);

// Before anything is begun: what a killed run has left, and is not done. False after a message.
bool engine_clean_packages(struct engine *engine);

// A URL is finished, and its line given to the manifest.
void engine_note_sample(struct engine *engine, uint64_t index, bool cancelled);

// All are: the rest becomes packages, and then the stages are closed. False when there are none to
// wait for.
bool engine_end_packages(struct engine *engine);

// ---- engine_complete.c: of a shard, whether it has come to the end of its list ----

// From now on it has not. False after a message.
bool engine_begin_list(const struct engine *engine);

// The run is over, and its manifest written: notes it, unless the run was stopped.
void engine_end_list(struct engine *engine);

// ---- engine.c ----

// Tells the observer that nothing comes any more.
void engine_tell_end(const struct engine *engine);

// The run has ended: closes the stages.
void engine_on_closer(uv_timer_t *timer);

#endif
