// SPDX-License-Identifier: MIT
//
// A painted vase, a fern in its pot, and a globe.
#include "ornaments.h"

#include "shapes.h"

enum {
    GLOBE_SEED = 1941,
};

void draw_vase(struct canvas *canvas, double x, double foot)
{
    struct point outline[40];
    for (int i = 0; i < 20; i++) {
        double t = i / 19.0;
        double radius =
            20 + 34 * sine(clamp(t * 1.25, 0, 1) * PI) * (1.1 - t * 0.4) + 12 * t * t * t;
        outline[i] = pt(x - radius, foot - t * 130);
        outline[39 - i] = pt(x + radius, foot - t * 130);
    }
    canvas_polygon(canvas, outline, 40,
                   linear(pt(x - 50, 0), rgb(0xeaf0f2), pt(x + 50, 0), rgb(0x54707f)));
    for (int ring = 0; ring < 4; ring++) {
        double y = foot - 34 - ring * 18;
        for (int i = -3; i <= 3; i++) {
            double dx = sine(i * 0.42) * 34;
            shape_ellipse(canvas, pt(x + dx, y), 5.5, 5, flat_alpha(rgb(0x1f4f86), 0.85));
            shape_curve(canvas, pt(x + dx - 9, y + 7), pt(x + dx, y - 14), pt(x + dx + 9, y + 7),
                        1.8, flat_alpha(rgb(0x1f4f86), 0.85));
        }
    }
    shape_ellipse(canvas, pt(x - 22, foot - 66), 7, 26, flat_alpha(grey(1.0), 0.45));
}

void draw_fern(struct canvas *canvas, struct rng *rng, double x, double foot)
{
    for (int frond = 0; frond < 15; frond++) {
        double reach = (frond - 7) * 15 + rng_range(rng, -8, 8);
        double rise = 66 + rng_range(rng, -15, 18) - absolute(reach) * 0.15;
        struct point from = pt(x, foot - 70);
        struct point bend = pt(x + reach * 0.4, foot - 78 - rise);
        struct point tip = pt(x + reach * 1.15, foot - 66 - rise * 0.35);
        struct colour green = mix(rgb(0x2f5a2c), rgb(0x86a84c), rng_unit(rng));
        shape_curve(canvas, from, bend, tip, 2, flat(scale(green, 0.8)));
        for (int i = 3; i < 18; i++) {
            struct point stem = curve_point(from, bend, tip, i / 18.0);
            double leaf = 13 * (1.1 - i / 18.0);
            shape_taper(canvas, stem, 4, pt(stem.x - leaf * 0.7, stem.y + leaf), 0.5, flat(green));
            shape_taper(canvas, stem, 4, pt(stem.x + leaf * 0.7, stem.y + leaf), 0.5,
                        flat(scale(green, 0.75)));
        }
    }
    struct point pot[] = {{x - 42, foot - 72}, {x + 42, foot - 72}, {x + 30, foot}, {x - 30, foot}};
    canvas_polygon(canvas, pot, 4,
                   linear(pt(x - 42, 0), rgb(0xd27f52), pt(x + 42, 0), rgb(0x5a2c1c)));
    shape_rect(canvas, x - 47, foot - 80, 94, 17,
               linear(pt(x - 47, 0), rgb(0xe39668), pt(x + 47, 0), rgb(0x6a3622)));
}

void draw_globe(struct canvas *canvas, double x, double foot)
{
    struct point centre = pt(x, foot - 108);
    shape_ellipse(canvas, pt(x, foot - 6), 42, 7, flat(rgb(0x3a2214)));
    shape_taper(canvas, pt(x, foot - 6), 22, pt(x, foot - 38), 7, flat(rgb(0x6a4224)));
    shape_ring(canvas, centre, 78, 73, flat(rgb(0xc49a48)));
    shape_ellipse(
        canvas, centre, 69, 69,
        linear(pt(x - 60, centre.y - 60), rgb(0x9fc8c4), pt(x + 60, centre.y + 60), rgb(0x12363f)));
    for (int dy = -66; dy <= 66; dy++) {
        double half = square_root(69.0 * 69 - dy * dy);
        for (int dx = (int)-half; dx <= (int)half; dx++) {
            double u = dx / larger(half, 1.0);
            double land = noise_fbm(GLOBE_SEED, u * 2.1 + 9, dy / 31.0, 5);
            double light = clamp(0.95 - (dx + dy) / 170.0, 0.25, 1.3);
            canvas_blend(canvas, (int)x + dx, (int)centre.y + dy, scale(rgb(0xb9a266), light),
                         smoothstep(0.52, 0.55, land), BLEND_OVER);
        }
    }
    for (int i = -2; i <= 2; i++) {
        double half = square_root(69.0 * 69 - i * i * 26.0 * 26.0);
        shape_line(canvas, pt(x - half, centre.y + i * 26), pt(x + half, centre.y + i * 26), 1,
                   flat_alpha(rgb(0x16282c), 0.6));
        shape_curve(canvas, pt(x, centre.y - 69), pt(x + i * 60, centre.y), pt(x, centre.y + 69), 1,
                    flat_alpha(rgb(0x16282c), 0.6));
    }
}
