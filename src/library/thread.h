// SPDX-License-Identifier: MIT
// A run and its thread.
#ifndef LIBRARY_THREAD_H
#define LIBRARY_THREAD_H

#include "library/inbox.h"
#include "library/order.h"

struct ef_run {
    struct ef_run_callbacks callbacks;
    void *context;
    pthread_t thread;
    struct inbox inbox;
    struct interrupt interrupt;
    pthread_mutex_t asking; // it to end

    // The thread's own.
    struct order order;
    char failure[EF_RUN_ERROR_BYTES]; // the first message of the kind EF_RUN_ERROR
    struct news *end;                 // made at the start, so that there always is one
};

// Does the run from its first file to its last message; the end is its last news. Must be started
// with every signal blocked. Returns NULL.
void *thread_main(void *run);

#endif
