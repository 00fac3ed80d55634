// SPDX-License-Identifier: MIT
// How fast a run goes of late, and how long it may still take: averages in which what happened ten
// seconds ago counts a third of what happens now. They know nothing before the first picture.
#ifndef CLI_PACE_H
#define CLI_PACE_H

#include <stdint.h>

struct pace {
    int64_t noted_us;
    uint64_t pictures, bytes;           // when last noted
    uint64_t seen;                      // pictures, in all
    double seconds, faded, faded_bytes; // sums that fade
};

// From zero, at the start of the run.
void pace_begin(struct pace *pace, int64_t now_us);

// What there is by now. Bytes may have become fewer: of a body that begins again.
void pace_note(struct pace *pace, int64_t now_us, uint64_t pictures, uint64_t bytes);

// A second; 0 when nothing is known.
double pace_pictures(const struct pace *pace);
double pace_bytes(const struct pace *pace);

// Seconds that `rest` pictures will take; below 0 when that cannot be told.
double pace_left(const struct pace *pace, uint64_t rest);

#endif
