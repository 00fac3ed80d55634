// SPDX-License-Identifier: MIT
// How the downloads of a run are scheduled. Everything else (lists, hosts, limits, the set-up of a
// transfer, workers, outputs, manifest) is the same in every mode, and so are the outputs.
#ifndef RUN_MODE_H
#define RUN_MODE_H

#include "run/load.h"
#include "run/transfer.h"
#include "run/turns.h"

#include <uv.h>

// What a mode may use. `fetched` is called on the loop, never from within start(), for every job
// that start() has taken: its body is complete and sealed, or it has failed.
struct mode_means {
    uv_loop_t *loop;
    struct transfer_settings *settings; // its own until the stage is closed
    size_t slots;                       // transfers at once
    const struct load_stored *stored;   // for mode_local: instead of local pictures, or NULL
    struct turns *turns;                // to be told of callbacks that may take long; or NULL
    void (*fetched)(void *context, struct job *job);
    void *context;
};

struct mode {
    // Opens the download stage; NULL when out of memory.
    void *(*open)(const struct mode_means *means);
    // Starts a transfer. On EF_OK the job is the stage's until `fetched`; otherwise it stays the
    // caller's. There is a free slot.
    enum ef_status (*start)(void *stage, struct job *job);
    // Bytes were released: transfers that had to wait for some may go on.
    void (*resume)(void *stage);
    // Breaks all transfers off; each job comes back through `fetched`, as cancelled.
    void (*abort)(void *stage);
    // Frees the stage once the loop has turned; NULL is nothing. No transfer may be in flight.
    void (*close)(void *stage);

    uint64_t most; // transfers at once, whatever --limit says; 0: any number
    // Downloads and processing take turns: neither begins while the other has anything to do.
    bool in_turns;
};

extern const struct mode mode_async;   // engine_async.c: all transfers on one multi handle
extern const struct mode mode_threads; // engine_threads.c: a thread for each, which blocks
extern const struct mode mode_sync;    // engine_sync.c: one, and the loop waits for it
extern const struct mode mode_local; // engine_local.c: files instead of transfers, local or stored

#endif
