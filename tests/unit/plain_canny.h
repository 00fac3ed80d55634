// SPDX-License-Identifier: MIT
// Canny's detector written down plainly, for the tests: whole pictures, one pixel at a time,
// nothing shared with the program's arithmetic.
#ifndef UNIT_PLAIN_CANNY_H
#define UNIT_PLAIN_CANNY_H

#include <stdbool.h>
#include <stdint.h>

enum { PLAIN_LARGEST = 400 * 300 }; // pixels

struct plain_picture {
    int width, height;
    uint8_t pixels[PLAIN_LARGEST];
};

struct plain_thresholds {
    int low, high;
};

// All that is known of a picture, a pixel each.
struct plain_canny {
    int dx[PLAIN_LARGEST], dy[PLAIN_LARGEST];
    int64_t magnitude[PLAIN_LARGEST];
    enum { PLAIN_NOTHING, PLAIN_CANDIDATE, PLAIN_EDGE } map[PLAIN_LARGEST];
    int queue[PLAIN_LARGEST];
};

// What the functions below work on.
extern struct plain_canny plain_canny;

// Fills all of it.
void plain_detect(const struct plain_picture *picture, struct plain_thresholds thresholds, bool l2);

// Hysteresis alone, on the map: breadth first from every edge.
void plain_follow(int width, int height);

#endif
