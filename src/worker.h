// SPDX-License-Identifier: MIT
// The sandboxed side of edgefetch.
#ifndef WORKER_H
#define WORKER_H

// A worker's whole life, as a forkserver_child: locks itself down, says it is ready, then answers
// job after job until the other side of `socket` is gone. `context` is a struct sandbox. It holds
// nothing but the socket and the descriptors of the job in hand, and opens nothing. Returns the
// exit status: 0 when main has gone, 1 when main spoke nonsense, or an enum wire_exit. `wish` is an
// enum wire_wish.
int worker_main(int socket, unsigned wish, const void *context);

#endif
