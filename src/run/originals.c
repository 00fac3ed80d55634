// SPDX-License-Identifier: MIT
#include "run/originals.h"

#include "run/digest.h"

#include <stdlib.h>

enum { SMALLEST = 64 };

void originals_free(struct originals *originals)
{
    free(originals->slots);
    *originals = (struct originals){0};
}

// Never 0, which is a free slot.
static uint64_t key_of(const char *url)
{
    const uint64_t key = digest_key(url);
    return key != 0 ? key : 1;
}

// The slot that has the key, or the free one where it belongs.
static struct original_slot *slot_of(const struct originals *originals, uint64_t key)
{
    size_t at = (size_t)(key % originals->capacity);
    while (originals->slots[at].url != 0 && originals->slots[at].url != key)
        at = at + 1 == originals->capacity ? 0 : at + 1;
    return &originals->slots[at];
}

static bool grow(struct originals *originals)
{
    struct originals larger = {.capacity =
                                   originals->capacity == 0 ? SMALLEST : originals->capacity * 2,
                               .used = originals->used};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < originals->capacity; i++)
        if (originals->slots[i].url != 0)
            *slot_of(&larger, originals->slots[i].url) = originals->slots[i];
    free(originals->slots);
    *originals = larger;
    return true;
}

bool originals_note(struct originals *originals, const char *url, struct line_place place)
{
    const uint64_t key = key_of(url);
    if ((originals->used + 1) * 4 > originals->capacity * 3 && !grow(originals))
        return false;
    struct original_slot *slot = slot_of(originals, key);
    originals->used += slot->url == 0;
    *slot = (struct original_slot){key, place};
    return true;
}

bool originals_find(const struct originals *originals, const char *url, struct line_place *place)
{
    if (originals->used == 0)
        return false;
    const struct original_slot *slot = slot_of(originals, key_of(url));
    *place = slot->place;
    return slot->url != 0;
}
