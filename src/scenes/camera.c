// SPDX-License-Identifier: MIT
//
// Projection of points, quadrangles and bars.
#include "camera.h"

#include "shapes.h"

static const double nearest_depth = 0.05;

double camera_scale(const struct camera *camera, double z)
{
    return camera->focal / larger(z - camera->eye.z, nearest_depth);
}

struct point camera_point(const struct camera *camera, struct vec3 at)
{
    double pixels = camera_scale(camera, at.z);
    return pt(camera->centre.x + (at.x - camera->eye.x) * pixels,
              camera->centre.y - (at.y - camera->eye.y) * pixels);
}

void camera_quad(struct canvas *canvas, const struct camera *camera, struct vec3 a, struct vec3 b,
                 struct vec3 c, struct vec3 d, struct paint paint)
{
    shape_quad(canvas, camera_point(camera, a), camera_point(camera, b), camera_point(camera, c),
               camera_point(camera, d), paint);
}

void camera_bar(struct canvas *canvas, const struct camera *camera, struct vec3 from,
                struct vec3 to, double thickness, struct paint paint)
{
    shape_taper(canvas, camera_point(camera, from),
                larger(thickness * camera_scale(camera, from.z), 1.0), camera_point(camera, to),
                larger(thickness * camera_scale(camera, to.z), 1.0), paint);
}
