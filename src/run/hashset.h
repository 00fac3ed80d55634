// SPDX-License-Identifier: MIT
// A set of 64-bit values that costs between 9 and 16 bytes a value: what a run remembers of every
// URL it has seen. The values must be well mixed (from a digest); their top 32 bits place them.
#ifndef RUN_HASHSET_H
#define RUN_HASHSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASHSET_TOP UINT64_C(0xFFFFFFFF00000000)

// Open addressing with linear probing. Invariants:
// 1. A slot of 0 is free; 0 is never stored.
// 2. Values with equal top 32 bits start from the same home slot, so a search from there to the
// first
//    free slot meets them all.
// 3. At most 85 % of the slots are used; growth is by 3/2.
struct hashset {
    uint64_t *slots;
    size_t capacity, used;
};

// All zero is an empty set. Frees the memory and makes it one again.
void hashset_free(struct hashset *set);

// The first stored value v with (v & mask) == (value & mask), or NULL. `mask` must contain
// HASHSET_TOP. The caller may change the bits outside HASHSET_TOP, but not to make it 0. The
// pointer is valid until the next hashset_add().
uint64_t *hashset_find(const struct hashset *set, uint64_t value, uint64_t mask);

// How many stored values v have (v & mask) == (value & mask); `mask` as above.
size_t hashset_count(const struct hashset *set, uint64_t value, uint64_t mask);

// Stores a value that is not 0, without looking whether it is there. NULL when out of memory.
uint64_t *hashset_add(struct hashset *set, uint64_t value);

#endif
