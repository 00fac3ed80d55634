// SPDX-License-Identifier: MIT
//
// Perspective for scenes built in space: a camera that looks along +z, with x
// to the right and y up.
#ifndef SCENES_CAMERA_H
#define SCENES_CAMERA_H

#include "canvas.h"

struct vec3 {
    double x, y, z;
};

struct camera {
    struct vec3 eye;
    struct point centre; // where the line of sight meets the canvas
    double focal;        // in pixels
};

static inline struct vec3 v3(double x, double y, double z)
{
    return (struct vec3){x, y, z};
}

// Points nearer than a little in front of the eye are moved to that distance.
struct point camera_point(const struct camera *camera, struct vec3 at);

// Pixels that one unit of length takes up at depth `z`.
double camera_scale(const struct camera *camera, double z);

void camera_quad(struct canvas *canvas, const struct camera *camera, struct vec3 a, struct vec3 b,
                 struct vec3 c, struct vec3 d, struct paint paint);

// A bar `thickness` units wide, at least one pixel.
void camera_bar(struct canvas *canvas, const struct camera *camera, struct vec3 from,
                struct vec3 to, double thickness, struct paint paint);

#endif
