// SPDX-License-Identifier: MIT
//
// The shapes scenes are put together from, each filled with one paint.
#ifndef SCENES_SHAPES_H
#define SCENES_SHAPES_H

#include "canvas.h"

enum {
    SHAPE_MAX_POINTS = 512, // of a line's course; further ones are left out
};

void shape_rect(struct canvas *canvas, double x, double y, double width, double height,
                struct paint paint);
void shape_round_rect(struct canvas *canvas, double x, double y, double width, double height,
                      double radius, struct paint paint);
void shape_quad(struct canvas *canvas, struct point a, struct point b, struct point c,
                struct point d, struct paint paint);
void shape_triangle(struct canvas *canvas, struct point a, struct point b, struct point c,
                    struct paint paint);
void shape_ellipse(struct canvas *canvas, struct point centre, double rx, double ry,
                   struct paint paint);
void shape_ring(struct canvas *canvas, struct point centre, double outer, double inner,
                struct paint paint);

// A piece of a ring, between two angles (radians, clockwise from the right).
void shape_sector(struct canvas *canvas, struct point centre, double inner, double outer,
                  double from, double to, struct paint paint);

void shape_line(struct canvas *canvas, struct point from, struct point to, double width,
                struct paint paint);
void shape_taper(struct canvas *canvas, struct point from, double from_width, struct point to,
                 double to_width, struct paint paint);
void shape_polyline(struct canvas *canvas, const struct point *points, int count, double width,
                    struct paint paint);

// A quadratic Bezier curve; `bend` is its control point.
void shape_curve(struct canvas *canvas, struct point from, struct point bend, struct point to,
                 double width, struct paint paint);
struct point curve_point(struct point from, struct point bend, struct point to, double t);

// A spot that fades to nothing at its border.
void shape_spot(struct canvas *canvas, struct point centre, double rx, double ry,
                struct colour colour, double opacity, enum blend blend);

// Fills `points` with `count` positions along an arc, both ends included.
void arc_points(struct point *points, int count, struct point centre, double rx, double ry,
                double from, double to);

// The position at `angle` and `radius` around `centre`.
struct point polar(struct point centre, double radius, double angle);

#endif
