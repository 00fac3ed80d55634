// SPDX-License-Identifier: MIT
//
// Each part lies on its own shadow; light comes from the upper left.
#include "circuit_parts.h"

#include "shapes.h"

enum {
    PARTS_SEED = 4040,
};

static struct colour copper(void)
{
    return rgb(0x2f8f68);
}

void draw_via(struct canvas *canvas, struct point at, double radius)
{
    shape_ellipse(canvas, pt(at.x + 1, at.y + 1.5), radius + 0.5, radius + 0.5, shadow_paint(0.4));
    shape_ellipse(canvas, at, radius, radius,
                  linear(pt(at.x - radius, at.y - radius), rgb(0xffe3a0),
                         pt(at.x + radius, at.y + radius), rgb(0x9a6f28)));
    shape_ellipse(canvas, at, radius * 0.45, radius * 0.45, flat(rgb(0x08201c)));
}

void draw_trace(struct canvas *canvas, const struct point *course, int count, double width)
{
    struct point moved[TRACE_MAX_POINTS];
    count = count > TRACE_MAX_POINTS ? TRACE_MAX_POINTS : count;
    for (int i = 0; i < count; i++) {
        moved[i] = pt(course[i].x + 1.2, course[i].y + 1.6);
    }
    shape_polyline(canvas, moved, count, width, shadow_paint(0.45));
    shape_polyline(canvas, course, count, width, flat(copper()));
    for (int i = 0; i < count; i++) {
        moved[i] = pt(course[i].x - 0.4, course[i].y - 0.8);
    }
    shape_polyline(canvas, moved, count, width * 0.35, flat_alpha(rgb(0x8fe0b4), 0.55));
}

void draw_print(struct canvas *canvas, struct rng *rng, double x, double y, int letters,
                double size)
{
    struct paint ink = flat_alpha(rgb(0xe6efe8), 0.85);
    double pen = larger(size * 0.16, 1.4);
    for (int i = 0; i < letters; i++) {
        double left = x + i * size * 0.85;
        double right = left + size * 0.55;
        int form = rng_below(rng, 5);
        shape_line(canvas, pt(left, y), pt(left, y + size), pen, ink);
        if (form != 0) {
            shape_line(canvas, pt(left, y), pt(right, y), pen, ink);
        }
        if (form != 1) {
            shape_line(canvas, pt(left, y + size), pt(right, y + size), pen, ink);
        }
        if (form != 2) {
            shape_line(canvas, pt(right, y), pt(right, y + size), pen, ink);
        }
        if (form > 2) {
            shape_line(canvas, pt(left, y + size * 0.5), pt(right, y + size * 0.5), pen, ink);
        }
    }
}

static void draw_pad(struct canvas *canvas, double x, double y, double w, double h)
{
    shape_rect(canvas, x, y, w, h,
               linear(pt(x, y), rgb(0xf4f4ee), pt(x + w, y + h), rgb(0x7f8584)));
}

static void draw_shadow(struct canvas *canvas, double x, double y, double w, double h)
{
    for (int i = 0; i < 5; i++) {
        double grow = 3.0 * i;
        shape_round_rect(canvas, x + 8 - grow, y + 11 - grow, w + 2 * grow, h + 2 * grow, 6 + grow,
                         shadow_paint(0.16));
    }
}

static void draw_pins(struct canvas *canvas, double x, double y, double w, double h, double length)
{
    for (double dx = CIRCUIT_GRID; dx < w - 6; dx += CIRCUIT_GRID) {
        draw_pad(canvas, x + dx - 3, y - length, 6, length + 1);
        draw_pad(canvas, x + dx - 3, y + h - 1, 6, length + 1);
    }
    for (double dy = CIRCUIT_GRID; dy < h - 6; dy += CIRCUIT_GRID) {
        draw_pad(canvas, x - length, y + dy - 3, length + 1, 6);
        draw_pad(canvas, x + w - 1, y + dy - 3, length + 1, 6);
    }
}

void draw_chip(struct canvas *canvas, struct rng *rng, double x, double y, double w, double h)
{
    draw_shadow(canvas, x, y, w, h);
    draw_pins(canvas, x, y, w, h, 13);
    shape_round_rect(canvas, x, y, w, h, 4,
                     linear(pt(x, y), rgb(0x4a4d52), pt(x + w, y + h), rgb(0x131416)));
    shape_round_rect(canvas, x + 4, y + 4, w - 8, h - 8, 3,
                     linear(pt(x, y), rgb(0x34363a), pt(x + w, y + h), rgb(0x1b1c1f)));
    shape_ellipse(canvas, pt(x + 16, y + 16), 5, 5, flat(rgb(0x0c0d0e)));
    shape_ring(canvas, pt(x + 16, y + 16), 6, 4.6, flat(rgb(0x66696e)));
    double size = clamp(h * 0.13, 8, 18);
    int letters = (int)clamp((w - 40) / (size * 0.85), 2, 11);
    draw_print(canvas, rng, x + 24, y + h * 0.40, letters, size);
    draw_print(canvas, rng, x + 24, y + h * 0.40 + size * 1.6, letters - 1, size * 0.8);
}

void draw_processor(struct canvas *canvas, struct rng *rng, double x, double y, double size)
{
    draw_shadow(canvas, x, y, size, size); // twice, as it stands higher than other parts
    draw_shadow(canvas, x, y, size, size);
    draw_pins(canvas, x, y, size, size, 18);
    shape_round_rect(canvas, x, y, size, size, 6,
                     linear(pt(x, y), rgb(0x2b6a52), pt(x + size, y + size), rgb(0x123a2e)));
    for (double d = 16; d < size - 10; d += 14) { // small parts around the lid
        draw_pad(canvas, x + d, y + 10, 8, 5);
        draw_pad(canvas, x + d, y + size - 16, 8, 5);
        draw_pad(canvas, x + 10, y + d, 5, 8);
        draw_pad(canvas, x + size - 16, y + d, 5, 8);
    }
    double inset = size * 0.12;
    double lid = size - 2 * inset;
    draw_shadow(canvas, x + inset, y + inset, lid, lid);
    shape_round_rect(canvas, x + inset, y + inset, lid, lid, 12,
                     linear(pt(x, y), rgb(0xf2f4f5), pt(x + size, y + size), rgb(0x6d757b)));
    shape_round_rect(canvas, x + inset + 10, y + inset + 10, lid - 20, lid - 20, 8,
                     linear(pt(x + size, y + size), rgb(0xdfe3e6), pt(x, y), rgb(0x98a1a7)));
    for (double line = 14; line < lid - 14; line += 3) { // brushed metal
        double strength = 0.10 * noise_hash(PARTS_SEED, (int)line, 1);
        shape_rect(canvas, x + inset + 12, y + inset + line, lid - 24, 1.4, shadow_paint(strength));
    }
    for (int row = 0; row < 4; row++) {
        double letter = row == 0 ? 30 : 16;
        for (int i = 0; i < (row == 0 ? 7 : 12); i++) {
            double left = x + inset + 40 + i * letter * 0.95;
            double top = y + inset + 48 + row * 40 + (row ? 10 : 0);
            int form = rng_below(rng, 3);
            shape_rect(canvas, left, top, letter * 0.18, letter, flat(rgb(0x41484d)));
            shape_rect(canvas, left, form ? top : top + letter * 0.82, letter * 0.6, letter * 0.18,
                       flat(rgb(0x41484d)));
            if (form != 1) {
                shape_rect(canvas, left + letter * 0.45, top, letter * 0.18, letter,
                           flat(rgb(0x41484d)));
            }
        }
    }
}

void draw_capacitor(struct canvas *canvas, double x, double y, double r)
{
    shape_spot(canvas, pt(x + r * 0.5, y + r * 0.6), r * 1.7, r * 1.6, grey(0), 0.75,
               BLEND_MULTIPLY);
    shape_ellipse(canvas, pt(x, y), r, r,
                  linear(pt(x - r, y - r), rgb(0x3a5f9a), pt(x + r, y + r), rgb(0x0c1a33)));
    shape_ellipse(canvas, pt(x - r * 0.06, y - r * 0.08), r * 0.84, r * 0.84,
                  linear(pt(x - r, y - r), rgb(0xffffff), pt(x + r, y + r), rgb(0x6f777d)));
    shape_line(canvas, pt(x - r * 0.5, y), pt(x + r * 0.5, y), 2, shadow_paint(0.5));
    shape_line(canvas, pt(x, y - r * 0.5), pt(x, y + r * 0.5), 2, shadow_paint(0.5));
    shape_sector(canvas, pt(x - r * 0.06, y - r * 0.08), r * 0.4, r * 0.84, -0.5, 0.5,
                 flat(rgb(0x23395f)));
}

void draw_part(struct canvas *canvas, struct rng *rng, double x, double y, bool upright)
{
    static const uint32_t bodies[] = {0xb58a58, 0x1c1d20, 0x8a6a48, 0x2a2c30};
    int kind = rng_below(rng, 4);
    double w = upright ? 14 : 30;
    double h = upright ? 30 : 14;
    shape_rect(canvas, x + 2, y + 4, w + 2, h, shadow_paint(0.5));
    draw_pad(canvas, x, y, w, h);
    struct colour body = rgb(bodies[kind]);
    double inset_x = upright ? 0 : 7;
    double inset_y = upright ? 7 : 0;
    shape_rect(canvas, x + inset_x, y + inset_y, w - 2 * inset_x, h - 2 * inset_y,
               linear(pt(x, y), scale(body, 1.4), pt(x + w, y + h), scale(body, 0.7)));
    if (kind % 2) {
        draw_print(canvas, rng, x + inset_x + 3, y + inset_y + 4, upright ? 1 : 2, 6);
    }
}

void draw_crystal(struct canvas *canvas, struct rng *rng, double x, double y)
{
    draw_shadow(canvas, x, y, 110, 44);
    shape_round_rect(canvas, x, y, 110, 44, 21,
                     linear(pt(x, y), rgb(0xffffff), pt(x, y + 44), rgb(0x70787c)));
    shape_round_rect(canvas, x + 6, y + 6, 98, 32, 15,
                     linear(pt(x, y + 44), rgb(0xf0f2f2), pt(x, y), rgb(0x9da5a8)));
    draw_print(canvas, rng, x + 24, y + 16, 7, 11);
}
