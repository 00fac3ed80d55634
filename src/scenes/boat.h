// SPDX-License-Identifier: MIT
//
// A sailing boat with one or two masts.
#ifndef SCENES_BOAT_H
#define SCENES_BOAT_H

#include "canvas.h"

// Where and how big a boat is drawn; `flip` is -1 for its image in the water.
struct berth {
    struct point waterline;
    double size, flip, opacity;
    struct colour hull, stripe;
};

void draw_boat(struct canvas *canvas, const struct berth *berth, bool two_masts);

#endif
