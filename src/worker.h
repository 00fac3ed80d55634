// SPDX-License-Identifier: MIT
// The sandboxed side of edgefetch.
#ifndef WORKER_H
#define WORKER_H

// A worker's whole life, as a forkserver_child: locks itself down, says it is ready, then answers
// job after job until the other side of `socket` is gone. `context` is a struct sandbox_options. It
// holds nothing but the socket and the descriptors of the job in hand, and opens nothing. Returns
// the exit status: 0 when main has gone, 1 when the lock-down failed or main spoke nonsense, and
// WIRE_EXIT_WANTS_CODEC. `wish` is an enum wire_wish.
int worker_main(int socket, unsigned wish, const void *context);

#endif
