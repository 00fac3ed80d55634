// SPDX-License-Identifier: MIT
// What takes the place of the download stage for local and for stored pictures: files are read into
// memory by libuv's threads, under the same limits and the same back-pressure.
#ifndef RUN_LOAD_H
#define RUN_LOAD_H

#include "run/budget.h"
#include "run/job.h"
#include "run/originals.h"

#include <uv.h>

struct loader;

// What earlier runs have downloaded: a job's file is then the original that the manifest tells of,
// which becomes job->original.
struct load_stored {
    int directory, manifest; // descriptors
    const struct originals *originals;
};

// `max_bytes` is the largest file. `loaded` is called for every job that load_start() has taken:
// its body is complete and sealed, or it has failed. `stored` is NULL for local pictures. NULL when
// out of memory.
struct loader *loader_open(uv_loop_t *loop, struct budget *budget, uint64_t max_bytes,
                           const struct load_stored *stored,
                           void (*loaded)(void *context, struct job *job), void *context);

// Starts reading the file job->url.request, or the job's original; its share of the budget has
// begun. On EF_OK the job is the loader's until `loaded`; otherwise it stays the caller's.
enum ef_status load_start(struct loader *loader, struct job *job);

// Bytes were released: files that waited for them may be read.
void loader_resume(struct loader *loader);

// Gives back, as cancelled, the jobs that wait for bytes; those that are being read come back by
// themselves.
void loader_abort(struct loader *loader);

// Frees the loader. No job may be in it. Does nothing for NULL.
void loader_close(struct loader *loader);

#endif
