// SPDX-License-Identifier: MIT
// A token bucket for callbacks: so many starts a second, and after a rest a tenth of a second's
// worth at once, since timers are not exact.
#ifndef RUN_BUCKET_H
#define RUN_BUCKET_H

#include <stdint.h>

// All zero lets everything pass.
struct bucket {
    double rate;    // tokens a second; 0: no limit
    double missing; // tokens that a full bucket has and this one had not at `at_us`
    int64_t at_us;
};

// When the next token can be taken: `now_us` or later.
int64_t bucket_ready_us(const struct bucket *bucket, int64_t now_us);

// Takes one; bucket_ready_us() must have said now.
void bucket_take(struct bucket *bucket, int64_t now_us);

#endif
