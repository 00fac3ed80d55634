// SPDX-License-Identifier: MIT
//
// Peaks above a lake at dawn. The mountains are a height field seen in
// perspective and drawn column by column from near to far, so that each sample
// only shows where it rises above all nearer ones.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    MOUNTAIN_SEED = 77,
    LAKE_Y = 690, // horizon of the lake, where the far shore meets it
    DEPTH_STEPS = 490,
};

static const double nearest = 2.0;
static const double focal = 1150.0; // pixels

static struct colour sky(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / LAKE_Y, 0.0, 1.0);
    struct colour colour = t < 0.5 ? mix(rgb(0x3f6fa8), rgb(0xa9b9d6), t / 0.5)
                                   : mix(rgb(0xa9b9d6), rgb(0xffc9a0), (t - 0.5) / 0.5);
    double cloud = noise_fbm(MOUNTAIN_SEED + 20, x / 500.0 + y / 300.0, y / 70.0, 5);
    return mix(colour, rgb(0xffe3d3), smoothstep(0.5, 0.78, cloud) * 0.85);
}

// Height of the ground at a place; the lake's level is 0.
static double ground_height(double x, double z)
{
    double range = smoothstep(2.6, 13.0, z) * (1.0 - 0.5 * smoothstep(17.0, 30.0, z));
    double summit = 1.0 - clamp(absolute(x + 1.2) / 9.0, 0.0, 1.0);
    double crest = noise_ridged(MOUNTAIN_SEED, x * 0.16 + 3.1, z * 0.16, 6);
    double hills = noise_fbm(MOUNTAIN_SEED + 9, x * 0.5, z * 0.5, 3) - 0.42;
    return range * (0.3 + 6.4 * crest * (0.6 + 0.7 * summit * summit)) + hills * 0.55 -
           0.10 * (1.0 - range);
}

static struct colour ground_colour(double x, double z, double height, double slope_x,
                                   double slope_z)
{
    double texture = noise_fbm(MOUNTAIN_SEED + 31, x * 5.0, z * 5.0, 3);
    double length = square_root(slope_x * slope_x + slope_z * slope_z + 1.0);
    double steepness = 1.0 - 1.0 / length;
    // The sun stands low on the left, a little towards the viewer.
    double sun = clamp((slope_x * 0.85 + slope_z * 0.12 + 0.38) / length, 0.0, 1.0);
    struct colour rock = mix(rgb(0x4b4a57), rgb(0x7d6f6d), texture);
    struct colour forest = mix(rgb(0x16302e), rgb(0x2f5240), texture);
    double snow = smoothstep(1.1, 1.9, height + texture * 1.2 - steepness * 1.5);
    struct colour colour = mix(forest, rock, smoothstep(0.6, 1.3, height + texture * 0.6));
    colour = mix(colour, rgb(0xf4f2f6), snow);
    struct colour light = mix(rgb(0x6f82b8), rgb(0xffd2a4), sun);
    struct colour lit = {colour.r * light.r, colour.g * light.g, colour.b * light.b};
    return scale(lit, 0.72 + 0.85 * sun);
}

// A point on the ground where a column's line of sight meets it.
struct sample {
    double y; // on the canvas
    bool visible;
    struct colour colour; // set when visible
};

static struct colour seen_colour(double x, double z, double height, double slope_x, double slope_z)
{
    struct colour colour = ground_colour(x, z, height, slope_x, slope_z);
    double air = smoothstep(3.0, 40.0, z) * 0.8;
    double mist = (1.0 - smoothstep(0.0, 1.1, height)) * smoothstep(4.0, 12.0, z) * 0.6;
    return mix(mix(colour, rgb(0xb4bfe0), air), rgb(0xf3d5c6), mist);
}

// Fills a column between two samples, of which `upper` is the farther one.
static void draw_span(struct canvas *canvas, int column, double highest, struct sample lower,
                      struct sample upper)
{
    double length = larger(lower.y - upper.y, 1e-6);
    for (int row = floor_int(upper.y); row < highest; row++) {
        // Shares of what nearer ground has left free, or the sky would shine
        // through wherever two spans meet inside a pixel.
        double free_bottom = smaller(row + 1.0, highest);
        double coverage = (free_bottom - larger(row, upper.y)) / (free_bottom - row);
        double t = clamp((lower.y - row - 0.5) / length, 0.0, 1.0);
        canvas_blend(canvas, column, row, mix(lower.colour, upper.colour, t), coverage, BLEND_OVER);
    }
}

static double ground_y(double direction, double z)
{
    return LAKE_Y - ground_height(direction * z, z) / z * focal;
}

// The sharp crests lie between samples; looking for them more closely keeps
// ridges from looking like saws.
static double crest_y(double direction, double z, double gap)
{
    double highest = ground_y(direction, z);
    for (int i = 1; i <= 5; i++) {
        highest = smaller(highest, ground_y(direction, z - gap * i / 6.0));
        highest = smaller(highest, ground_y(direction, z + gap * i / 6.0));
    }
    return highest;
}

// `heights` holds the column to the left's, for the slope, and gets this one's.
static void draw_column(struct canvas *canvas, int column, double *heights)
{
    double direction = (column + 0.5 - CANVAS_WIDTH * 0.5) / focal;
    double highest = LAKE_Y + 2.0; // upper border of what is drawn so far
    double z = nearest;
    struct sample last = {.visible = false};
    double last_height = 0.0;
    double last_gap = 0.0;
    double last_slope_x = 0.0;
    double last_slope_z = 0.0;
    for (int step = 0; step < DEPTH_STEPS; step++) {
        double gap = 0.010 + z * 0.0047;
        double height = ground_height(direction * z, z);
        double slope_x = (height - heights[step]) * focal / z;
        double slope_z = last_gap > 0.0 ? (height - last_height) / last_gap : 0.0;
        heights[step] = height;
        struct sample here = {.y = LAKE_Y - height / z * focal};
        if (here.y < highest) {
            here.visible = true;
            // A sample just past a crest would show the slope behind it.
            bool past_crest =
                last.visible && (slope_z < 0.6 * last_slope_z || last_slope_x - slope_x > 0.7);
            here.colour =
                past_crest ? last.colour : seen_colour(direction * z, z, height, slope_x, slope_z);
            draw_span(canvas, column, highest, last.visible ? last : here, here);
            highest = here.y;
        } else if (last.visible) {
            struct sample crest = last;
            crest.y = crest_y(direction, z - last_gap, last_gap);
            draw_span(canvas, column, highest, last, crest);
            highest = smaller(highest, crest.y);
        }
        last = here;
        last_height = height;
        last_gap = gap;
        last_slope_x = slope_x;
        last_slope_z = slope_z;
        z += gap;
    }
}

static void draw_ground(struct canvas *canvas)
{
    double heights[DEPTH_STEPS] = {0};
    for (int column = -1; column < CANVAS_WIDTH; column++) { // -1 only for the slopes
        draw_column(canvas, column, heights);
    }
}

static void draw_pine(struct canvas *canvas, struct rng *rng, struct point foot, double height,
                      struct colour dark, struct colour light)
{
    int tiers = (int)clamp(height / 11.0, 6, 40);
    shape_taper(canvas, foot, height * 0.03 + 1.0, pt(foot.x, foot.y - height), 0.8,
                flat(scale(dark, 0.7)));
    for (int tier = tiers; tier > 0; tier--) {
        double t = tier / (double)tiers; // 1 at the lowest branches
        double y = foot.y - height * (1.0 - 0.9 * t);
        for (int side = -1; side <= 1; side += 2) {
            double reach = height * 0.21 * t * rng_range(rng, 0.65, 1.15);
            double droop = reach * rng_range(rng, 0.25, 0.55);
            double thick = height / tiers * 1.25;
            struct colour colour = side < 0 ? mix(dark, light, rng_range(rng, 0.3, 1.0)) : dark;
            struct point points[] = {
                {foot.x, y - thick},
                {foot.x + side * reach * 0.55, y + droop * 0.25 - thick * 0.3},
                {foot.x + side * reach, y + droop},
                {foot.x + side * reach * 0.68, y + droop * 0.62},
                {foot.x + side * reach * 0.55, y + droop * 0.95},
                {foot.x + side * reach * 0.3, y + droop * 0.4},
                {foot.x, y + thick * 0.4},
            };
            canvas_polygon(canvas, points, 7, flat(colour));
        }
    }
}

static void draw_far_shore(struct canvas *canvas, struct rng *rng)
{
    for (int rank = 3; rank >= 0; rank--) { // the forest climbs a little up the slopes
        for (int x = -rank * 3; x < CANVAS_WIDTH + 8; x += 11) {
            double grove = noise_fbm(MOUNTAIN_SEED + 50u + (uint32_t)rank, x / 110.0, 0.5, 3);
            double height = 14.0 + 105.0 * grove * grove * rng_range(rng, 0.4, 1.3);
            double y = LAKE_Y + 2.0 - rank * 17.0 - rng_range(rng, 0, 9);
            struct colour dark = mix(rgb(0x10262a), rgb(0x2b4a48), rank / 3.0);
            struct colour light = mix(rgb(0x6f7a4e), rgb(0x6f8a6c), rank / 3.0);
            draw_pine(canvas, rng, pt(x, y), height, dark, light);
        }
    }
    shape_rect(canvas, 0, LAKE_Y - 2, CANVAS_WIDTH, 4, flat(rgb(0x4d4a4a)));
}

static void draw_stones(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 520; i++) {
        double depth = i / 520.0;
        double y = 985 + depth * 110;
        double x = rng_range(rng, -20, CANVAS_WIDTH + 20);
        double shore = 990 + 70 * noise_fbm(MOUNTAIN_SEED + 70, x / 300.0, 1.5, 3);
        if (y < shore) {
            continue;
        }
        double rx = rng_range(rng, 8, 26) * (0.5 + depth);
        double ry = rx * rng_range(rng, 0.4, 0.65);
        double shade = rng_range(rng, 0.6, 1.1);
        struct colour colour = scale(mix(rgb(0x59606b), rgb(0x8b7d74), rng_unit(rng)), shade);
        shape_ellipse(canvas, pt(x, y + ry * 0.4), rx * 1.1, ry, shadow_paint(0.55));
        shape_ellipse(canvas, pt(x, y), rx, ry,
                      linear(pt(x - rx, y - ry), scale(colour, 1.35), pt(x + rx * 0.4, y + ry),
                             scale(colour, 0.4)));
    }
}

static void draw_near_shore(struct canvas *canvas, struct rng *rng)
{
    struct point bank[67];
    for (int i = 0; i < 65; i++) {
        double x = i * 30.0;
        bank[i] = pt(x, 1000 + 62 * noise_fbm(MOUNTAIN_SEED + 70, x / 300.0, 1.5, 3));
    }
    bank[65] = pt(CANVAS_WIDTH, CANVAS_HEIGHT);
    bank[66] = pt(0, CANVAS_HEIGHT);
    canvas_polygon(canvas, bank, 67, flat(rgb(0x2a2b30)));
    draw_stones(canvas, rng);
    static const double pines[][2] = {{60, 700},   {180, 520},  {-10, 560},  {262, 330}, {330, 240},
                                      {1880, 800}, {1770, 600}, {1690, 400}, {1620, 270}};
    for (int i = 0; i < 9; i++) {
        double y = 1075 - rng_range(rng, 0, 25);
        draw_pine(canvas, rng, pt(pines[i][0], y), pines[i][1], rgb(0x0e1d20), rgb(0x3d5147));
    }
}

void draw_mountains(struct canvas *canvas)
{
    struct rng rng = rng_seeded(MOUNTAIN_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, LAKE_Y, shaded(sky, NULL));
    shape_spot(canvas, pt(200, 560), 900, 500, rgb(0xffb070), 0.35, BLEND_ADD);
    draw_ground(canvas);
    draw_far_shore(canvas, &rng);
    effect_mirror(canvas, LAKE_Y, rgb(0x1d3350), 0.30);
    effect_ripple(canvas, LAKE_Y, 34, MOUNTAIN_SEED + 5);
    draw_near_shore(canvas, &rng);
    effect_bloom(canvas, 0.75, 0.30);
    effect_finish(canvas, 0.4, 0.012, MOUNTAIN_SEED);
}
