// SPDX-License-Identifier: MIT
//
// Hot-air balloons over a patchwork of fields on a clear morning.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    BALLOON_SEED = 1783,
    HORIZON_Y = 610,
    GORES = 12, // visible strips of an envelope
    BANDS = 20, // and parts of each strip
};

static const double focal = 1000.0;
static const double eye_height = 1.0;

struct balloon {
    struct point centre;
    double radius;
    int pattern;
    uint32_t hues[3];
};

static struct colour sky(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / HORIZON_Y, 0.0, 1.0);
    struct colour colour = mix(rgb(0x2f86d0), rgb(0xd6efff), t * t * (1.6 - 0.6 * t));
    double cloud = noise_fbm(BALLOON_SEED, x / 330.0, y / 120.0, 5);
    return mix(colour, rgb(0xffffff), smoothstep(0.50, 0.70, cloud) * 0.9);
}

static struct colour crop_colour(int kind)
{
    static const uint32_t crops[] = {0xe8c95a, 0x7fae3e, 0x4f8f3a, 0xa6c455,
                                     0x9a6f46, 0x8f6fb8, 0xd9a83e, 0x68a04a};
    return rgb(crops[kind]);
}

// Directions across the furrows, of length 1.
static const struct point furrows[] = {{1.0, 0.0}, {0.0, 1.0}, {0.6, 0.8}, {-0.8, 0.6}};

// The fields: a warped grid whose cells differ in crop and in the direction of
// their furrows.
static struct colour fields(const void *context, double px, double py)
{
    (void)context;
    double depth = eye_height * focal / (py - HORIZON_Y + 6.0);
    double x = (px - CANVAS_WIDTH * 0.5) * depth / focal;
    double footprint = depth * depth / focal; // ground covered by one pixel
    double u = x * 0.9 + depth * 0.22 + 0.5 * noise_value(BALLOON_SEED + 3, x * 0.4, depth * 0.4);
    double v = depth * 0.62 - x * 0.16 + 0.5 * noise_value(BALLOON_SEED + 4, x * 0.4, depth * 0.4);
    int row = floor_int(v);
    u += 0.37 * (row % 3);
    int column = floor_int(u);
    struct colour colour = crop_colour((int)(noise_hash(BALLOON_SEED + 5, column, row) * 8));
    struct point across = furrows[(int)(noise_hash(BALLOON_SEED + 6, column, row) * 4)];
    double furrow = sine((u * across.x + v * across.y) * 62.0);
    double contrast = clamp(1.0 - footprint * 55.0, 0.0, 1.0);
    double tufts = noise_hash(BALLOON_SEED + 7, floor_int(px / 2), floor_int(py / 2)) - 0.5;
    colour = scale(colour, 1.0 + contrast * 0.3 * furrow + 0.10 * tufts * contrast);
    double edge_u = smaller(u - column, column + 1 - u);
    double edge_v = smaller(v - row, row + 1 - v);
    double hedge = 1.0 - smoothstep(0.012, 0.02 + footprint, smaller(edge_u, edge_v));
    colour = mix(colour, rgb(0x2f5a2c), hedge * (0.9 - 0.4 * smoothstep(2, 20, depth)));
    double shadow = smoothstep(0.55, 0.7, noise_fbm(BALLOON_SEED + 8, x * 0.3, depth * 0.25, 3));
    colour = scale(colour, 1.05 - 0.28 * shadow);
    return mix(colour, rgb(0xb9d8ea), smoothstep(2.0, 60.0, depth) * 0.9);
}

static void draw_hills(struct canvas *canvas)
{
    for (int layer = 0; layer < 3; layer++) {
        struct point ridge[99];
        for (int i = 0; i < 97; i++) {
            double rise =
                noise_fbm(BALLOON_SEED + 20u + (uint32_t)layer, i / (16.0 - layer * 3), 0.5, 4);
            ridge[i] = pt(i * 20.0, HORIZON_Y + 4 + layer * 9 - rise * (150.0 - layer * 45));
        }
        ridge[97] = pt(CANVAS_WIDTH, HORIZON_Y + 30);
        ridge[98] = pt(0, HORIZON_Y + 30);
        canvas_polygon(canvas, ridge, 99,
                       linear(pt(0, 480), mix(rgb(0x7fa8c8), rgb(0x6c9c86), layer / 2.0),
                              pt(0, HORIZON_Y + 20), rgb(0xb9d6dc)));
    }
}

static void draw_tree(struct canvas *canvas, struct rng *rng, double x, double y, double size,
                      double haze)
{
    shape_ellipse(canvas, pt(x + size * 0.7, y), size * 1.2, size * 0.24,
                  shadow_paint(0.45 - 0.3 * haze));
    for (int i = 0; i < 14; i++) {
        double dx = rng_range(rng, -0.6, 0.6) * size;
        double dy = rng_range(rng, 0.2, 1.5) * size;
        double r = rng_range(rng, 0.22, 0.45) * size;
        double light = clamp(0.65 + 0.35 * (dy / size) - 0.45 * dx / size, 0.45, 1.5);
        struct colour green = mix(scale(rgb(0x3f7436), light), rgb(0xb9d8ea), haze);
        shape_ellipse(canvas, pt(x + dx, y - dy), r, r * 0.9, flat(green));
    }
}

static void draw_trees(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 560; i++) {
        double t = i / 559.0;
        double y = HORIZON_Y + 14 + t * t * 450;
        double depth = focal / (y - HORIZON_Y + 6.0);
        double x = rng_range(rng, -30, CANVAS_WIDTH + 30);
        double size = focal / depth * 0.05 * rng_range(rng, 0.6, 1.3);
        draw_tree(canvas, rng, x, y, larger(size, 2.0), smoothstep(2.0, 60.0, depth) * 0.9);
    }
}

// The outline from the crown (v = 0) to the mouth (v = 1): distance from the
// axis and height below the widest part, for a radius of 1.
static struct point profile(double v)
{
    if (v < 0.7) {
        double angle = v / 0.7 * 2.0;
        return pt(sine(angle), -cosine(angle));
    }
    double t = (v - 0.7) / 0.3;
    return pt(lerp(0.909, 0.17, t * (0.85 + 0.15 * t)), lerp(0.416, 1.42, t));
}

static struct point on_envelope(const struct balloon *balloon, double longitude, double v)
{
    struct point at = profile(v);
    return pt(balloon->centre.x + balloon->radius * at.x * sine(longitude),
              balloon->centre.y + balloon->radius * at.y);
}

static int pattern_hue(int pattern, int gore, int band)
{
    switch (pattern) {
    case 0: // stripes
        return gore % 2;
    case 1: // zigzags
        return (band + (gore % 2 ? 1 : 0) * 2) / 3 % 3;
    case 2: // a spiral
        return (gore + band / 2) % 3;
    case 3: // a chequered belt
        return band > 6 && band < 13 ? (gore + band) % 2 + 1 : 0;
    default: // diamonds on stripes
        return (band % 8 < 4) == (gore % 2 == 0) ? 2 : gore % 4 / 2;
    }
}

static void draw_envelope(struct canvas *canvas, const struct balloon *balloon)
{
    for (int band = 0; band < BANDS; band++) {
        double v0 = band / (double)BANDS;
        double v1 = (band + 1.0) / BANDS;
        for (int gore = 0; gore < GORES; gore++) {
            double l0 = (gore / (double)GORES - 0.5) * PI;
            double l1 = ((gore + 1.0) / GORES - 0.5) * PI;
            struct point middle = profile((v0 + v1) * 0.5);
            double facing = -0.45 * sine((l0 + l1) * 0.5) * middle.x - 0.42 * middle.y +
                            0.4 * cosine((l0 + l1) * 0.5) * middle.x;
            double light = clamp(0.66 + 0.5 * facing, 0.3, 1.25);
            struct colour hue = rgb(balloon->hues[pattern_hue(balloon->pattern, gore, band)]);
            struct point a = on_envelope(balloon, l0, v0);
            struct point b = on_envelope(balloon, l1, v0);
            struct point c = on_envelope(balloon, l1, v1);
            struct point d = on_envelope(balloon, l0, v1);
            // A gore bulges between its seams, so its middle is brighter.
            struct paint cloth = linear(d, scale(hue, light * 0.92), c, scale(hue, light * 1.04));
            shape_quad(canvas, a, b, c, pt(d.x, d.y + 0.8), cloth);
        }
    }
    for (int gore = 1; gore < GORES; gore++) {
        struct point seam[BANDS + 1];
        for (int band = 0; band <= BANDS; band++) {
            seam[band] =
                on_envelope(balloon, (gore / (double)GORES - 0.5) * PI, band / (double)BANDS);
        }
        shape_polyline(canvas, seam, BANDS + 1, larger(balloon->radius * 0.008, 0.8),
                       shadow_paint(0.35));
    }
    struct point crown = on_envelope(balloon, 0.0, 0.0);
    shape_ellipse(canvas, pt(crown.x, crown.y + balloon->radius * 0.012), balloon->radius * 0.13,
                  balloon->radius * 0.018, flat(scale(rgb(balloon->hues[0]), 0.6)));
}

static void draw_basket(struct canvas *canvas, const struct balloon *balloon)
{
    double r = balloon->radius;
    double top = balloon->centre.y + r * 1.68;
    double x = balloon->centre.x;
    double half = r * 0.15;
    struct paint rope = flat(rgb(0x3a2f28));
    for (int i = 0; i < 5; i++) {
        double t = i / 4.0 * 2 - 1;
        shape_line(canvas, pt(x + t * r * 0.17, balloon->centre.y + r * 1.42),
                   pt(x + t * half * 0.95, top), larger(r * 0.009, 0.9), rope);
    }
    shape_ellipse(canvas, pt(x, balloon->centre.y + r * 1.42), r * 0.17, r * 0.03,
                  flat(rgb(0x4a2a1c)));
    shape_taper(canvas, pt(x, top - r * 0.1), r * 0.05, pt(x, balloon->centre.y + r * 1.38), 0.5,
                glow_paint(rgb(0xffb040), 0.9));
    shape_spot(canvas, pt(x, balloon->centre.y + r * 1.44), r * 0.3, r * 0.25, rgb(0xff9a30), 0.5,
               BLEND_ADD);
    for (int i = -1; i <= 1; i++) {
        shape_ellipse(canvas, pt(x + i * half * 0.6, top - r * 0.05), r * 0.032, r * 0.038,
                      flat(rgb(0xc08a66)));
        shape_rect(canvas, x + i * half * 0.6 - r * 0.04, top - r * 0.02, r * 0.08, r * 0.06,
                   flat(i ? rgb(0x2c4a6a) : rgb(0x9a2f2c)));
    }
    shape_round_rect(canvas, x - half, top, 2 * half, r * 0.2, r * 0.03,
                     linear(pt(x - half, 0), rgb(0xb98245), pt(x + half, 0), rgb(0x5a3818)));
    for (int row = 0; row < 6; row++) {
        double y = top + r * 0.2 * row / 6.0;
        shape_line(canvas, pt(x - half, y), pt(x + half, y), larger(r * 0.01, 0.7),
                   shadow_paint(0.35));
    }
    shape_rect(canvas, x - half * 1.06, top - r * 0.012, half * 2.12, r * 0.03,
               flat(rgb(0x4a2c14)));
}

static void draw_balloon(struct canvas *canvas, const struct balloon *balloon, double haze)
{
    double r = balloon->radius;
    draw_envelope(canvas, balloon);
    draw_basket(canvas, balloon);
    if (haze > 0.0) { // far ones take on the colour of the air
        struct point outline[2 * (BANDS + 1)];
        for (int i = 0; i <= BANDS; i++) {
            outline[i] = on_envelope(balloon, -PI / 2, i / (double)BANDS);
            outline[2 * BANDS + 1 - i] = on_envelope(balloon, PI / 2, i / (double)BANDS);
        }
        canvas_polygon(canvas, outline, 2 * (BANDS + 1), flat_alpha(rgb(0xc8e4f6), haze));
    }
    shape_spot(canvas, pt(balloon->centre.x - r * 0.35, balloon->centre.y - r * 0.4), r * 0.5,
               r * 0.45, grey(1.0), 0.22, BLEND_ADD);
}

static void draw_village(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 26; i++) {
        double x = 1130 + rng_range(rng, 0, 330);
        double y = 668 + i * 1.7;
        double w = rng_range(rng, 15, 26);
        double h = rng_range(rng, 8, 13);
        double tone = rng_range(rng, 0.85, 1.1);
        shape_rect(canvas, x, y - h, w, h, flat(scale(rgb(0xf3e6d0), tone)));
        shape_quad(canvas, pt(x - 2, y - h), pt(x + 4, y - h - 9), pt(x + w - 3, y - h - 9),
                   pt(x + w + 2, y - h), flat(scale(rgb(0xb5553c), tone)));
        for (double dx = 3; dx < w - 3; dx += 5) {
            shape_rect(canvas, x + dx, y - h + 3, 2.2, 3.5, flat(rgb(0x4a5560)));
        }
    }
    shape_rect(canvas, 1286, 622, 17, 62,
               linear(pt(1286, 0), rgb(0xfff3dc), pt(1303, 0), rgb(0xb8a284)));
    shape_triangle(canvas, pt(1283, 623), pt(1294.5, 572), pt(1306, 623),
                   linear(pt(1283, 0), rgb(0x7f97a8), pt(1306, 0), rgb(0x3f5566)));
    shape_rect(canvas, 1292, 634, 5, 10, flat(rgb(0x4a4a4a)));
}

void draw_balloons(struct canvas *canvas)
{
    static const struct balloon fleet[] = {
        {{1010, 420}, 34, 0, {0xd8483c, 0xf4e6c8, 0x2f5f9a}},
        {{1230, 215}, 46, 2, {0xf2b632, 0x2f7f8f, 0xe9633c}},
        {{690, 350}, 58, 3, {0xe9e2d0, 0x2c4f8f, 0xd8483c}},
        {{1800, 440}, 66, 1, {0x3f8f5a, 0xf6e05a, 0xe9733c}},
        {{940, 170}, 92, 4, {0x7a3f9a, 0xf2b632, 0xf4e6d8}},
        {{1570, 260}, 140, 2, {0x1f8fa8, 0xf6f0e0, 0xf2853c}},
        {{390, 330}, 232, 1, {0xd8342c, 0xf7c23c, 0x2458a0}},
        {{1190, 660}, 150, 0, {0xf0a020, 0xb8283c, 0x2458a0}},
    };
    static const double haze[] = {0.45, 0.38, 0.32, 0.26, 0.16, 0.06, 0.0, 0.0};
    struct rng rng = rng_seeded(BALLOON_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, HORIZON_Y + 10, shaded(sky, NULL));
    shape_spot(canvas, pt(150, 40), 900, 700, rgb(0xfff0c0), 0.35, BLEND_ADD);
    draw_hills(canvas);
    shape_rect(canvas, 0, HORIZON_Y + 10, CANVAS_WIDTH, CANVAS_HEIGHT - HORIZON_Y,
               shaded(fields, NULL));
    draw_village(canvas, &rng);
    draw_trees(canvas, &rng);
    for (int i = 0; i < 8; i++) {
        double y = HORIZON_Y + 60 + fleet[i].radius * 1.6;
        shape_ellipse(canvas, pt(fleet[i].centre.x + 60, y), fleet[i].radius * 0.8,
                      fleet[i].radius * 0.16, shadow_paint(0.22));
        draw_balloon(canvas, &fleet[i], haze[i]);
    }
    effect_bloom(canvas, 0.92, 0.3);
    effect_finish(canvas, 0.35, 0.012, BALLOON_SEED);
}
