// SPDX-License-Identifier: MIT
//
// The picture being drawn: floating-point RGB, and filling of polygons with
// exact pixel coverage, which gives smooth edges without supersampling.
#ifndef SCENES_CANVAS_H
#define SCENES_CANVAS_H

#include "paint.h"

#include <stdbool.h>

enum {
    CANVAS_WIDTH = 1920,
    CANVAS_HEIGHT = 1080,
    CANVAS_CHANNELS = 3,
    CANVAS_BYTES = CANVAS_WIDTH * CANVAS_HEIGHT * CANVAS_CHANNELS,
};

// Columns of one row that the contours being added have touched.
struct canvas_span {
    int first, last;
};

struct canvas {
    float *pixels;             // CANVAS_BYTES values, row by row
    double *area;              // change of coverage from one pixel to the next
    struct canvas_span *spans; // one a row
    int top, bottom;           // rows with a span that is not empty
    float *scratch;            // CANVAS_BYTES values for the effects to use
};

// False when memory runs out; then there is nothing to destroy.
bool canvas_create(struct canvas *canvas);
void canvas_destroy(struct canvas *canvas);
void canvas_clear(struct canvas *canvas, struct colour colour);

// Adds a closed contour to the shape that the next canvas_fill() paints. A
// contour that runs the other way round cuts a hole into one before it.
void canvas_contour(struct canvas *canvas, const struct point *points, int count);
void canvas_fill(struct canvas *canvas, struct paint paint);

// One contour and its fill.
void canvas_polygon(struct canvas *canvas, const struct point *points, int count,
                    struct paint paint);

struct colour canvas_get(const struct canvas *canvas, int x, int y); // clamps x and y
void canvas_set(struct canvas *canvas, int x, int y, struct colour colour);

// Blends one pixel; positions outside the picture are ignored.
void canvas_blend(struct canvas *canvas, int x, int y, struct colour colour, double opacity,
                  enum blend blend);

// Rounds to `bytes`, CANVAS_BYTES of them.
void canvas_to_bytes(const struct canvas *canvas, unsigned char *bytes);

#endif
