// SPDX-License-Identifier: MIT
//
// A city by night: three ranks of towers with lit windows, the moon, and
// their reflection in the river.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    CITY_SEED = 2201,
    RIVER_Y = 800,
};

struct rank {
    double base, low, high; // foot and the range of heights
    double narrow, wide;    // range of widths
    double cell_x, cell_y;  // window grid
    double lit;             // share of windows with light
    struct colour wall, haze;
};

static struct colour sky(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / RIVER_Y, 0.0, 1.0);
    struct colour colour = t < 0.55 ? mix(rgb(0x070b26), rgb(0x2a2159), t / 0.55)
                                    : mix(rgb(0x2a2159), rgb(0xb4507a), (t - 0.55) / 0.45);
    double cloud = noise_fbm(CITY_SEED, x / 420.0, y / 90.0, 5);
    return mix(colour, rgb(0x5b3a80), smoothstep(0.52, 0.8, cloud) * 0.55);
}

static void draw_stars(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 420; i++) {
        double x = rng_range(rng, 0, CANVAS_WIDTH);
        double y = rng_range(rng, 0, 430);
        double size = rng_range(rng, 0.6, 1.7);
        double light = rng_range(rng, 0.3, 1.0) * (1.0 - y / 470.0);
        shape_ellipse(canvas, pt(x, y), size, size, glow_paint(rgb(0xdfe8ff), light));
    }
}

static struct colour moon_surface(const void *context, double x, double y)
{
    (void)context;
    double sea = smoothstep(0.45, 0.65, noise_fbm(CITY_SEED + 40, x / 34.0, y / 34.0, 4));
    return mix(rgb(0xfff5dc), rgb(0xd9c8ae), sea);
}

static void draw_moon(struct canvas *canvas)
{
    struct point centre = pt(1480, 190);
    shape_spot(canvas, centre, 420, 420, rgb(0x8a6fc0), 0.45, BLEND_ADD);
    shape_ellipse(canvas, centre, 74, 74, shaded(moon_surface, NULL));
}

static struct colour window_light(struct rng *rng)
{
    static const uint32_t lights[] = {0xffd27a, 0xffe2a8, 0xffb95e, 0xfff1cf, 0x9fd8ff, 0xffa24d};
    int pick = rng_below(rng, 6);
    return scale(rgb(lights[pick]), rng_range(rng, 0.6, 1.1));
}

static void draw_windows(struct canvas *canvas, struct rng *rng, const struct rank *rank, double x,
                         double top, double width)
{
    int columns = (int)((width - 8.0) / rank->cell_x);
    double margin = (width - columns * rank->cell_x) * 0.5;
    double floor_lit = rank->lit;
    for (double y = top + 12.0; y < rank->base - 8.0; y += rank->cell_y) {
        floor_lit = rng_chance(rng, 0.25) ? rank->lit * rng_range(rng, 0.2, 1.7) : floor_lit;
        for (int column = 0; column < columns; column++) {
            bool lit = rng_chance(rng, floor_lit);
            struct colour light = window_light(rng);
            struct colour dark = mix(rank->wall, rgb(0x4a5a9a), 0.28);
            shape_rect(canvas, x + margin + column * rank->cell_x + 1.5, y, rank->cell_x - 3.5,
                       rank->cell_y - 4.5, flat(mix(lit ? light : dark, rank->haze, 0.12)));
        }
    }
}

static void draw_aerial(struct canvas *canvas, struct rng *rng, const struct rank *rank, double x,
                        double top)
{
    double height = rng_range(rng, 40, 120);
    shape_taper(canvas, pt(x, top), 5.0, pt(x, top - height), 1.2, flat(rank->wall));
    for (int i = 1; i < 4; i++) {
        double y = top - height * i / 5.0;
        shape_line(canvas, pt(x - 8.0 + i, y), pt(x + 8.0 - i, y), 1.6, flat(rank->wall));
    }
    shape_ellipse(canvas, pt(x, top - height), 3.0, 3.0, flat(rgb(0xff4a3c)));
    shape_spot(canvas, pt(x, top - height), 18, 18, rgb(0xff3020), 0.5, BLEND_ADD);
}

static void draw_roof(struct canvas *canvas, struct rng *rng, const struct rank *rank, double x,
                      double top, double width)
{
    struct paint wall = flat(scale(rank->wall, 1.15));
    double middle = x + width * 0.5;
    switch (rng_below(rng, 5)) {
    case 0: // setbacks
        for (int step = 1; step < 4; step++) {
            double w = width * (1.0 - 0.24 * step);
            shape_rect(canvas, middle - w * 0.5, top - step * 22.0, w, 23, wall);
        }
        draw_aerial(canvas, rng, rank, middle, top - 66);
        break;
    case 1: // spire
        shape_triangle(canvas, pt(x + 4, top), pt(middle, top - width * 0.9),
                       pt(x + width - 4, top),
                       linear(pt(x, top), rank->wall, pt(x + width, top), scale(rank->wall, 1.7)));
        shape_line(canvas, pt(middle, top), pt(middle, top - width * 0.9 - 36), 2.2, wall);
        break;
    case 2: // slanted
        shape_triangle(canvas, pt(x, top + 1), pt(x + width, top - width * 0.45),
                       pt(x + width, top + 1), wall);
        break;
    case 3: // plant rooms
        shape_rect(canvas, x + width * 0.12, top - 16, width * 0.3, 17, wall);
        shape_rect(canvas, x + width * 0.55, top - 26, width * 0.26, 27, wall);
        draw_aerial(canvas, rng, rank, x + width * 0.68, top - 26);
        break;
    default: // parapet
        shape_rect(canvas, x - 3, top - 7, width + 6, 8, wall);
        break;
    }
}

static void draw_tower(struct canvas *canvas, struct rng *rng, const struct rank *rank, double x,
                       double width)
{
    double middle = (x + width * 0.5) / CANVAS_WIDTH - 0.42;
    double centre_lift = clamp(1.0 - 3.2 * middle * middle, 0.25, 1.0);
    double height = lerp(rank->low, rank->high, rng_unit(rng) * centre_lift);
    double top = rank->base - height;
    struct colour light_side = mix(scale(rank->wall, 1.5), rank->haze, 0.2);
    draw_roof(canvas, rng, rank, x, top, width);
    shape_rect(canvas, x, top, width, height,
               linear(pt(x, 0), rank->wall, pt(x + width, 0), light_side));
    shape_rect(canvas, x, top, width, height,
               with_opacity(linear(pt(0, top), rank->wall, pt(0, rank->base), rank->haze), 0.4));
    draw_windows(canvas, rng, rank, x, top, width);
    shape_line(canvas, pt(x + width, top), pt(x + width, rank->base), 2.0,
               flat_alpha(mix(light_side, rgb(0xc9b6ff), 0.5), 0.7));
}

static void draw_rank(struct canvas *canvas, struct rng *rng, const struct rank *rank)
{
    double x = -40.0;
    while (x < CANVAS_WIDTH) {
        double width = rng_range(rng, rank->narrow, rank->wide);
        draw_tower(canvas, rng, rank, x, width);
        x += width + rng_range(rng, -6, 20);
    }
}

static void draw_sign(struct canvas *canvas, double x, double y, int letters, uint32_t hex)
{
    double height = letters * 30.0 + 14.0;
    shape_rect(canvas, x, y, 34, height, flat(rgb(0x120d22)));
    shape_spot(canvas, pt(x + 17, y + height * 0.5), 110, height, rgb(hex), 0.35, BLEND_ADD);
    for (int i = 0; i < letters; i++) {
        double top = y + 10 + i * 30.0;
        struct paint tube = flat(mix(rgb(hex), grey(1.0), 0.35));
        shape_line(canvas, pt(x + 8, top), pt(x + 26, top), 3.2, tube);
        shape_line(canvas, pt(x + 17, top), pt(x + 17, top + 20), 3.2, tube);
        shape_line(canvas, pt(x + (i % 2 ? 8 : 26), top + 10), pt(x + 17, top + 20), 3.2, tube);
    }
    shape_line(canvas, pt(x, y), pt(x, y + height), 2.0, flat(rgb(hex)));
    shape_line(canvas, pt(x + 34, y), pt(x + 34, y + height), 2.0, flat(rgb(hex)));
}

static void draw_quay(struct canvas *canvas, struct rng *rng)
{
    shape_rect(canvas, 0, RIVER_Y - 26, CANVAS_WIDTH, 26,
               linear(pt(0, RIVER_Y - 26), rgb(0x3a2c4e), pt(0, RIVER_Y), rgb(0x120c1e)));
    for (double x = 10; x < CANVAS_WIDTH; x += 18) {
        shape_line(canvas, pt(x, RIVER_Y - 40), pt(x, RIVER_Y - 25), 2.0, flat(rgb(0x0c0916)));
    }
    shape_rect(canvas, 0, RIVER_Y - 42, CANVAS_WIDTH, 3, flat(rgb(0x0c0916)));
    for (double x = 55; x < CANVAS_WIDTH; x += 118) {
        shape_taper(canvas, pt(x, RIVER_Y - 24), 5, pt(x, RIVER_Y - 96), 2.5, flat(rgb(0x0c0916)));
        shape_ellipse(canvas, pt(x, RIVER_Y - 100), 7, 7, flat(scale(rgb(0xffe0a0), 1.3)));
        shape_spot(canvas, pt(x, RIVER_Y - 100), 70, 70, rgb(0xffb050), 0.55, BLEND_ADD);
        double crown = rng_range(rng, 16, 30);
        for (int i = 0; i < 40; i++) {
            double dx = rng_range(rng, -crown, crown);
            double dy = rng_range(rng, -crown, crown * 0.6);
            double light = rng_range(rng, 0.4, 1.2);
            shape_ellipse(canvas, pt(x + 58 + dx, RIVER_Y - 62 + dy), 5, 4,
                          flat(scale(rgb(0x1c3038), light)));
        }
        shape_line(canvas, pt(x + 58, RIVER_Y - 50), pt(x + 58, RIVER_Y - 22), 4,
                   flat(rgb(0x0c0916)));
    }
}

static void draw_glints(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 900; i++) {
        double depth = rng_unit(rng);
        double y = RIVER_Y + 6 + depth * depth * (CANVAS_HEIGHT - RIVER_Y);
        double x = rng_range(rng, 0, CANVAS_WIDTH);
        double length = rng_range(rng, 8, 30) * (0.4 + depth);
        double strength = rng_range(rng, 0.05, 0.3);
        shape_ellipse(canvas, pt(x, y), length, 0.7 + depth, glow_paint(rgb(0x7c7ac8), strength));
    }
}

void draw_city(struct canvas *canvas)
{
    static const struct rank ranks[] = {
        {.base = RIVER_Y,
         .low = 220,
         .high = 520,
         .narrow = 46,
         .wide = 90,
         .cell_x = 9,
         .cell_y = 11,
         .lit = 0.30,
         .wall = {0.25, 0.18, 0.40},
         .haze = {0.56, 0.30, 0.50}},
        {.base = RIVER_Y,
         .low = 150,
         .high = 640,
         .narrow = 70,
         .wide = 130,
         .cell_x = 12,
         .cell_y = 15,
         .lit = 0.38,
         .wall = {0.13, 0.11, 0.27},
         .haze = {0.40, 0.20, 0.42}},
        {.base = RIVER_Y,
         .low = 60,
         .high = 330,
         .narrow = 90,
         .wide = 190,
         .cell_x = 17,
         .cell_y = 20,
         .lit = 0.45,
         .wall = {0.06, 0.06, 0.15},
         .haze = {0.24, 0.12, 0.28}},
    };
    struct rng rng = rng_seeded(CITY_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, RIVER_Y, shaded(sky, NULL));
    draw_stars(canvas, &rng);
    draw_moon(canvas);
    for (int i = 0; i < 3; i++) {
        draw_rank(canvas, &rng, &ranks[i]);
        shape_rect(canvas, 0, 0, CANVAS_WIDTH, RIVER_Y,
                   with_opacity(linear(pt(0, 300), ranks[i].haze, pt(0, RIVER_Y), ranks[i].haze),
                                i < 2 ? 0.10 : 0.0));
    }
    draw_sign(canvas, 306, 560, 5, 0xff3fa4);
    draw_sign(canvas, 1122, 590, 4, 0x35e0ff);
    draw_sign(canvas, 1690, 600, 4, 0x8dff6a);
    draw_quay(canvas, &rng);
    effect_mirror(canvas, RIVER_Y, rgb(0x0a0a24), 0.42);
    effect_ripple(canvas, RIVER_Y, 70, CITY_SEED + 9);
    draw_glints(canvas, &rng);
    effect_bloom(canvas, 0.62, 0.55);
    effect_finish(canvas, 0.55, 0.012, CITY_SEED);
}
