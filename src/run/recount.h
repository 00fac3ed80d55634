// SPDX-License-Identifier: MIT
// What a run came to, counted again from the lines of its manifest.
#ifndef RUN_RECOUNT_H
#define RUN_RECOUNT_H

#include "run/tally.h"

#include <jansson.h>

struct recount {
    // Outcomes, failures with their examples, bytes of originals and maps, pixels; and when the
    // first URL was begun and the last one finished, since the epoch.
    struct tally tally;
    uint64_t unknown_codes; // of the failures: codes of a later version
};

// The line that counts about another URL.
void recount_line(struct recount *recount, const json_t *line);

#endif
