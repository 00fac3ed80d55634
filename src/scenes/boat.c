// SPDX-License-Identifier: MIT
//
// Hull, cabin, masts and rigging, drawn in the boat's own frame.
#include "boat.h"

#include "shapes.h"

// A position in the boat's own frame: y upwards from the waterline.
static struct point aboard(const struct berth *berth, double x, double y)
{
    return pt(berth->waterline.x + x * berth->size,
              berth->waterline.y - y * berth->size * berth->flip);
}

static void draw_spar(struct canvas *canvas, const struct berth *berth, double x0, double y0,
                      double x1, double y1, double width, struct colour colour)
{
    shape_line(canvas, aboard(berth, x0, y0), aboard(berth, x1, y1),
               larger(width * berth->size, 1.1), flat_alpha(colour, berth->opacity));
}

static void draw_hull(struct canvas *canvas, const struct berth *berth)
{
    struct point hull[26];
    for (int i = 0; i < 13; i++) {
        double t = i / 12.0;
        double x = lerp(-100, 118, t);
        double sheer = 30 + 22 * (t - 0.4) * (t - 0.4) * 4.0;
        hull[i] = aboard(berth, x, sheer);
        double under = lerp(-92, 100, t);
        hull[25 - i] = aboard(berth, under, -4.0 * (1.0 - (2 * t - 1) * (2 * t - 1)));
    }
    canvas_polygon(canvas, hull, 26,
                   with_opacity(linear(aboard(berth, 0, 44), scale(berth->hull, 1.15),
                                       aboard(berth, 0, -4), scale(berth->hull, 0.45)),
                                berth->opacity));
    for (int i = 0; i < 12; i++) {
        double t0 = i / 12.0;
        double t1 = (i + 1) / 12.0;
        double s0 = 27 + 22 * (t0 - 0.4) * (t0 - 0.4) * 4.0;
        double s1 = 27 + 22 * (t1 - 0.4) * (t1 - 0.4) * 4.0;
        double x0 = lerp(-100, 117, t0);
        double x1 = lerp(-100, 117, t1);
        draw_spar(canvas, berth, x0, s0, x1, s1, 5, berth->stripe);
        draw_spar(canvas, berth, x0, s0 + 14, x1, s1 + 14, 1.3, rgb(0xe8e2d4));
        draw_spar(canvas, berth, x0, s0 + 3, x0, s0 + 14, 1.3, rgb(0xe8e2d4));
        draw_spar(canvas, berth, x0 * 0.93, s0 - 12, x1 * 0.93, s1 - 12, 1.0,
                  scale(berth->hull, 0.6));
    }
}

static void draw_cabin(struct canvas *canvas, const struct berth *berth)
{
    struct point cabin[] = {aboard(berth, -58, 30), aboard(berth, -50, 52), aboard(berth, 22, 50),
                            aboard(berth, 36, 30)};
    canvas_polygon(
        canvas, cabin, 4,
        with_opacity(linear(cabin[1], rgb(0xf7efe0), cabin[3], rgb(0xa98d70)), berth->opacity));
    for (int i = 0; i < 4; i++) {
        struct point hole = aboard(berth, -40 + i * 17, 41);
        shape_ellipse(canvas, hole, 4.2 * berth->size, 4.2 * berth->size,
                      flat_alpha(rgb(0x24353f), berth->opacity));
    }
}

static void draw_mast(struct canvas *canvas, const struct berth *berth, double x, double height,
                      double boom)
{
    struct colour wood = rgb(0x8a5a34);
    struct colour rope = rgb(0x2c2a2a);
    draw_spar(canvas, berth, x, 28, x, height, 4.5, wood);
    draw_spar(canvas, berth, x, 62, x - boom, 66, 4, wood);
    struct point sail[] = {aboard(berth, x - 3, 65), aboard(berth, x - boom + 4, 69),
                           aboard(berth, x - boom + 8, 77), aboard(berth, x - boom * 0.5, 84),
                           aboard(berth, x - 3, 82)};
    canvas_polygon(
        canvas, sail, 5,
        with_opacity(linear(sail[3], rgb(0xf6efe0), sail[0], rgb(0xb59f86)), berth->opacity));
    for (double tie = 14; tie < boom - 8; tie += 14) {
        draw_spar(canvas, berth, x - tie, 64, x - tie - 2, 83, 1.2, rope);
    }
    for (int side = -1; side <= 1; side += 2) {
        draw_spar(canvas, berth, x + side * 22, 33, x, height * 0.72, 1.0, rope);
        draw_spar(canvas, berth, x + side * 14, 33, x, height * 0.72, 1.0, rope);
    }
    for (double y = 46; y < height * 0.66; y += 11) {
        double half = 22 * (1.0 - (y - 33) / (height * 0.72 - 33));
        draw_spar(canvas, berth, x - half, y, x + half, y, 0.7, rope);
    }
    draw_spar(canvas, berth, x - 20, height * 0.72, x + 20, height * 0.72, 2.2, wood);
    draw_spar(canvas, berth, x - boom, 68, x, height * 0.97, 0.9, rope);
}

void draw_boat(struct canvas *canvas, const struct berth *berth, bool two_masts)
{
    double tall = two_masts ? 300 : 330;
    draw_mast(canvas, berth, 18, tall, 92);
    if (two_masts) {
        draw_mast(canvas, berth, -62, 215, 52);
        draw_spar(canvas, berth, 18, tall * 0.95, -62, 208, 0.9, rgb(0x2c2a2a));
    }
    draw_spar(canvas, berth, 104, 46, 168, 66, 4, rgb(0x8a5a34));
    for (int i = 0; i < 3; i++) {
        draw_spar(canvas, berth, 112 + i * 26, 48 + i * 8, 18, tall * (0.70 + 0.13 * i), 0.9,
                  rgb(0x2c2a2a));
    }
    draw_spar(canvas, berth, -98, 44, 18, tall * 0.98, 0.9, rgb(0x2c2a2a));
    draw_cabin(canvas, berth);
    draw_hull(canvas, berth);
    shape_triangle(canvas, aboard(berth, 18, tall + 2), aboard(berth, 18, tall - 18),
                   aboard(berth, -22, tall - 4), flat_alpha(berth->stripe, berth->opacity));
}
