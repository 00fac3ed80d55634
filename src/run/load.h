// SPDX-License-Identifier: MIT
// What takes the place of the download stage for local pictures: files are read into memory by
// libuv's threads, under the same limits and the same back-pressure.
#ifndef RUN_LOAD_H
#define RUN_LOAD_H

#include "run/budget.h"
#include "run/job.h"

#include <uv.h>

struct loader;

// `max_bytes` is the largest file. `loaded` is called for every job that load_start() has taken:
// its body is complete and sealed, or it has failed. NULL when out of memory.
struct loader *loader_open(uv_loop_t *loop, struct budget *budget, uint64_t max_bytes,
                           void (*loaded)(void *context, struct job *job), void *context);

// Starts reading the file job->url.request; its share of the budget has begun. On EF_OK the job is
// the loader's until `loaded`; otherwise it stays the caller's.
enum ef_status load_start(struct loader *loader, struct job *job);

// Bytes were released: files that waited for them may be read.
void loader_resume(struct loader *loader);

// Gives back, as cancelled, the jobs that wait for bytes; those that are being read come back by
// themselves.
void loader_abort(struct loader *loader);

// Frees the loader. No job may be in it. Does nothing for NULL.
void loader_close(struct loader *loader);

#endif
