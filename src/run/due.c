// SPDX-License-Identifier: MIT
#include "run/due.h"

#include <stdlib.h>

static void put(struct due_heap *heap, size_t at, struct due *due)
{
    heap->items[at - 1] = due;
    due->place = at;
}

// Moves the one at a place up or down to where it belongs.
static void settle(struct due_heap *heap, size_t at, struct due *due)
{
    while (at > 1 && heap->items[at / 2 - 1]->at_us > due->at_us) {
        put(heap, at, heap->items[at / 2 - 1]);
        at /= 2;
    }
    for (size_t child; (child = 2 * at) <= heap->count; at = child) {
        if (child < heap->count && heap->items[child]->at_us < heap->items[child - 1]->at_us)
            child++;
        if (heap->items[child - 1]->at_us >= due->at_us)
            break;
        put(heap, at, heap->items[child - 1]);
    }
    put(heap, at, due);
}

bool due_add(struct due_heap *heap, struct due *due, int64_t at_us)
{
    if (heap->count == heap->capacity) {
        const size_t capacity = heap->capacity == 0 ? 16 : 2 * heap->capacity;
        struct due **items = realloc(heap->items, capacity * sizeof(struct due *));
        if (items == NULL)
            return false;
        heap->items = items;
        heap->capacity = capacity;
    }
    due->at_us = at_us;
    heap->count++;
    settle(heap, heap->count, due);
    return true;
}

void due_remove(struct due_heap *heap, struct due *due)
{
    const size_t at = due->place;
    if (at == 0)
        return;
    due->place = 0;
    struct due *last = heap->items[--heap->count];
    if (last != due)
        settle(heap, at, last);
}

struct due *due_first(const struct due_heap *heap)
{
    return heap->count > 0 ? heap->items[0] : NULL;
}

int64_t due_next_us(const struct due_heap *heap)
{
    return heap->count > 0 ? heap->items[0]->at_us : INT64_MAX;
}

void due_free(struct due_heap *heap)
{
    free(heap->items);
    *heap = (struct due_heap){0};
}
