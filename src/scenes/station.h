// SPDX-License-Identifier: MIT
//
// What the hall of the station and those in it share.
#ifndef SCENES_STATION_H
#define SCENES_STATION_H

#include "camera.h"
#include "noise.h"

// Metres; the platforms lie at height 0 and the tracks below.
extern const struct camera station_camera;

// Distance takes contrast away and leaves warm light.
struct colour station_haze(struct colour colour, double z);

void station_draw_train(struct canvas *canvas);

// `count` people between two lines along the hall, drawn from far to near.
void station_draw_people(struct canvas *canvas, struct rng *rng, double left, double right,
                         int count);

#endif
