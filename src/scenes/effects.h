// SPDX-License-Identifier: MIT
//
// Passes over a finished or half-finished picture.
#ifndef SCENES_EFFECTS_H
#define SCENES_EFFECTS_H

#include "canvas.h"

// Lets what is brighter than `threshold` shine over its surroundings.
void effect_bloom(struct canvas *canvas, double threshold, double strength);

// The last pass: darkens towards the corners, and adds film grain that changes
// each channel by at most `grain`.
void effect_finish(struct canvas *canvas, double vignette, double grain, uint32_t seed);

// Copies the rows above `horizon` below it, upside down, mixed with `tint`.
void effect_mirror(struct canvas *canvas, int horizon, struct colour tint, double tinting);

// Bends the rows from `top` down like a water surface seen at a low angle.
void effect_ripple(struct canvas *canvas, int top, double strength, uint32_t seed);

#endif
