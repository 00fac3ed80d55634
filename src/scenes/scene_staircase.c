// SPDX-License-Identifier: MIT
//
// A spiral staircase seen from above: looking down its well, every turn is
// smaller than the one above it, and a patterned floor closes the view.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    STAIR_SEED = 1312,
    STEPS_PER_TURN = 26,
    TURNS = 6,
    STEPS = STEPS_PER_TURN * TURNS,
};

static const double first_depth = 0.62; // of the uppermost step below the eye
static const double turn_depth = 1.02;
static const double wall_radius = 1.0;
static const double well_radius = 0.47;
static const double rail_height = 0.17;
static const double focal = 1010.0;

// Where a place on the stairs appears. The eye is a little beside the axis, so
// the turns do not lie around one point of the picture.
static struct point seen(double radius, double angle, double depth)
{
    struct point axis = pt(968.0 - 66.0 / depth, 548.0 - 34.0 / depth);
    return polar(axis, radius * focal / depth, angle);
}

static double step_depth(double step)
{
    return first_depth + step * turn_depth / STEPS_PER_TURN;
}

static double step_angle(double step)
{
    return 2.2 + step * 2.0 * PI / STEPS_PER_TURN;
}

// Daylight falls in from the upper left and gets warmer and weaker below.
static struct colour lit(struct colour colour, double angle, double depth)
{
    double side = 0.80 + 0.26 * cosine(angle - 4.0);
    struct colour lamp = mix(rgb(0xffffff), rgb(0xffc47a), smoothstep(1.0, 5.5, depth));
    struct colour warm = {colour.r * lamp.r, colour.g * lamp.g, colour.b * lamp.b};
    return scale(warm, side * (1.08 - 0.07 * depth));
}

// A patch of the spiral between two radii and two (fractional) steps.
static void draw_patch(struct canvas *canvas, double inner, double outer, double from, double to,
                       double depth, struct colour colour)
{
    struct point points[12];
    for (int i = 0; i < 6; i++) {
        double angle = lerp(step_angle(from), step_angle(to), i / 5.0);
        points[i] = seen(outer, angle, depth);
        points[11 - i] = seen(inner, angle, depth);
    }
    canvas_polygon(canvas, points, 12, flat(lit(colour, step_angle(from), depth)));
}

static void draw_wall(struct canvas *canvas, int step)
{
    double low = step_depth(step);
    double high = larger(low - turn_depth, 0.2);
    double a0 = step_angle(step);
    double a1 = step_angle(step + 1);
    struct colour plaster = lit(rgb(0x6fa09a), a0 + PI, low);
    shape_quad(canvas, seen(wall_radius, a0, low), seen(wall_radius, a1, low),
               seen(wall_radius, a1, high), seen(wall_radius, a0, high), flat(plaster));
    double mid = lerp(low, high, 0.28);
    shape_quad(canvas, seen(wall_radius, a0, low), seen(wall_radius, a1, low),
               seen(wall_radius, a1, mid), seen(wall_radius, a0, mid), flat(scale(plaster, 0.72)));
    shape_line(canvas, seen(wall_radius, a0, mid), seen(wall_radius, a1, mid), 7.0 / low,
               flat(lit(rgb(0xe8d9b0), a0, low)));
    shape_line(canvas, seen(wall_radius, a0, low), seen(wall_radius, a0, mid), 3.0 / low,
               flat(scale(plaster, 0.5)));
}

static void draw_marble(struct canvas *canvas, int step, double depth)
{
    for (int vein = 0; vein < 3; vein++) {
        double r0 = lerp(well_radius, wall_radius, noise_hash(STAIR_SEED, step, vein * 4));
        double r1 = clamp(r0 + 0.3 * noise_hash(STAIR_SEED, step, vein * 4 + 1) - 0.12, well_radius,
                          wall_radius);
        double s0 = step + noise_hash(STAIR_SEED, step, vein * 4 + 2);
        double s1 = step + noise_hash(STAIR_SEED, step, vein * 4 + 3);
        shape_line(canvas, seen(r0, step_angle(s0), depth), seen(r1, step_angle(s1), depth),
                   2.2 / depth, flat_alpha(rgb(0x8f8372), 0.5));
    }
}

static void draw_tread(struct canvas *canvas, int step)
{
    double depth = step_depth(step);
    double below = step_depth(step + 1);
    double edge = step_angle(step + 1);
    struct colour stone = scale(rgb(0xe9dcc4), 0.88 + 0.18 * noise_hash(STAIR_SEED, step, 99));
    draw_patch(canvas, well_radius, wall_radius, step, step + 1, depth, stone);
    draw_marble(canvas, step, depth);
    draw_patch(canvas, 0.60, 0.90, step, step + 1, depth, rgb(0x9c1f2c)); // carpet
    draw_patch(canvas, 0.615, 0.63, step, step + 1, depth, rgb(0xe5b552));
    draw_patch(canvas, 0.87, 0.885, step, step + 1, depth, rgb(0xe5b552));
    for (int i = 0; i < 3; i++) {
        double middle = 0.685 + i * 0.065;
        struct point a = seen(middle - 0.024, step_angle(step + 0.5), depth);
        struct point b = seen(middle, step_angle(step + 0.72), depth);
        struct point c = seen(middle + 0.024, step_angle(step + 0.5), depth);
        struct point d = seen(middle, step_angle(step + 0.28), depth);
        shape_quad(canvas, a, b, c, d, flat(lit(rgb(0xd0803c), edge, depth)));
    }
    for (int i = 0; i < 5; i++) { // the step above throws a soft shadow
        struct point a = seen(well_radius, step_angle(step), depth);
        struct point b = seen(wall_radius, step_angle(step), depth);
        struct point c = seen(wall_radius, step_angle(step + 0.09 * (i + 1)), depth);
        struct point d = seen(well_radius, step_angle(step + 0.09 * (i + 1)), depth);
        shape_quad(canvas, a, b, c, d, shadow_paint(0.13));
    }
    shape_quad(canvas, seen(well_radius, edge, depth), seen(wall_radius, edge, depth),
               seen(wall_radius, edge, below), seen(well_radius, edge, below),
               flat(lit(rgb(0x6a5540), edge, depth)));
    shape_line(canvas, seen(well_radius, edge, depth), seen(wall_radius, edge, depth), 5.0 / depth,
               flat(lit(rgb(0xfff6e0), edge, depth)));
}

static void draw_string(struct canvas *canvas, int step)
{
    // The side of the stairs that faces the well.
    double a0 = step_angle(step);
    double a1 = step_angle(step + 1);
    double d0 = step_depth(step);
    double d1 = step_depth(step + 1);
    shape_quad(canvas, seen(well_radius, a0, d0), seen(well_radius, a1, d0),
               seen(well_radius, a1, d1 + 0.10), seen(well_radius, a0, d0 + 0.10),
               flat(lit(rgb(0x4a2f20), a0 + PI, d0)));
    shape_line(canvas, seen(well_radius, a0, d0 + 0.015), seen(well_radius, a1, d0 + 0.015),
               6.0 / d0, flat(lit(rgb(0xd9b070), a0, d0)));
}

static void draw_rail(struct canvas *canvas, int step)
{
    for (int i = 0; i < 3; i++) {
        double at = step + (i + 0.5) / 3.0;
        double depth = step_depth(at);
        double high = larger(depth - rail_height, 0.14);
        struct paint iron = flat(lit(rgb(0x1c1a1c), step_angle(at), depth));
        struct point foot = seen(well_radius + 0.012, step_angle(at), depth);
        struct point head = seen(well_radius + 0.012, step_angle(at), high);
        shape_line(canvas, foot, head, 5.0 / depth, iron);
        struct point knot = lerp_point(foot, head, 0.5);
        shape_ellipse(canvas, knot, 6.0 / depth, 6.0 / depth,
                      flat(lit(rgb(0xd8a848), step_angle(at), depth)));
    }
    struct point rail[5];
    struct point light[5];
    for (int i = 0; i < 5; i++) {
        double at = step - 0.05 + 1.1 * i / 4.0;
        double high = larger(step_depth(at) - rail_height, 0.14);
        rail[i] = seen(well_radius + 0.012, step_angle(at), high);
        light[i] = seen(well_radius + 0.005, step_angle(at), high);
    }
    double depth = step_depth(step);
    shape_polyline(canvas, rail, 5, 30.0 / depth,
                   flat(lit(rgb(0x3d1d10), step_angle(step), depth)));
    shape_polyline(canvas, rail, 5, 21.0 / depth,
                   flat(lit(rgb(0x8a4722), step_angle(step), depth)));
    shape_polyline(canvas, light, 5, 5.0 / depth,
                   flat(lit(rgb(0xe8a468), step_angle(step), depth)));
}

static void draw_floor(struct canvas *canvas, double depth)
{
    const int rings = 9;
    for (int ring = rings; ring > 0; ring--) {
        double outer = wall_radius * ring / rings;
        for (int i = 0; i < 24; i++) {
            double a0 = i * PI / 12.0 + ring * 0.13;
            struct point tile[] = {seen(outer, a0, depth), seen(outer, a0 + PI / 12.0, depth),
                                   seen(0, 0, depth)};
            struct colour colour = (i + ring) % 2 ? rgb(0xf3e4c0) : rgb(0x2a3a48);
            canvas_polygon(canvas, tile, 3, flat(scale(colour, 1.05)));
        }
    }
    for (int i = 0; i < 16; i++) {
        double angle = i * PI / 8.0;
        double reach = i % 2 ? 0.22 : 0.34;
        shape_triangle(canvas, seen(reach, angle, depth), seen(0.09, angle + 0.3, depth),
                       seen(0.09, angle - 0.3, depth), flat(i % 2 ? rgb(0xc8862c) : rgb(0xa02c28)));
    }
    shape_ellipse(canvas, seen(0, 0, depth), 0.07 * focal / depth, 0.07 * focal / depth,
                  flat(rgb(0xf6d88a)));
}

void draw_staircase(struct canvas *canvas)
{
    canvas_clear(canvas, rgb(0x1a1412));
    draw_floor(canvas, step_depth(STEPS) + 0.5);
    for (int step = STEPS; step >= -9; step--) {
        draw_wall(canvas, step);
        draw_string(canvas, step);
        draw_tread(canvas, step);
        draw_rail(canvas, step);
    }
    shape_spot(canvas, pt(950, 545), 330, 330, rgb(0xffb040), 0.2, BLEND_ADD);
    shape_spot(canvas, pt(300, 60), 1100, 800, rgb(0xbfe4ff), 0.14, BLEND_ADD);
    effect_bloom(canvas, 0.85, 0.3);
    effect_finish(canvas, 0.8, 0.014, STAIR_SEED);
}
