// SPDX-License-Identifier: MIT
// Monotonic time, and what relates it to the calendar.
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

// Microseconds since an arbitrary start; never goes back.
int64_t clock_us(void);

// What has to be added to clock_us() now for microseconds since the epoch. Take it once: the
// calendar may be set while a run goes on.
int64_t clock_to_epoch_us(void);

#endif
