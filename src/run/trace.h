// SPDX-License-Identifier: MIT
// --trace: what happened when, as trace events that Perfetto and chrome://tracing show.
//
// The format is the "JSON array format" of Google's Trace Event Format: times in microseconds since
// the run's start (whose place in the calendar is in the event "run"); a process for each of *event
// loop*, *downloads*, *workers* and *writes*, and in it a thread for each lane. A job's events are
// written when it is finished, so the events are not in order of time; no viewer asks for that. A
// viewer also takes an array that a kill has left without its end.
#ifndef RUN_TRACE_H
#define RUN_TRACE_H

#include "run/job.h"
#include "run/lines.h"
#include "run/pipeline.h"

struct trace;

// Writes to `descriptor`, which stays the caller's. Of `sample` jobs, of so many changes of the
// counters and of so many turns of the loop one is written; 1: all. NULL when out of memory.
struct trace *trace_open(uv_loop_t *loop, int descriptor, unsigned sample,
                         const struct lines_callbacks *callbacks, void *context);

// A job that is finished: an event for each attempt, for its time in a worker and for its writing,
// and in these the steps of a transfer and of a worker.
void trace_job(struct trace *trace, const struct job *job);

// The counters: downloads in flight, bodies and bytes held, workers busy. Writes those that have
// changed.
void trace_counters(struct trace *trace, const struct pipeline *pipeline);

// A turn of the loop that took `us` until now, without its waiting; `callback` is the longest one
// in it, or NULL.
void trace_turn(struct trace *trace, int64_t now_us, int64_t us, const char *callback);

// While true, nothing new should be begun.
bool trace_is_behind(const struct trace *trace);

// Ends the array; frees once what is pending has been written and the loop has turned. Does nothing
// for NULL.
void trace_close(struct trace *trace);

#endif
