// SPDX-License-Identifier: MIT
// The download stage on the event loop: a fixed pool of easy handles on one multi handle.
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "run/transfer.h"

#include <uv.h>

struct fetch;

// At most `slots` transfers at once; their easy handles are made when first needed and then reused.
// `fetched` is called for every job that fetch_start() has taken: its body is complete and sealed,
// or it has failed. NULL when out of memory.
struct fetch *fetch_open(uv_loop_t *loop, const struct transfer_settings *settings, size_t slots,
                         void (*fetched)(void *context, struct job *job), void *context);

// Starts a transfer. On EF_OK the job is the fetch stage's until `fetched`; otherwise it stays the
// caller's. There must be a free slot.
enum ef_status fetch_start(struct fetch *fetch, struct job *job);

// Lets paused transfers try again, oldest first.
void fetch_resume(struct fetch *fetch);

// Breaks all transfers off; each job comes back through `fetched`, as cancelled.
void fetch_abort(struct fetch *fetch);

// Frees everything once the loop has turned. No transfer may be in flight.
void fetch_close(struct fetch *fetch);

#endif
