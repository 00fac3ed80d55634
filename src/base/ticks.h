// SPDX-License-Identifier: MIT
// The processor's own counter: for what is timed so often that clock_us() would be part of what it
// measures (twice a row of a picture and more: a twentieth of a small one). Its rate is unknown and
// need not be known: ticks only share out a time that clock_us() has measured.
#ifndef BASE_TICKS_H
#define BASE_TICKS_H

#include "base/clock.h"

#include <stdint.h>

static inline uint64_t ticks_now(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return (uint64_t)clock_us();
#endif
}

// Of `us` microseconds, 0 or more, in which `all` ticks passed: those of `part` ticks. From 0 to
// `us`, whatever the counters of different processors say of each other.
int64_t ticks_share(uint64_t part, uint64_t all, int64_t us);

#endif
