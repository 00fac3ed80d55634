// SPDX-License-Identifier: MIT
//
// The constructors of paints, and the colour a paint has at a pixel.
#include "paint.h"

struct paint flat(struct colour colour)
{
    return (struct paint){.kind = PAINT_FLAT, .opacity = 1.0, .from = colour};
}

struct paint flat_alpha(struct colour colour, double opacity)
{
    return with_opacity(flat(colour), opacity);
}

struct paint glow_paint(struct colour colour, double opacity)
{
    struct paint paint = flat_alpha(colour, opacity);
    paint.blend = BLEND_ADD;
    return paint;
}

struct paint shadow_paint(double opacity)
{
    struct paint paint = flat_alpha(grey(0.0), opacity);
    paint.blend = BLEND_MULTIPLY;
    return paint;
}

struct paint linear(struct point start, struct colour from, struct point end, struct colour to)
{
    return (struct paint){
        .kind = PAINT_LINEAR, .opacity = 1.0, .from = from, .to = to, .start = start, .end = end};
}

struct paint shaded(shade_function *shade, const void *context)
{
    return (struct paint){.kind = PAINT_SHADE, .opacity = 1.0, .shade = shade, .context = context};
}

struct paint with_opacity(struct paint paint, double opacity)
{
    paint.opacity = opacity;
    return paint;
}

static double position_between(struct point start, struct point end, double x, double y)
{
    double dx = end.x - start.x;
    double dy = end.y - start.y;
    double length2 = dx * dx + dy * dy;
    if (!(length2 > 0.0)) {
        return 0.0;
    }
    return clamp(((x - start.x) * dx + (y - start.y) * dy) / length2, 0.0, 1.0);
}

struct colour paint_colour(const struct paint *paint, double x, double y)
{
    switch (paint->kind) {
    case PAINT_LINEAR:
        return mix(paint->from, paint->to, position_between(paint->start, paint->end, x, y));
    case PAINT_SHADE:
        return paint->shade(paint->context, x, y);
    case PAINT_FLAT:
        break;
    }
    return paint->from;
}
