// SPDX-License-Identifier: MIT
#include "origin/pace.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"

#define US_PER_S 1000000

// One chunk's worth of time.
#define CHUNKS_PER_S 20

// A response that is later than this, because its client did not read or the machine was busy, does
// not make up for the rest of it: that would be a burst above the rate.
#define CREDIT_US 100000

int sleeper_init(struct sleeper *sleeper)
{
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error == 0) {
        // The clock of clock_us().
        error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        if (error == 0)
            error = pthread_cond_init(&sleeper->wake, &attributes);
        pthread_condattr_destroy(&attributes);
    }
    if (error == 0) {
        error = pthread_mutex_init(&sleeper->mutex, NULL);
        if (error != 0)
            pthread_cond_destroy(&sleeper->wake);
    }
    sleeper->stopped = false;
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

void sleeper_destroy(struct sleeper *sleeper)
{
    pthread_mutex_destroy(&sleeper->mutex);
    pthread_cond_destroy(&sleeper->wake);
}

bool sleeper_until(struct sleeper *sleeper, int64_t when_us)
{
    const struct timespec when = {
        .tv_sec = (time_t)(when_us / US_PER_S),
        .tv_nsec = (long)(when_us % US_PER_S) * 1000,
    };
    pthread_mutex_lock(&sleeper->mutex);
    int error = 0;
    while (!sleeper->stopped && error == 0 && clock_us() < when_us)
        error = pthread_cond_timedwait(&sleeper->wake, &sleeper->mutex, &when);
    const bool stopped = sleeper->stopped;
    pthread_mutex_unlock(&sleeper->mutex);
    return !stopped;
}

void sleeper_stop(struct sleeper *sleeper)
{
    pthread_mutex_lock(&sleeper->mutex);
    sleeper->stopped = true;
    pthread_cond_broadcast(&sleeper->wake);
    pthread_mutex_unlock(&sleeper->mutex);
}

void pace_init(struct pace *pace, uint64_t rate)
{
    pace->rate = rate;
    pace->start_us = clock_us();
}

size_t pace_next(struct pace *pace, uint64_t position, size_t size, struct sleeper *sleeper)
{
    if (pace->rate == 0)
        return sleeper_until(sleeper, 0) ? size : 0;
    const uint64_t worth = pace->rate / CHUNKS_PER_S;
    size_t count = size;
    if (worth < count)
        count = worth > 0 ? (size_t)worth : 1;

    // From the start and not from the chunk before, so that no error adds up.
    const double seconds = (double)(position + count) / (double)pace->rate;
    const int64_t due_us = pace->start_us + (int64_t)(seconds * US_PER_S);
    const int64_t late_us = clock_us() - due_us;
    if (late_us > CREDIT_US)
        pace->start_us += late_us;
    return sleeper_until(sleeper, due_us) ? count : 0;
}
