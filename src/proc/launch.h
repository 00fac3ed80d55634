// SPDX-License-Identifier: MIT
// A fork server as a program of its own, for a process that must not fork because it has threads
// already: it is spawned, which threads do not mind, told what its workers need, and from then on
// speaks as a forked one does.
#ifndef PROC_LAUNCH_H
#define PROC_LAUNCH_H

#include "proc/forkserver.h"
#include "proc/sandbox.h"

#include <stddef.h>

// What its workers are to be.
struct launch_order {
    enum sandbox_level level;
    uint64_t max_pixels, job_seconds, cpu_seconds; // as in struct sandbox
};

// What they will be.
struct launch_answer {
    unsigned walls, missing; // of the sandbox: bits of enum sandbox_wall
    unsigned formats;        // that they can write: a bit for each enum ef_format
};

// Starts `program`, whose main() calls launch_serve(), and waits for its answer, at most
// WAIT_WORKER_START_MS. It gets no descriptor of this process's but its socket, and nothing of what
// it says is seen. The calling thread has to live as long as the fork server. NULL with the reason,
// printable, in `why`.
struct forkserver *launch(const char *program, const struct launch_order *order,
                          struct launch_answer *answer, char *why, size_t size);

// The other side: serves until main is gone, and never returns when it was started by launch();
// otherwise it says so and returns an exit code. `child` gets a struct sandbox as its context.
int launch_serve(forkserver_child *child, unsigned formats);

#endif
