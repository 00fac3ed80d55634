// SPDX-License-Identifier: MIT
#include "image/canny_map.h"

#include <stdlib.h>

enum { FIRST_ROOM = 256 };

bool canny_map_open(struct canny_map *map, uint32_t width, uint32_t height)
{
    const uint64_t stride = ((uint64_t)width + CANNY_WORD - 1) / CANNY_WORD + 1;
    const uint64_t count = stride * ((uint64_t)height + 2) + 1; // below 2^60
    *map = (struct canny_map){.stride = (size_t)stride, .height = height};
    if (count <= SIZE_MAX / sizeof *map->words)
        map->words = calloc((size_t)count, sizeof *map->words);
    return map->words != NULL;
}

struct canny_word *canny_map_row(struct canny_map *map, uint32_t y)
{
    return map->words + ((size_t)y + 1) * map->stride + 1;
}

void canny_map_close(struct canny_map *map)
{
    free(map->words);
    free(map->stack);
    *map = (struct canny_map){0};
}

static bool push(struct canny_map *map, struct canny_found found)
{
    if (map->stacked == map->room) {
        const size_t room = map->room == 0 ? FIRST_ROOM : 2 * map->room;
        struct canny_found *const larger = reallocarray(map->stack, room, sizeof *larger);
        if (larger == NULL)
            return false;
        map->stack = larger;
        map->room = room;
    }
    map->stack[map->stacked++] = found;
    return true;
}

// `pixels` of a word touch an edge: those that are weak become edges, and the weak pixels that are
// connected with them in the word.
static inline bool reach(struct canny_map *map, size_t index, uint64_t pixels)
{
    struct canny_word *const word = &map->words[index];
    uint64_t found = word->weak & pixels;
    if (found == 0)
        return true;
    for (uint64_t before = 0; before != found;) {
        before = found;
        found |= word->weak & (found << 1 | found >> 1);
    }
    word->weak &= ~found;
    word->edge |= found;
    return push(map, (struct canny_found){index, found});
}

// The three words of a column, seen from `pixels` of the middle one or of the one beside it.
static inline bool reach_column(struct canny_map *map, size_t index, uint64_t pixels)
{
    return reach(map, index - map->stride, pixels) && reach(map, index, pixels) &&
           reach(map, index + map->stride, pixels);
}

// Looks at all neighbours of an edge.
static inline bool spread(struct canny_map *map, struct canny_found edge)
{
    const uint64_t pixels = edge.pixels;
    const uint64_t leftmost = 1, rightmost = leftmost << (CANNY_WORD - 1);
    return reach_column(map, edge.word, pixels | pixels << 1 | pixels >> 1) &&
           (!(pixels & leftmost) || reach_column(map, edge.word - 1, rightmost)) &&
           (!(pixels & rightmost) || reach_column(map, edge.word + 1, leftmost));
}

enum ef_status canny_map_follow(struct canny_map *map)
{
    const size_t end = (map->height + (size_t)1) * map->stride;
    for (size_t word = map->stride; word < end; word++) {
        const uint64_t edge = map->words[word].edge;
        if (edge == 0)
            continue;
        if (!spread(map, (struct canny_found){word, edge}))
            return EF_OUT_OF_MEMORY;
        while (map->stacked > 0)
            if (!spread(map, map->stack[--map->stacked]))
                return EF_OUT_OF_MEMORY;
    }
    return EF_OK;
}
