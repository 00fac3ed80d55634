// SPDX-License-Identifier: MIT
//
// The parts of a circuit board: traces, chips and what surrounds them.
#ifndef SCENES_CIRCUIT_PARTS_H
#define SCENES_CIRCUIT_PARTS_H

#include "canvas.h"
#include "noise.h"

enum {
    CIRCUIT_GRID = 12,    // pitch of traces, pins and contacts
    TRACE_MAX_POINTS = 8, // of a trace's course; further ones are left out
};

// A plated hole.
void draw_via(struct canvas *canvas, struct point at, double radius);
void draw_trace(struct canvas *canvas, const struct point *course, int count, double width);

// Pseudo lettering; here and below, `x` and `y` are the upper left corner.
void draw_print(struct canvas *canvas, struct rng *rng, double x, double y, int letters,
                double size);
void draw_chip(struct canvas *canvas, struct rng *rng, double x, double y, double w, double h);
void draw_processor(struct canvas *canvas, struct rng *rng, double x, double y, double size);

// Seen from above, around its centre.
void draw_capacitor(struct canvas *canvas, double x, double y, double r);

// A resistor or a ceramic capacitor.
void draw_part(struct canvas *canvas, struct rng *rng, double x, double y, bool upright);
void draw_crystal(struct canvas *canvas, struct rng *rng, double x, double y);

#endif
