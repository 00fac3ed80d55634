// SPDX-License-Identifier: MIT
//
// Brass wheels, ruby bearings and blued screws of a clock.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    CLOCK_SEED = 1657,
    MAX_TEETH = 96,
    POINTS_PER_TOOTH = 4,
};

struct wheel {
    struct point centre;
    double radius; // to the tips of the teeth
    int teeth;
    double turn; // radians
    int spokes;
    uint32_t hue;
};

// Turned metal: the light follows the direction from the centre.
struct turned_metal {
    struct point centre;
    struct colour colour;
};

static struct colour turned(const void *context, double x, double y)
{
    const struct turned_metal *metal = context;
    double dx = x - metal->centre.x;
    double dy = y - metal->centre.y;
    double d2 = larger(dx * dx + dy * dy, 1e-6);
    double radius = square_root(d2);
    double c2 = (dx * dx - dy * dy) / d2; // cosine and sine of twice the angle
    double s2 = 2.0 * dx * dy / d2;
    double wide = 0.5 + 0.5 * (c2 * 0.34 + s2 * 0.94);
    double groove = noise_value(CLOCK_SEED + 3, radius * 0.9, 0.5);
    double light = 0.55 + 0.85 * wide * wide * wide + 0.22 * (groove - 0.5);
    return add(scale(metal->colour, light), grey(0.10 * wide * wide * wide * wide));
}

// Perlage: rows of overlapping spots ground into the plate.
static struct colour plate(const void *context, double x, double y)
{
    (void)context;
    const double pitch = 46.0;
    const double reach = 33.0;
    struct colour metal = rgb(0x39434c);
    double light = 0.8;
    for (int i = 5; i >= 0; i--) { // spots later in the order lie on top
        int row = floor_int(y / pitch) + i / 3;
        double offset = row % 2 ? 0.5 : 0.0;
        int column = floor_int(x / pitch - offset) + i % 3 - 1;
        double dx = x - (column + 0.5 + offset) * pitch;
        double dy = y - row * pitch;
        double d2 = dx * dx + dy * dy;
        if (d2 < reach * reach) {
            double s2 = 2.0 * dx * dy / larger(d2, 1e-6);
            double rim = smoothstep(reach * reach * 0.86, reach * reach, d2);
            light = 0.80 + 0.42 * s2 - 0.35 * rim;
            break;
        }
    }
    double fall = 1.25 - 0.75 * (x / CANVAS_WIDTH * 0.5 + y / CANVAS_HEIGHT * 0.5);
    return scale(metal, light * fall);
}

static int rim_points(const struct wheel *wheel, struct point *points, struct point centre)
{
    double depth = clamp(2.6 * wheel->radius / wheel->teeth, 5.0, 22.0);
    double pitch = 2.0 * PI / wheel->teeth;
    for (int i = 0; i < wheel->teeth; i++) {
        double angle = wheel->turn + i * pitch;
        struct point *tooth = points + i * POINTS_PER_TOOTH;
        tooth[0] = polar(centre, wheel->radius - depth, angle - 0.33 * pitch);
        tooth[1] = polar(centre, wheel->radius, angle - 0.14 * pitch);
        tooth[2] = polar(centre, wheel->radius, angle + 0.14 * pitch);
        tooth[3] = polar(centre, wheel->radius - depth, angle + 0.33 * pitch);
    }
    return wheel->teeth * POINTS_PER_TOOTH;
}

// Adds the openings between the spokes as holes.
static void add_openings(struct canvas *canvas, const struct wheel *wheel, struct point centre)
{
    double outer = wheel->radius * 0.76;
    double inner = wheel->radius * 0.27;
    for (int i = 0; i < wheel->spokes; i++) {
        double pitch = 2.0 * PI / wheel->spokes;
        double from = wheel->turn + i * pitch;
        double narrow = 0.085 * wheel->radius; // half a spoke
        struct point hole[24];
        arc_points(hole, 16, centre, outer, outer, from + pitch - narrow / outer,
                   from + narrow / outer);
        arc_points(hole + 16, 8, centre, inner, inner, from + narrow / inner * 0.8,
                   from + pitch - narrow / inner * 0.8);
        canvas_contour(canvas, hole, 24);
    }
}

static void fill_wheel(struct canvas *canvas, const struct wheel *wheel, struct point centre,
                       struct paint paint)
{
    struct point rim[MAX_TEETH * POINTS_PER_TOOTH];
    canvas_contour(canvas, rim, rim_points(wheel, rim, centre));
    add_openings(canvas, wheel, centre);
    canvas_fill(canvas, paint);
}

static void draw_screw(struct canvas *canvas, struct point at, double r, double turn)
{
    shape_spot(canvas, pt(at.x + r * 0.35, at.y + r * 0.45), r * 1.6, r * 1.6, grey(0), 0.8,
               BLEND_MULTIPLY);
    shape_ellipse(canvas, at, r, r, flat(rgb(0x0c1430)));
    shape_ellipse(
        canvas, at, r * 0.92, r * 0.92,
        linear(pt(at.x - r, at.y - r), rgb(0x8fb4ff), pt(at.x + r * 0.5, at.y + r), rgb(0x14246a)));
    shape_line(canvas, polar(at, r * 0.86, turn), polar(at, r * 0.86, turn + PI), r * 0.26,
               flat(rgb(0x070b1e)));
    shape_line(canvas, polar(pt(at.x + 1, at.y + 1.4), r * 0.8, turn),
               polar(pt(at.x + 1, at.y + 1.4), r * 0.8, turn + PI), 1.3,
               flat_alpha(rgb(0xa8c4ff), 0.6));
}

static void draw_jewel(struct canvas *canvas, struct point at, double r)
{
    struct turned_metal gold = {at, rgb(0xd9a83e)};
    shape_spot(canvas, pt(at.x + 4, at.y + 6), r * 2.0, r * 2.0, grey(0), 0.6, BLEND_MULTIPLY);
    shape_ellipse(canvas, at, r * 1.45, r * 1.45, shaded(turned, &gold));
    shape_ring(canvas, at, r * 1.45, r * 1.36, shadow_paint(0.5));
    shape_ellipse(
        canvas, at, r, r,
        linear(pt(at.x - r, at.y - r), rgb(0xff6a8a), pt(at.x + r, at.y + r), rgb(0x5a0018)));
    shape_ellipse(canvas, at, r * 0.4, r * 0.4, flat(rgb(0x2a0010)));
    shape_ellipse(canvas, at, r * 0.26, r * 0.26, flat(rgb(0xd8dde2)));
    shape_ellipse(canvas, pt(at.x - r * 0.45, at.y - r * 0.5), r * 0.24, r * 0.16,
                  flat_alpha(grey(1), 0.8));
}

static void draw_wheel(struct canvas *canvas, const struct wheel *wheel)
{
    struct point at = wheel->centre;
    double r = wheel->radius;
    for (int i = 0; i < 6; i++) { // a soft shadow from several hard ones
        fill_wheel(canvas, wheel, pt(at.x + 5 + i * 3.0, at.y + 7 + i * 4.0), shadow_paint(0.17));
    }
    struct turned_metal brass = {at, rgb(wheel->hue)};
    fill_wheel(canvas, wheel, pt(at.x + 1.6, at.y + 2.2), flat(scale(brass.colour, 0.28)));
    fill_wheel(canvas, wheel, pt(at.x - 1.2, at.y - 1.5),
               flat(mix(scale(brass.colour, 1.3), grey(1), 0.3)));
    fill_wheel(canvas, wheel, at, shaded(turned, &brass));
    static const double lines[] = {0.895, 0.865, 0.80, 0.235, 0.20};
    for (int i = 0; i < 5; i++) {
        shape_ring(canvas, at, r * lines[i] + 1.1, r * lines[i] - 1.1, shadow_paint(0.55));
        shape_ring(canvas, pt(at.x + 0.8, at.y + 1.0), r * lines[i] + 2.0, r * lines[i] + 1.0,
                   flat_alpha(rgb(0xfff2cc), 0.5));
    }
    if (wheel->spokes > 0) {
        for (int i = 0; i < wheel->spokes * 2; i++) {
            struct point hole = polar(at, r * 0.83, wheel->turn + i * PI / wheel->spokes);
            shape_ellipse(canvas, hole, r * 0.018 + 1, r * 0.018 + 1, flat(rgb(0x1c140c)));
        }
    }
    draw_jewel(canvas, at, clamp(r * 0.09, 9, 24));
}

static void draw_pinion(struct canvas *canvas, struct point at, double radius, int leaves,
                        double turn)
{
    struct wheel pinion = {at, radius, leaves, turn, 0, 0xc4ccd4};
    draw_wheel(canvas, &pinion);
}

static void draw_bridge_plate(struct canvas *canvas, struct point from, struct point to,
                              double width)
{
    struct point screws[] = {from, to};
    for (int i = 0; i < 5; i++) {
        struct paint shade = shadow_paint(0.18);
        double dx = 4 + i * 3.0;
        shape_line(canvas, pt(from.x + dx, from.y + dx * 1.3), pt(to.x + dx, to.y + dx * 1.3),
                   width, shade);
    }
    for (int end = 0; end < 2; end++) {
        shape_ellipse(canvas, screws[end], width * 0.62, width * 0.62, flat(rgb(0x6a5a3a)));
    }
    struct paint silver = linear(from, rgb(0xd8d2c4), to, rgb(0x8a8478));
    shape_line(canvas, from, to, width + 4, flat(rgb(0xf2ead8)));
    shape_line(canvas, pt(from.x + 1.5, from.y + 2), pt(to.x + 1.5, to.y + 2), width + 2,
               flat(rgb(0x4a443a)));
    shape_line(canvas, from, to, width, silver);
    for (int stripe = 1; stripe < 30; stripe++) { // ground diagonally across
        struct point at = lerp_point(from, to, stripe / 30.0);
        double ux = (to.y - from.y);
        double uy = -(to.x - from.x);
        double length = square_root(ux * ux + uy * uy);
        struct point a = pt(at.x + ux / length * width * 0.5, at.y + uy / length * width * 0.5);
        struct point b = pt(at.x - ux / length * width * 0.5, at.y - uy / length * width * 0.5);
        shape_line(canvas, a, b, 8, stripe % 2 ? shadow_paint(0.16) : glow_paint(grey(1), 0.12));
    }
    for (int end = 0; end < 2; end++) {
        struct turned_metal silver_end = {screws[end], rgb(0xb8b2a6)};
        shape_ellipse(canvas, screws[end], width * 0.6, width * 0.6, shaded(turned, &silver_end));
        shape_ring(canvas, screws[end], width * 0.6, width * 0.56, shadow_paint(0.45));
        draw_screw(canvas, screws[end], width * 0.34, 0.6 + end * 1.3);
    }
}

static void draw_balance(struct canvas *canvas, struct point at, double r)
{
    struct turned_metal gold = {at, rgb(0xe2b048)};
    for (int i = 0; i < 5; i++) {
        shape_ring(canvas, pt(at.x + 6 + i * 3, at.y + 8 + i * 4), r, r * 0.86, shadow_paint(0.18));
    }
    for (int i = 0; i < 3; i++) {
        struct point tip = polar(at, r * 0.9, 0.4 + i * 2.0 * PI / 3.0);
        shape_line(canvas, at, tip, r * 0.11, flat(rgb(0x3a2810)));
        shape_line(canvas, pt(at.x - 1, at.y - 1), pt(tip.x - 1, tip.y - 1), r * 0.085,
                   shaded(turned, &gold));
    }
    shape_ring(canvas, pt(at.x + 1.5, at.y + 2), r, r * 0.86, flat(rgb(0x3a2810)));
    shape_ring(canvas, at, r, r * 0.865, shaded(turned, &gold));
    shape_ring(canvas, at, r * 0.94, r * 0.925, shadow_paint(0.5));
    for (int i = 0; i < 18; i++) {
        double angle = i * PI / 9.0 + 0.2;
        struct point tip = polar(at, r * 1.07, angle);
        shape_line(canvas, polar(at, r * 0.98, angle), tip, 14, flat(rgb(0x5a4218)));
        shape_line(canvas, polar(at, r * 0.98, angle), tip, 10, shaded(turned, &gold));
    }
    struct point spring[SHAPE_MAX_POINTS];
    for (int i = 0; i < SHAPE_MAX_POINTS; i++) {
        double t = i / (SHAPE_MAX_POINTS - 1.0);
        spring[i] = polar(at, r * (0.12 + 0.58 * t), t * 9.0 * 2.0 * PI);
    }
    shape_polyline(canvas, spring, SHAPE_MAX_POINTS, 3.6, flat(rgb(0x12224a)));
    shape_polyline(canvas, spring, SHAPE_MAX_POINTS, 1.6, flat(rgb(0x7fa8ff)));
    draw_jewel(canvas, at, r * 0.1);
}

void draw_clockwork(struct canvas *canvas)
{
    static const struct wheel wheels[] = {
        {{1640, 880}, 400, 84, 0.02, 6, 0xb8862f}, {{160, 200}, 340, 72, 0.10, 5, 0xa87a34},
        {{980, 1010}, 290, 60, 0.05, 5, 0xc49238}, {{690, 330}, 318, 72, 0.00, 6, 0xd0a040},
        {{1240, 190}, 250, 54, 0.03, 5, 0xb88a3c}, {{330, 800}, 300, 64, 0.07, 6, 0xc89a48},
        {{1790, 260}, 210, 48, 0.00, 5, 0xc8783c},
    };
    canvas_clear(canvas, grey(0));
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, CANVAS_HEIGHT, shaded(plate, NULL));
    for (int i = 0; i < 7; i++) {
        draw_wheel(canvas, &wheels[i]);
        if (i == 2) {
            draw_bridge_plate(canvas, pt(90, 480), pt(1080, 740), 92);
        }
        if (i == 4) {
            draw_bridge_plate(canvas, pt(1500, 60), pt(1870, 520), 84);
        }
    }
    draw_pinion(canvas, pt(690, 330), 84, 16, 0.1);
    draw_pinion(canvas, pt(330, 800), 80, 14, 0.2);
    draw_pinion(canvas, pt(1640, 880), 110, 20, 0.0);
    draw_pinion(canvas, pt(1240, 190), 66, 12, 0.2);
    draw_balance(canvas, pt(1230, 620), 212);
    static const struct point screws[] = {{60, 1020}, {640, 720}, {960, 90},   {1460, 400},
                                          {700, 960}, {60, 560},  {1880, 640}, {1010, 620}};
    for (int i = 0; i < 8; i++) {
        draw_screw(canvas, screws[i], 26, i * 0.7);
    }
    shape_spot(canvas, pt(500, 120), 1300, 900, rgb(0xffd890), 0.12, BLEND_ADD);
    effect_bloom(canvas, 0.85, 0.35);
    effect_finish(canvas, 0.75, 0.012, CLOCK_SEED);
}
