// SPDX-License-Identifier: MIT
//
// The things that stand between the books. Each is drawn on a shelf at height
// `foot`, around `x`.
#ifndef SCENES_ORNAMENTS_H
#define SCENES_ORNAMENTS_H

#include "canvas.h"
#include "noise.h"

void draw_vase(struct canvas *canvas, double x, double foot);
void draw_fern(struct canvas *canvas, struct rng *rng, double x, double foot);
void draw_globe(struct canvas *canvas, double x, double foot);

#endif
