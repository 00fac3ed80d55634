// SPDX-License-Identifier: MIT
// Between the two sides of the fork server: its messages and the loop of the forked side. Both ends
// are the same program, forked, so a struct is its own encoding.
#ifndef PROC_FORKSERVER_LOOP_H
#define PROC_FORKSERVER_LOOP_H

#include "proc/forkserver.h"

enum forkserver_request {
    FORKSERVER_REQUEST_SPAWN = 1, // main -> fork server
    FORKSERVER_REQUEST_KILL,      // main -> fork server
    FORKSERVER_REPORT_SPAWNED,    // fork server -> main, with the worker's socket
    FORKSERVER_REPORT_DIED,       // fork server -> main
};

struct forkserver_message {
    uint32_t kind; // enum forkserver_request
    uint32_t wish; // of a spawn
    int32_t pid, status, error;
    uint64_t id, cpu_us, peak_kib;
};

// A fork server that runs already. Its socket is then the struct's. NULL when it cannot be made
// non-blocking or memory is short: the socket is closed and the process, which ends of that, waited
// for.
struct forkserver *forkserver_of(int control, pid_t pid);

// Serves `control` until main is gone; never returns. `parent` is main's process id.
_Noreturn void forkserver_loop(int control, pid_t parent, forkserver_child *child,
                               const void *context);

#endif
