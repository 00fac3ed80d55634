// SPDX-License-Identifier: MIT
#include "cli/pace.h"

#include <math.h>

#define FADES_S 10.0                // to a third, nearly
#define LEFT_MOST_S (100 * 86400.0) // more is not told

void pace_begin(struct pace *pace, int64_t now_us)
{
    *pace = (struct pace){.noted_us = now_us};
}

// Time fades as pictures do, so that the average is right from the first moment on.
void pace_note(struct pace *pace, int64_t now_us, uint64_t pictures, uint64_t bytes)
{
    const double seconds = (double)(now_us - pace->noted_us) / 1e6;
    if (seconds <= 0)
        return;
    const double left = exp(-seconds / FADES_S);
    const uint64_t more = pictures > pace->pictures ? pictures - pace->pictures : 0;
    const uint64_t more_bytes = bytes > pace->bytes ? bytes - pace->bytes : 0;
    pace->seconds = pace->seconds * left + seconds;
    pace->faded = pace->faded * left + (double)more;
    pace->faded_bytes = pace->faded_bytes * left + (double)more_bytes;
    pace->seen += more;
    pace->noted_us = now_us;
    pace->pictures = pictures;
    pace->bytes = bytes;
}

double pace_pictures(const struct pace *pace)
{
    return pace->seconds > 0 ? pace->faded / pace->seconds : 0;
}

double pace_bytes(const struct pace *pace)
{
    return pace->seconds > 0 ? pace->faded_bytes / pace->seconds : 0;
}

double pace_left(const struct pace *pace, uint64_t rest)
{
    enum { FEW = 2 }; // pictures say nothing
    const double speed = pace_pictures(pace);
    if (rest == 0)
        return 0;
    if (pace->seen < FEW || pace->seconds < 1 || speed <= (double)rest / LEFT_MOST_S)
        return -1;
    return (double)rest / speed;
}
