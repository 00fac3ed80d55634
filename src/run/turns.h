// SPDX-License-Identifier: MIT
// How long the turns of an event loop take, without the time it waits: whatever makes one long
// blocks everything else. For --debug.
#ifndef RUN_TURNS_H
#define RUN_TURNS_H

#include <stdint.h>
#include <uv.h>

struct turns;

// Watches a loop on which nothing runs yet. Turns longer than `slow_us` microseconds are named in a
// warning each. NULL when out of memory, or when libuv cannot tell its waiting time.
struct turns *turns_open(uv_loop_t *loop, int64_t slow_us);

// Around a callback: what it is (a literal) and the URL it works on (printable, or NULL; copied,
// for the callback may be the end of its owner). They do not nest: the outermost one counts. Do
// nothing for NULL.
void turns_enter(struct turns *turns, const char *callback, const char *url);
void turns_leave(struct turns *turns);

// Says what the turns were like: how many, the longest, and within which time 99 of 100 were. Stops
// watching, and frees once the loop has turned. Does nothing for NULL.
void turns_close(struct turns *turns);

#endif
