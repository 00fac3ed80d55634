// SPDX-License-Identifier: MIT
#include "run/lanes.h"

#include "base/check.h"

#include <stddef.h>

enum { WORDS = LIMIT_TRANSFERS / 64 };

_Static_assert(LIMIT_TRANSFERS % 64 == 0, "every bit of the last word is a lane");
_Static_assert(LIMIT_WORKERS <= LIMIT_TRANSFERS, "there is a lane for what every worker brings");

int lanes_take(struct lanes *lanes)
{
    size_t word = 0;
    while (word < WORDS && lanes->taken[word] == UINT64_MAX)
        word++;
    CHECK(word < WORDS);
    const int bit = __builtin_ctzll(~lanes->taken[word]);
    lanes->taken[word] |= UINT64_C(1) << bit;
    return (int)word * 64 + bit;
}

void lanes_give_back(struct lanes *lanes, int lane)
{
    if (lane == NO_LANE)
        return;
    uint64_t *word = &lanes->taken[lane / 64];
    const uint64_t bit = UINT64_C(1) << lane % 64;
    CHECK((*word & bit) != 0);
    *word &= ~bit;
}

uint64_t lanes_taken(const struct lanes *lanes)
{
    uint64_t count = 0;
    for (size_t word = 0; word < WORDS; word++)
        count += (unsigned)__builtin_popcountll(lanes->taken[word]);
    return count;
}
