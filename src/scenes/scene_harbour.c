// SPDX-License-Identifier: MIT
//
// Sailing boats at anchor before the gabled houses of an old town, towards
// evening.
#include "boat.h"
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    HARBOUR_SEED = 512,
    WATER_Y = 600,
};

static struct colour sky(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / WATER_Y, 0.0, 1.0);
    struct colour colour = t < 0.5 ? mix(rgb(0x2f6f8f), rgb(0x8fc1bf), t / 0.5)
                                   : mix(rgb(0x8fc1bf), rgb(0xffd9a0), (t - 0.5) / 0.5);
    double cloud = noise_fbm(HARBOUR_SEED, x / 380.0, y / 120.0 + x / 900.0, 6);
    struct colour bright = mix(rgb(0xffffff), rgb(0xffc58a), t);
    return mix(colour, bright, smoothstep(0.48, 0.72, cloud) * 0.9);
}

static void draw_hills(struct canvas *canvas)
{
    for (int layer = 0; layer < 3; layer++) {
        struct point ridge[99];
        for (int i = 0; i < 97; i++) {
            double x = i * 20.0;
            double rise = noise_fbm(HARBOUR_SEED + 10u + (uint32_t)layer, x / 420.0, 1.5, 5);
            ridge[i] = pt(x, 470.0 + layer * 34.0 - rise * (240.0 - layer * 50.0));
        }
        ridge[97] = pt(CANVAS_WIDTH, WATER_Y);
        ridge[98] = pt(0, WATER_Y);
        struct colour top = mix(rgb(0x8fb0b4), rgb(0x4f7f72), layer / 2.0);
        canvas_polygon(canvas, ridge, 99,
                       linear(pt(0, 330), top, pt(0, WATER_Y - 30), mix(top, rgb(0xffdcb0), 0.6)));
    }
}

static void draw_pane(struct canvas *canvas, double x, double y, double w, double h, bool lit)
{
    struct colour frame = rgb(0xf6ead2);
    shape_rect(canvas, x - 3, y - 3, w + 6, h + 7, flat(frame));
    struct colour glass = lit ? rgb(0xffc864) : rgb(0x38505c);
    shape_rect(canvas, x, y, w, h,
               linear(pt(x, y), scale(glass, 1.25), pt(x + w, y + h), scale(glass, 0.8)));
    shape_rect(canvas, x + w * 0.5 - 1, y, 2, h, flat(frame));
    shape_rect(canvas, x, y + h * 0.4, w, 2, flat(frame));
    shape_rect(canvas, x - 5, y + h + 4, w + 10, 3, shadow_paint(0.3));
}

static void draw_roof(struct canvas *canvas, double x, double top, double w, double rise,
                      struct colour tile)
{
    struct point peak = pt(x + w * 0.5, top - rise);
    shape_triangle(canvas, pt(x - 7, top), peak, pt(x + w + 7, top),
                   linear(pt(x, 0), scale(tile, 1.2), pt(x + w, 0), scale(tile, 0.6)));
    for (double y = top - 7; y > peak.y + 8; y -= 8) {
        double half = (y - peak.y) / rise * w * 0.5;
        shape_line(canvas, pt(peak.x - half, y), pt(peak.x + half, y), 1.6, shadow_paint(0.35));
        for (double dx = -half + 4; dx < half - 4; dx += 9) {
            shape_line(canvas, pt(peak.x + dx, y), pt(peak.x + dx, y + 7), 1.0, shadow_paint(0.25));
        }
    }
}

static void draw_stepped_gable(struct canvas *canvas, double x, double top, double w, double rise,
                               struct colour wall)
{
    int steps = 5;
    for (int i = 0; i < steps; i++) {
        double inset = w * 0.5 * i / steps;
        double y = top - rise * (i + 1.0) / steps;
        shape_rect(canvas, x + inset, y, w - 2 * inset, rise / steps + 1,
                   linear(pt(x, 0), scale(wall, 1.12), pt(x + w, 0), scale(wall, 0.74)));
        shape_rect(canvas, x + inset - 2, y - 3, w - 2 * inset + 4, 5, flat(rgb(0xf3e6cc)));
    }
}

static void draw_house(struct canvas *canvas, struct rng *rng, double x, double w,
                       struct colour wall)
{
    double base = WATER_Y - 34;
    int floors = 3 + rng_below(rng, 3);
    double storey = rng_range(rng, 46, 56);
    double top = base - floors * storey - 14;
    double rise = w * rng_range(rng, 0.5, 0.75);
    if (rng_chance(rng, 0.45)) {
        draw_stepped_gable(canvas, x, top, w, rise, wall);
    } else {
        draw_roof(canvas, x, top, w, rise, rgb(0xa8503a));
    }
    shape_rect(canvas, x, top, w, base - top,
               linear(pt(x, 0), scale(wall, 1.12), pt(x + w, 0), scale(wall, 0.74)));
    shape_rect(canvas, x - 3, top, w + 6, 4, flat(rgb(0xf3e6cc)));
    int columns = w > 105 ? 3 : 2;
    double pitch = w / columns;
    for (int floor = 0; floor < floors; floor++) {
        for (int column = 0; column < columns; column++) {
            double left = x + (column + 0.5) * pitch - 10;
            double y = top + 13 + floor * storey;
            bool lit = rng_chance(rng, 0.3);
            if (floor == floors - 1 && column == columns / 2) {
                shape_rect(canvas, left - 5, y - 4, 30, base - y + 4, flat(rgb(0xf3e6cc)));
                shape_rect(canvas, left - 2, y, 24, base - y, flat(scale(wall, 0.35)));
            } else {
                draw_pane(canvas, left, y, 20, storey - 24, lit);
            }
        }
    }
    draw_pane(canvas, x + w * 0.5 - 8, top - rise * 0.42, 16, 22, rng_chance(rng, 0.4));
    double chimney = x + w * 0.74;
    shape_rect(canvas, chimney, top - rise * 0.78, 13, rise * 0.36, flat(rgb(0x7d4434)));
}

static void draw_town(struct canvas *canvas, struct rng *rng)
{
    static const uint32_t walls[] = {0xd98e4a, 0xc65f4a, 0xe2c07a, 0x6f9a8d, 0xe9dcc0,
                                     0x5f7f9d, 0xb8465a, 0xd8a99a, 0x8aa45e, 0xf0b860};
    int index = 0;
    double x = -30;
    while (x < CANVAS_WIDTH) {
        double w = rng_range(rng, 82, 142);
        draw_house(canvas, rng, x, w, rgb(walls[index % 10]));
        index += 1 + rng_below(rng, 3);
        x += w + 2;
    }
    double base = WATER_Y - 36;
    shape_rect(canvas, 0, base, CANVAS_WIDTH, 38,
               linear(pt(0, base), rgb(0xb09a80), pt(0, WATER_Y), rgb(0x4c4540)));
    for (int row = 0; row < 3; row++) {
        double y = base + 6 + row * 11;
        shape_rect(canvas, 0, y, CANVAS_WIDTH, 1.5, shadow_paint(0.4));
        for (double joint = row % 2 * 14; joint < CANVAS_WIDTH; joint += 29) {
            shape_rect(canvas, joint, y, 1.5, 11, shadow_paint(0.4));
        }
    }
}

static void draw_water_light(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 2600; i++) {
        double depth = rng_unit(rng);
        double y = WATER_Y + 4 + depth * depth * (CANVAS_HEIGHT - WATER_Y);
        double x = rng_range(rng, 0, CANVAS_WIDTH);
        double length = rng_range(rng, 6, 26) * (0.3 + depth);
        double strength = rng_range(rng, 0.08, 0.42);
        bool bright = rng_chance(rng, 0.6);
        shape_ellipse(canvas, pt(x, y), length, 0.6 + 1.5 * depth,
                      flat_alpha(bright ? rgb(0xffe6b8) : rgb(0x123a4c), strength));
    }
}

static void draw_jetty(struct canvas *canvas)
{
    struct point near_left = pt(1180, 1090);
    struct point near_right = pt(1610, 1090);
    struct point far_left = pt(1660, 830);
    struct point far_right = pt(1790, 830);
    for (int i = 0; i <= 5; i++) {
        struct point foot = lerp_point(near_left, far_left, i / 5.0);
        shape_taper(canvas, foot, 34 - i * 4.5, pt(foot.x, foot.y + 120 - i * 15), 30 - i * 4,
                    linear(pt(foot.x - 14, 0), rgb(0x6e5038), pt(foot.x + 14, 0), rgb(0x281c16)));
    }
    for (int i = 0; i < 30; i++) {
        double t0 = i / 30.0;
        double t1 = (i + 0.9) / 30.0;
        t0 = t0 * (1.6 - 0.6 * t0); // planks look narrower far away
        t1 = t1 * (1.6 - 0.6 * t1);
        double tone = 0.75 + 0.4 * noise_hash(HARBOUR_SEED, i, 3);
        shape_quad(
            canvas, lerp_point(near_left, far_left, t0), lerp_point(near_right, far_right, t0),
            lerp_point(near_right, far_right, t1), lerp_point(near_left, far_left, t1),
            linear(near_left, scale(rgb(0xb98a5c), tone), far_right, scale(rgb(0x8a6a50), tone)));
    }
    for (int i = 0; i <= 5; i++) {
        struct point foot = lerp_point(near_right, far_right, i / 5.0);
        double size = 1.0 - i * 0.13;
        shape_taper(canvas, pt(foot.x, foot.y + 30 * size), 30 * size,
                    pt(foot.x, foot.y - 120 * size), 25 * size,
                    linear(pt(foot.x - 14 * size, 0), rgb(0x9a7350), pt(foot.x + 14 * size, 0),
                           rgb(0x33231a)));
        shape_ellipse(canvas, pt(foot.x, foot.y - 120 * size), 12.5 * size, 4 * size,
                      flat(rgb(0xc49a6c)));
        if (i < 5) {
            struct point next = lerp_point(near_right, far_right, (i + 1) / 5.0);
            struct point from = pt(foot.x, foot.y - 95 * size);
            struct point to = pt(next.x, next.y - 95 * (size - 0.13));
            struct point bend = pt((from.x + to.x) * 0.5, from.y + 40 * size);
            shape_curve(canvas, from, bend, to, 6 * size, flat(rgb(0xd9c39a)));
            shape_curve(canvas, pt(from.x, from.y + 2), pt(bend.x, bend.y + 2), pt(to.x, to.y + 2),
                        2 * size, shadow_paint(0.5));
        }
    }
}

static void draw_gulls(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 16; i++) {
        double x = rng_range(rng, 150, 1700);
        double y = rng_range(rng, 50, 260);
        double span = rng_range(rng, 9, 24);
        double lift = rng_range(rng, 0.3, 0.8) * span;
        shape_curve(canvas, pt(x - span, y - lift * 0.3), pt(x - span * 0.4, y - lift), pt(x, y),
                    2.6, flat(rgb(0x33424a)));
        shape_curve(canvas, pt(x, y), pt(x + span * 0.4, y - lift), pt(x + span, y - lift * 0.3),
                    2.6, flat(rgb(0xf4f4f0)));
    }
}

void draw_harbour(struct canvas *canvas)
{
    static const struct {
        double x, y, size;
        uint32_t hull, stripe;
        bool two_masts;
    } fleet[] = {
        {1330, 652, 0.72, 0xe9e4d8, 0xb23a3a, false}, {640, 660, 0.78, 0x2f5d50, 0xe8c15a, true},
        {1000, 668, 0.80, 0x23384f, 0xe9dfc8, false}, {1700, 716, 1.05, 0x7a2f32, 0xf0dfb8, true},
        {290, 770, 1.45, 0xf0e9da, 0x1f5f86, false},  {880, 880, 1.85, 0x1f3d57, 0xe0a040, true},
    };
    struct rng rng = rng_seeded(HARBOUR_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, WATER_Y, shaded(sky, NULL));
    shape_spot(canvas, pt(1500, 470), 900, 460, rgb(0xffb060), 0.45, BLEND_ADD);
    draw_hills(canvas);
    draw_gulls(canvas, &rng);
    draw_town(canvas, &rng);
    effect_mirror(canvas, WATER_Y, rgb(0x1f5a68), 0.42);
    for (int pass = 0; pass < 2; pass++) { // first the images in the water
        for (int i = 0; i < 6; i++) {
            struct berth berth = {pt(fleet[i].x, fleet[i].y), fleet[i].size,
                                  pass == 0 ? -0.8 : 1.0,     pass == 0 ? 0.6 : 1.0,
                                  rgb(fleet[i].hull),         rgb(fleet[i].stripe)};
            draw_boat(canvas, &berth, fleet[i].two_masts);
        }
        if (pass == 0) {
            effect_ripple(canvas, WATER_Y, 44, HARBOUR_SEED + 5);
            draw_water_light(canvas, &rng);
        }
    }
    draw_jetty(canvas);
    effect_bloom(canvas, 0.8, 0.35);
    effect_finish(canvas, 0.4, 0.01, HARBOUR_SEED);
}
