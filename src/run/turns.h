// SPDX-License-Identifier: MIT
// How long the turns of an event loop take, without the time it waits: whatever makes one long
// blocks everything else. For --debug and --trace.
#ifndef RUN_TURNS_H
#define RUN_TURNS_H

#include <stdint.h>
#include <uv.h>

struct turns;

// A turn that has ended at `now_us` after `us` microseconds of work, and its longest callback as
// named by turns_enter(); NULL: it was in none.
typedef void turns_ended(void *context, int64_t now_us, int64_t us, const char *callback);

// Watches a loop on which nothing runs yet. Turns longer than `slow_us` microseconds are named in a
// warning each, unless it is 0; every turn is told to `ended`, unless it is NULL. NULL when out of
// memory, or when libuv cannot tell its waiting time.
struct turns *turns_open(uv_loop_t *loop, int64_t slow_us, turns_ended *ended, void *context);

// Around a callback: what it is (a literal) and the URL it works on (printable, or NULL; copied,
// for the callback may be the end of its owner). They do not nest: the outermost one counts. Do
// nothing for NULL.
void turns_enter(struct turns *turns, const char *callback, const char *url);
void turns_leave(struct turns *turns);

// If slow ones were to be named, says what the turns were like: how many, the longest, and within
// which time 99 of 100 were. Stops watching, and frees once the loop has turned. Does nothing for
// NULL.
void turns_close(struct turns *turns);

#endif
