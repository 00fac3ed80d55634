// SPDX-License-Identifier: MIT
// Jobs that finish in any order, brought into that of their indices: what comes too soon is held
// until everything before it has passed, or is not waited for any longer.
#ifndef RUN_SEQUENCE_H
#define RUN_SEQUENCE_H

#include "run/job.h"

#include <stdbool.h>
#include <stdint.h>

struct sequence {
    uint64_t first, count; // indices from `first` on
    uint64_t next;         // everything before it has been taken, has passed, or was given up
    uint64_t given_up;     // nothing before it is waited for
    uint64_t *passed;      // a bit for each index, of which nothing more will come
    struct job *held;      // that cannot be taken yet, by index, linked by job->next
};

// Returns false when out of memory.
bool sequence_init(struct sequence *sequence, uint64_t first, uint64_t count);

// The jobs that are held are not freed.
void sequence_free(struct sequence *sequence);

// The job of that index will not be held.
void sequence_pass(struct sequence *sequence, uint64_t index);

// Takes the job over. False when it comes too late: what follows it has been taken.
bool sequence_hold(struct sequence *sequence, struct job *job);

// What is missing before that index is not waited for any longer.
void sequence_give_up(struct sequence *sequence, uint64_t index);

// The jobs that nothing is missing before, in the order of their indices, linked by job->next; NULL
// when there is none.
struct job *sequence_take(struct sequence *sequence);

#endif
