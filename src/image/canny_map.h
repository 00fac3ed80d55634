// SPDX-License-Identifier: MIT
// The map that Canny's hysteresis works on: two bits for every pixel of the picture, 64 pixels to a
// word, so that an edge is followed through many pixels at once.
#ifndef IMAGE_CANNY_MAP_H
#define IMAGE_CANNY_MAP_H

#include <edgefetch/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CANNY_WORD = 64 }; // pixels

// 64 pixels of a row, the leftmost in the lowest bit. No pixel is both; pixels that a row's last
// word has beyond the row are neither.
struct canny_word {
    uint64_t weak; // candidates that touch no edge as yet
    uint64_t edge;
};

// An edge in the stack: pixels of one word whose neighbours have not been looked at.
struct canny_found {
    size_t word;
    uint64_t pixels;
};

// Invariants:
// 1. Row y begins at words[(y + 1) * stride + 1]. The word before each row, the one after the last,
//    and the rows above and below the picture are 0 and stay so: nothing is weak there, so a search
//    may look at every neighbour of every word and never leaves the picture.
// 2. What is put on the stack has just been turned from weak to edge, so everything that was ever
//    put there adds up to at most the number of pixels.
struct canny_map {
    struct canny_word *words;
    size_t stride;
    uint32_t height;
    struct canny_found *stack;
    size_t stacked, room;
};

// An empty map for width x height pixels, both at least 1; false when out of memory, and the map
// may be closed then too.
bool canny_map_open(struct canny_map *map, uint32_t width, uint32_t height);

// The words of row y.
struct canny_word *canny_map_row(struct canny_map *map, uint32_t y);

// Turns every weak pixel that is connected with an edge through weak pixels, in any of eight
// directions, into an edge. Takes time in proportion to the number of pixels, whatever the shape of
// the edges. EF_OK, or EF_OUT_OF_MEMORY when the stack cannot grow.
enum ef_status canny_map_follow(struct canny_map *map);

// Frees what the map holds; a zeroed map holds nothing.
void canny_map_close(struct canny_map *map);

#endif
