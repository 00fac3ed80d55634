// SPDX-License-Identifier: MIT
// What becomes possible at a time: a binary heap of moments, the earliest on top. Whoever waits has
// a `struct due` among its members.
#ifndef RUN_DUE_H
#define RUN_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due {
    int64_t at_us;
    size_t place; // in the heap, from 1; 0: it is in none
};

// All zero is an empty heap.
struct due_heap {
    struct due **items;
    size_t count, capacity;
};

// Adds one that is in no heap. False when out of memory.
bool due_add(struct due_heap *heap, struct due *due, int64_t at_us);

// Takes one out. Does nothing for one that is in no heap.
void due_remove(struct due_heap *heap, struct due *due);

// The earliest one, or NULL.
struct due *due_first(const struct due_heap *heap);

// Its time; INT64_MAX when there is none.
int64_t due_next_us(const struct due_heap *heap);

void due_free(struct due_heap *heap);

#endif
