// SPDX-License-Identifier: MIT
#include "run/bucket.h"

#include <math.h>

static double missing_at(const struct bucket *bucket, int64_t now_us)
{
    const double refilled = (double)(now_us - bucket->at_us) * bucket->rate / 1e6;
    return fmax(bucket->missing - refilled, 0);
}

// Tokens in a full bucket.
static double size_of(const struct bucket *bucket)
{
    return fmax(bucket->rate / 10, 1);
}

int64_t bucket_ready_us(const struct bucket *bucket, int64_t now_us)
{
    if (bucket->rate <= 0)
        return now_us;
    const double short_of = missing_at(bucket, now_us) + 1 - size_of(bucket);
    // Rounded up, so that the token is there when the time has come.
    return short_of <= 0 ? now_us : now_us + (int64_t)ceil(short_of * 1e6 / bucket->rate) + 1;
}

void bucket_take(struct bucket *bucket, int64_t now_us)
{
    if (bucket->rate <= 0)
        return;
    bucket->missing = missing_at(bucket, now_us) + 1;
    bucket->at_us = now_us;
}
