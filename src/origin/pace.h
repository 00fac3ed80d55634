// SPDX-License-Identifier: MIT
// Waiting that a stop ends at once, and an even rate made from it.
#ifndef ORIGIN_PACE_H
#define ORIGIN_PACE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Shared by all threads that wait. Not to be copied or moved.
struct sleeper {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopped;
};

// Returns 0, or -1 with errno.
int sleeper_init(struct sleeper *sleeper);

// No thread may be waiting any more.
void sleeper_destroy(struct sleeper *sleeper);

// Returns true at `when_us` (of clock_us()), at once if that has passed, or false as soon as
// sleeper_stop() has been called, before or during the wait.
bool sleeper_until(struct sleeper *sleeper, int64_t when_us);

// Ends every wait, now and from now on. For any thread.
void sleeper_stop(struct sleeper *sleeper);

// One paced response; used by one thread at a time.
struct pace {
    uint64_t rate;    // bytes per second, 0: no limit
    int64_t start_us; // when byte 0 would have gone, had there never been a delay
};

// Starts the clock of a response of `rate` bytes per second.
void pace_init(struct pace *pace, uint64_t rate);

// Waits until the next bytes of the response, from `position` on, are due. Returns how many, 1 to
// `size` (which must not be 0), never more than 50 ms' worth (or 1), or 0 when the sleeper was
// stopped. Bytes are due at the end of the time that they take, so there is no burst at the start
// and the last byte is on time.
size_t pace_next(struct pace *pace, uint64_t position, size_t size, struct sleeper *sleeper);

#endif
