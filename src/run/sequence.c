// SPDX-License-Identifier: MIT
#include "run/sequence.h"

#include "base/check.h"

#include <stdlib.h>

enum { WORD_BITS = 64 };

bool sequence_init(struct sequence *sequence, uint64_t first, uint64_t count)
{
    *sequence = (struct sequence){.first = first, .count = count, .next = first};
    sequence->passed =
        calloc((size_t)(count + WORD_BITS - 1) / WORD_BITS, sizeof *sequence->passed);
    return sequence->passed != NULL;
}

void sequence_free(struct sequence *sequence)
{
    free(sequence->passed);
    *sequence = (struct sequence){0};
}

void sequence_pass(struct sequence *sequence, uint64_t index)
{
    const uint64_t bit = index - sequence->first;
    CHECK(index >= sequence->first && bit < sequence->count);
    sequence->passed[bit / WORD_BITS] |= UINT64_C(1) << bit % WORD_BITS;
}

static bool has_passed(const struct sequence *sequence, uint64_t index)
{
    const uint64_t bit = index - sequence->first;
    return bit < sequence->count && (sequence->passed[bit / WORD_BITS] >> bit % WORD_BITS & 1) != 0;
}

bool sequence_hold(struct sequence *sequence, struct job *job)
{
    struct job **link = &sequence->held;
    if (job->index < sequence->next)
        return false;
    while (*link != NULL && (*link)->index < job->index)
        link = &(*link)->next;
    job->next = *link;
    *link = job;
    return true;
}

void sequence_give_up(struct sequence *sequence, uint64_t index)
{
    if (index > sequence->given_up)
        sequence->given_up = index;
}

// True when there is no job to come of that index, or it would come too late.
static bool may_go_past(const struct sequence *sequence, uint64_t index)
{
    return index < sequence->given_up || has_passed(sequence, index);
}

struct job *sequence_take(struct sequence *sequence)
{
    struct job *taken = sequence->held, **end = &taken;
    for (;; sequence->next++) {
        if (*end != NULL && (*end)->index == sequence->next)
            end = &(*end)->next;
        else if (!may_go_past(sequence, sequence->next))
            break;
    }
    sequence->held = *end;
    *end = NULL;
    return taken;
}
