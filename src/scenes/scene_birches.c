// SPDX-License-Identifier: MIT
//
// A birch wood in autumn, looked into against the low sun.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    BIRCH_SEED = 1010,
    TRUNK_PARTS = 24,
    GROUND_Y = 730,
};

struct trunk {
    double x, foot, width, lean;
    uint32_t seed;
    double haze; // 0 near, 1 lost in the light
};

static struct colour backdrop(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / GROUND_Y, 0.0, 1.0);
    struct colour colour = mix(rgb(0xc8862c), rgb(0xfff0b4), t);
    double crowns = noise_fbm(BIRCH_SEED, x / 130.0, y / 100.0, 5);
    double dx = (x - 1180.0) / 900.0;
    double dy = (y - 470.0) / 620.0;
    double sun = clamp(1.0 - dx * dx - dy * dy, 0.0, 1.0);
    struct colour leaf = mix(rgb(0x7a4a14), rgb(0xf0b838), crowns);
    colour = mix(colour, leaf, (1.0 - 0.75 * t) * 0.8);
    return add(colour, scale(rgb(0xffe9a8), 0.25 * sun * sun));
}

static struct colour forest_floor(const void *context, double x, double y)
{
    (void)context;
    double t = clamp((y - GROUND_Y) / (CANVAS_HEIGHT - GROUND_Y), 0.0, 1.0);
    double size = 6.0 + 40.0 * t;
    double clods = noise_fbm(BIRCH_SEED + 3, x / (size * 2.0), y / size, 4);
    struct colour colour = mix(rgb(0xf2c868), rgb(0x6a3414), smoothstep(0.0, 0.75, t));
    return scale(colour, 0.6 + 0.75 * clods);
}

static double trunk_middle(const struct trunk *trunk, double y)
{
    double up = trunk->foot - y;
    double sway = noise_value(trunk->seed, y / 260.0, 0.5) - 0.5;
    return trunk->x + trunk->lean * up + sway * trunk->width * 0.9;
}

static double trunk_half(const struct trunk *trunk, double y)
{
    double up = clamp((trunk->foot - y) / 1000.0, 0.0, 1.2);
    double flare = clamp(1.0 - (trunk->foot - y) / 60.0, 0.0, 1.0);
    return trunk->width * 0.5 * (1.0 - 0.38 * up + 0.35 * flare * flare);
}

static struct colour hazed(struct colour colour, double haze)
{
    return mix(colour, rgb(0xffe6a0), haze);
}

static struct colour bark(const void *context, double x, double y)
{
    const struct trunk *trunk = context;
    double across = (x - trunk_middle(trunk, y)) / trunk_half(trunk, y);
    double fine = noise_fbm(trunk->seed + 1, x / 22.0, y / 3.2, 3);
    double patch = noise_fbm(trunk->seed + 2, across * 1.3, y / 60.0, 3);
    struct colour white = mix(rgb(0xf7efe2), rgb(0xc9b49c), fine);
    struct colour colour = mix(white, rgb(0x5a4638), smoothstep(0.62, 0.74, patch) * 0.75);
    double foot_dark = smoothstep(trunk->foot - 240.0, trunk->foot, y + 90.0 * (fine - 0.5));
    colour = mix(colour, rgb(0x2a201c), foot_dark * 0.8);
    // Light comes from behind on the right, so both borders and the left are dark.
    double round = 1.0 - 0.55 * across * across - 0.20 * (1.0 - across) * 0.5;
    double glow = smoothstep(0.25, 0.85, across) * (1.0 - smoothstep(0.9, 1.05, across));
    colour = add(scale(colour, round), scale(rgb(0xffa83c), glow * 0.22));
    return hazed(colour, trunk->haze);
}

static void draw_marks(struct canvas *canvas, const struct trunk *trunk, struct rng *rng)
{
    struct paint black = flat(hazed(rgb(0x241a18), trunk->haze));
    double y = trunk->foot - 20;
    while (y > -20) {
        double half = trunk_half(trunk, y);
        double middle = trunk_middle(trunk, y);
        double from = rng_range(rng, -1.0, 0.5);
        double length = rng_range(rng, 0.15, 0.8);
        double to = smaller(from + length, 0.98);
        double thick = half * rng_range(rng, 0.03, 0.10);
        shape_taper(canvas, pt(middle + from * half, y), thick,
                    pt(middle + to * half, y + half * 0.05), thick * 0.4, black);
        if (y < trunk->foot - 2.0 * trunk->width && rng_chance(rng, 0.06)) { // the scar of a branch
            double eye = middle + half * rng_range(rng, -0.5, 0.5);
            double size = half * rng_range(rng, 0.2, 0.36);
            shape_ellipse(canvas, pt(eye, y), size, size * 0.55, black);
            shape_curve(canvas, pt(eye - size * 2, y + size * 1.3), pt(eye, y - size * 1.5),
                        pt(eye + size * 2, y + size * 1.3), size * 0.16, black);
        }
        y -= half * rng_range(rng, 0.12, 0.75);
    }
}

static void draw_branches(struct canvas *canvas, const struct trunk *trunk, struct rng *rng)
{
    struct paint dark = flat(hazed(rgb(0x3a2a22), trunk->haze));
    for (int i = 0; i < 7; i++) {
        double y = rng_range(rng, -40, trunk->foot * 0.62);
        double side = rng_chance(rng, 0.5) ? 1.0 : -1.0;
        double reach = trunk->width * rng_range(rng, 1.6, 4.0) * side;
        double rise = absolute(reach) * rng_range(rng, 0.5, 1.1);
        struct point from = pt(trunk_middle(trunk, y), y);
        struct point bend = pt(from.x + reach * 0.5, y - rise * 0.9);
        struct point tip = pt(from.x + reach, y - rise * 0.8);
        shape_curve(canvas, from, bend, tip, larger(trunk->width * 0.07, 1.0), dark);
        for (int twig = 1; twig < 5; twig++) {
            struct point at = curve_point(from, bend, tip, 0.3 + twig * 0.15);
            double drop = rng_range(rng, -0.4, 0.7) * trunk->width;
            shape_taper(canvas, at, larger(trunk->width * 0.035, 0.9),
                        pt(at.x + reach * 0.22, at.y + drop), 0.6, dark);
        }
    }
}

static void draw_trunk(struct canvas *canvas, const struct trunk *trunk, struct rng *rng)
{
    struct point outline[2 * (TRUNK_PARTS + 1)];
    for (int i = 0; i <= TRUNK_PARTS; i++) {
        double y = lerp(trunk->foot, -30, i / (double)TRUNK_PARTS);
        double middle = trunk_middle(trunk, y);
        double half = trunk_half(trunk, y);
        outline[i] = pt(middle - half, y);
        outline[2 * TRUNK_PARTS + 1 - i] = pt(middle + half, y);
    }
    double w = trunk->width;
    for (int i = 0; i < 4; i++) { // a shadow towards the viewer
        shape_quad(canvas, pt(trunk->x - w * 0.6, trunk->foot - 4),
                   pt(trunk->x + w * 0.6, trunk->foot - 4),
                   pt(trunk->x - w * (1.2 + i * 0.2), trunk->foot + w * 4),
                   pt(trunk->x - w * (3.0 + i * 0.1), trunk->foot + w * 4),
                   shadow_paint(0.10 * (1 - trunk->haze)));
    }
    draw_branches(canvas, trunk, rng);
    canvas_polygon(canvas, outline, 2 * (TRUNK_PARTS + 1), shaded(bark, trunk));
    draw_marks(canvas, trunk, rng);
}

static struct colour leaf_colour(struct rng *rng)
{
    static const uint32_t hues[] = {0xf6c02c, 0xf09a1c, 0xe8781c, 0xffdc5a,
                                    0xc8501c, 0xd8a828, 0xffd040};
    int pick = rng_below(rng, 7);
    return scale(rgb(hues[pick]), rng_range(rng, 0.72, 1.12));
}

static void draw_leaf(struct canvas *canvas, struct rng *rng, struct point at, double size,
                      double flatness, double haze)
{
    double turn = rng_range(rng, 0, 2 * PI);
    double dx = cosine(turn) * size;
    double dy = sine(turn) * size * flatness;
    double fat = rng_range(rng, 0.35, 0.6);
    struct colour colour = hazed(leaf_colour(rng), haze);
    struct point left = pt(at.x - dy * fat, at.y + dx * fat * flatness);
    struct point right = pt(at.x + dy * fat, at.y - dx * fat * flatness);
    struct point tip = pt(at.x + dx, at.y + dy);
    struct point stem = pt(at.x - dx, at.y - dy);
    shape_triangle(canvas, stem, left, tip, flat(colour));
    shape_triangle(canvas, stem, tip, right, flat(scale(colour, 0.8)));
}

// Leaves hang in clouds, denser towards the top of the picture.
static void draw_canopy(struct canvas *canvas, struct rng *rng, int clusters, double size,
                        double haze)
{
    for (int i = 0; i < clusters; i++) {
        double x = rng_range(rng, -60, CANVAS_WIDTH + 60);
        double fall = rng_unit(rng);
        double y = -40 + fall * fall * 560;
        double spread = size * rng_range(rng, 4, 9);
        for (int leaf = 0; leaf < 16; leaf++) {
            double angle = rng_range(rng, 0, 2 * PI);
            double far = rng_unit(rng) * spread;
            struct point at = pt(x + cosine(angle) * far * 1.5, y + sine(angle) * far * 0.8);
            draw_leaf(canvas, rng, at, size * rng_range(rng, 0.6, 1.15), 1.0, haze);
        }
    }
}

static void draw_litter(struct canvas *canvas, struct rng *rng)
{
    for (int i = 0; i < 4200; i++) {
        double t = i / 4200.0;
        double y = GROUND_Y + 12 + t * t * (CANVAS_HEIGHT - GROUND_Y);
        double x = rng_range(rng, -10, CANVAS_WIDTH + 10);
        double size = 2.5 + 13.0 * t * t;
        if (t > 0.5) {
            shape_ellipse(canvas, pt(x + 2, y + 3), size * 0.8, size * 0.3, shadow_paint(0.35));
        }
        draw_leaf(canvas, rng, pt(x, y), size, 0.5, 0.5 * (1.0 - t));
    }
}

static void draw_grass(struct canvas *canvas, struct rng *rng, double x, double y, double size)
{
    for (int i = 0; i < 16; i++) {
        double reach = rng_range(rng, -0.7, 0.7) * size;
        double rise = rng_range(rng, 0.5, 1.2) * size;
        struct colour colour = mix(rgb(0x6a6a24), rgb(0xe0c060), rng_unit(rng));
        shape_taper(canvas, pt(x + reach * 0.3, y), size * 0.06, pt(x + reach, y - rise), 0.5,
                    flat(colour));
    }
}

static void draw_rank(struct canvas *canvas, struct rng *rng, int count, double foot, double width,
                      double haze)
{
    for (int i = 0; i < count; i++) {
        struct trunk trunk = {.haze = haze, .seed = BIRCH_SEED + 100u + (uint32_t)(i + width * 40)};
        double slot = CANVAS_WIDTH / (double)count;
        trunk.x = (i + rng_range(rng, 0.1, 0.9)) * slot;
        trunk.foot = foot + rng_range(rng, -8, 14);
        trunk.width = width * rng_range(rng, 0.7, 1.25);
        trunk.lean = rng_range(rng, -0.04, 0.04);
        draw_trunk(canvas, &trunk, rng);
    }
}

void draw_birches(struct canvas *canvas)
{
    static const struct trunk near[] = {
        {150, 1010, 128, 0.012, 4001, 0.0},   {520, 935, 84, -0.03, 4002, 0.04},
        {860, 890, 62, 0.02, 4003, 0.10},     {1420, 925, 80, 0.035, 4004, 0.04},
        {1745, 1030, 140, -0.015, 4005, 0.0},
    };
    struct rng rng = rng_seeded(BIRCH_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, GROUND_Y, shaded(backdrop, NULL));
    shape_rect(canvas, 0, GROUND_Y, CANVAS_WIDTH, CANVAS_HEIGHT - GROUND_Y,
               shaded(forest_floor, NULL));
    draw_rank(canvas, &rng, 34, GROUND_Y + 6, 9, 0.72);
    draw_canopy(canvas, &rng, 130, 5, 0.5);
    draw_rank(canvas, &rng, 20, GROUND_Y + 26, 17, 0.50);
    draw_canopy(canvas, &rng, 110, 7, 0.3);
    draw_rank(canvas, &rng, 12, GROUND_Y + 66, 32, 0.26);
    draw_litter(canvas, &rng);
    draw_canopy(canvas, &rng, 110, 10, 0.12);
    for (int i = 0; i < 60; i++) {
        double t = rng_unit(&rng);
        double x = rng_range(&rng, 0, CANVAS_WIDTH);
        draw_grass(canvas, &rng, x, GROUND_Y + 60 + t * 290, 24 + 60 * t);
    }
    for (int i = 0; i < 5; i++) {
        draw_trunk(canvas, &near[(i * 2 + 2) % 5], &rng);
    }
    draw_canopy(canvas, &rng, 72, 15, 0.0);
    shape_spot(canvas, pt(1180, 520), 760, 520, rgb(0xffc860), 0.12, BLEND_ADD);
    effect_bloom(canvas, 0.85, 0.3);
    effect_finish(canvas, 0.7, 0.012, BIRCH_SEED);
}
