// SPDX-License-Identifier: MIT
#include "run/hashset.h"

#include <stdlib.h>

enum { SMALLEST = 64 };

void hashset_free(struct hashset *set)
{
    free(set->slots);
    *set = (struct hashset){0};
}

static size_t home(const struct hashset *set, uint64_t value)
{
    return (size_t)(((value >> 32) * (uint64_t)set->capacity) >> 32);
}

static size_t after(const struct hashset *set, size_t slot)
{
    return slot + 1 == set->capacity ? 0 : slot + 1;
}

uint64_t *hashset_find(const struct hashset *set, uint64_t value, uint64_t mask)
{
    if (set->capacity == 0)
        return NULL;
    for (size_t slot = home(set, value); set->slots[slot] != 0; slot = after(set, slot))
        if (((set->slots[slot] ^ value) & mask) == 0)
            return &set->slots[slot];
    return NULL;
}

size_t hashset_count(const struct hashset *set, uint64_t value, uint64_t mask)
{
    size_t count = 0;
    if (set->capacity == 0)
        return 0;
    for (size_t slot = home(set, value); set->slots[slot] != 0; slot = after(set, slot))
        count += ((set->slots[slot] ^ value) & mask) == 0;
    return count;
}

static uint64_t *place(struct hashset *set, uint64_t value)
{
    size_t slot = home(set, value);
    while (set->slots[slot] != 0)
        slot = after(set, slot);
    set->slots[slot] = value;
    set->used++;
    return &set->slots[slot];
}

static bool grow(struct hashset *set)
{
    const size_t capacity = set->capacity < SMALLEST ? SMALLEST : set->capacity / 2 * 3;
    struct hashset larger = {calloc(capacity, sizeof *larger.slots), capacity, 0};
    if (larger.slots == NULL || capacity > UINT32_MAX) {
        free(larger.slots);
        return false;
    }
    for (size_t slot = 0; slot < set->capacity; slot++)
        if (set->slots[slot] != 0)
            place(&larger, set->slots[slot]);
    free(set->slots);
    *set = larger;
    return true;
}

uint64_t *hashset_add(struct hashset *set, uint64_t value)
{
    if ((set->used + 1) * 100 > set->capacity * 85 && !grow(set))
        return NULL;
    return place(set, value);
}
