// SPDX-License-Identifier: MIT
//
// Colours, and the paints that shapes are filled with.
#ifndef SCENES_PAINT_H
#define SCENES_PAINT_H

#include "maths.h"

#include <stddef.h> // NULL, for paints without a context
#include <stdint.h>

// Display (gamma encoded) values, 0..1; larger ones are kept until output.
struct colour {
    double r, g, b;
};

enum blend {
    BLEND_OVER,
    BLEND_ADD,
    BLEND_MULTIPLY,
};

// The colour at a pixel's centre.
typedef struct colour shade_function(const void *context, double x, double y);

enum paint_kind {
    PAINT_FLAT,
    PAINT_LINEAR,
    PAINT_SHADE,
};

struct paint {
    enum paint_kind kind;
    enum blend blend;
    double opacity;
    struct colour from, to;  // flat: `from`; linear: the two ends
    struct point start, end; // linear: where the ends are
    shade_function *shade;
    const void *context; // handed to `shade`
};

// From 0xRRGGBB.
static inline struct colour rgb(uint32_t hex)
{
    return (struct colour){
        .r = ((hex >> 16) & 0xffu) / 255.0,
        .g = ((hex >> 8) & 0xffu) / 255.0,
        .b = (hex & 0xffu) / 255.0,
    };
}

static inline struct colour grey(double level)
{
    return (struct colour){level, level, level};
}

static inline struct colour mix(struct colour from, struct colour to, double t)
{
    return (struct colour){lerp(from.r, to.r, t), lerp(from.g, to.g, t), lerp(from.b, to.b, t)};
}

static inline struct colour scale(struct colour colour, double factor)
{
    return (struct colour){colour.r * factor, colour.g * factor, colour.b * factor};
}

static inline struct colour add(struct colour a, struct colour b)
{
    return (struct colour){a.r + b.r, a.g + b.g, a.b + b.b};
}

struct paint flat(struct colour colour);
struct paint flat_alpha(struct colour colour, double opacity);
struct paint glow_paint(struct colour colour, double opacity); // adds light
struct paint shadow_paint(double opacity);                     // darkens
struct paint linear(struct point start, struct colour from, struct point end, struct colour to);
struct paint shaded(shade_function *shade, const void *context);
struct paint with_opacity(struct paint paint, double opacity);

struct colour paint_colour(const struct paint *paint, double x, double y);

#endif
