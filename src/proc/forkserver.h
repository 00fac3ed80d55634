// SPDX-License-Identifier: MIT
// The fork server: the one process that forks.
//
// libcurl's resolver and libuv's file operations start threads, and a child forked after that may
// only exec. So main forks the fork server first of all, while it has a single thread, and the fork
// server, which never has a second one, forks every worker: the first ones and their replacements.
//
//     main ──control socket──▶ fork server ──fork──▶ worker
//       ◀── spawned {id, pid} + the worker's socket
//       ◀── died {id, how}
//
// When main ends, in whatever way, the control socket closes and the fork server ends; when the
// fork server ends, in whatever way, the kernel kills the workers (PR_SET_PDEATHSIG).
#ifndef PROC_FORKSERVER_H
#define PROC_FORKSERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct forkserver;

// A worker's life: serves its socket until the other side is gone, then returns its exit status. It
// runs with all signals at their defaults except those a terminal or a batch system sends to whole
// process groups (SIGINT, SIGTERM, SIGHUP), which are ignored: main decides when workers stop.
// `wish` is what forkserver_spawn() was given.
typedef int forkserver_child(int socket, unsigned wish, const void *context);

enum forkserver_event_kind { FORKSERVER_SPAWNED, FORKSERVER_DIED };

struct forkserver_event {
    enum forkserver_event_kind kind;
    uint64_t id;       // as given to forkserver_spawn()
    pid_t pid;         // 0 when the spawn failed
    int socket;        // SPAWNED: the worker's socket, now the caller's; -1 otherwise
    int error;         // SPAWNED: errno when the fork failed, else 0
    int status;        // DIED: as from waitpid(2)
    uint64_t cpu_us;   // DIED: user and system time it used
    uint64_t peak_kib; // DIED: its largest resident set
};

// Forks the fork server. `child` and `context` (which it shares by being forked) are what every
// worker runs. NULL, with errno, when the process already has a second thread (EBUSY) or the system
// refuses. The process must not have had a libuv loop either: libuv's own fork handler would close
// descriptors of the workers.
struct forkserver *forkserver_start(forkserver_child *child, const void *context);

// Non-blocking, readable when an event waits.
int forkserver_socket(const struct forkserver *forkserver);

// Asks for a worker, or for a worker's SIGKILL. `id` is the caller's and unique; `wish` goes to the
// worker as it is. Return 0, or -1 when the fork server is gone.
__attribute__((warn_unused_result)) int forkserver_spawn(struct forkserver *forkserver, uint64_t id,
                                                         unsigned wish);
__attribute__((warn_unused_result)) int forkserver_kill(struct forkserver *forkserver, uint64_t id);

// Takes the next event. Returns 1 with an event, 0 when there is none now, -1 when the fork server
// is gone.
int forkserver_next(struct forkserver *forkserver, struct forkserver_event *event);

// What the fork server and all its workers have used.
struct forkserver_usage {
    int64_t cpu_us;      // user and system time, together
    uint64_t peak_bytes; // the largest resident set of one process
};

// Ends the fork server and every worker, waits for it, frees. Workers whose sockets were closed
// before leave by themselves; busy ones are killed, and the fork server too when it does not leave
// within WAIT_FORKSERVER_STOP_MS. Does nothing for NULL. Returns what they have used.
struct forkserver_usage forkserver_stop(struct forkserver *forkserver);

#endif
