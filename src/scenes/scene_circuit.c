// SPDX-License-Identifier: MIT
//
// A circuit board: a processor with its buses, smaller chips, passive parts
// and the gold contacts at the border.
#include "circuit_parts.h"
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    CIRCUIT_SEED = 4004,
};

static struct colour board(const void *context, double x, double y)
{
    (void)context;
    double light = 1.25 - 0.65 * (x / CANVAS_WIDTH * 0.6 + y / CANVAS_HEIGHT * 0.4);
    double weave = (floor_int(x / 3.0) + floor_int(y / 3.0)) % 2 ? 0.02 : -0.02;
    double cloud = noise_fbm(CIRCUIT_SEED, x / 300.0, y / 300.0, 3);
    return scale(mix(rgb(0x0b3b34), rgb(0x0f5a46), cloud), light + weave);
}

// `lanes` parallel traces that start along one line and turn twice by 45
// degrees; `along` and `shift` are how far they run and how far they move over.
static void draw_bus(struct canvas *canvas, struct point start, bool vertical, int lanes,
                     double along, double shift, double lead)
{
    double sign = along < 0 ? -1.0 : 1.0;
    for (int lane = 0; lane < lanes; lane++) {
        double offset = lane * CIRCUIT_GRID;
        // Staggering the bends keeps the lanes parallel through them.
        double stagger = (shift < 0 ? lane : lanes - lane) * CIRCUIT_GRID * 0.42;
        double first = lead + stagger;
        double across = shift < 0 ? -shift : shift;
        double ends[4][2] = {{0, 0},
                             {first, 0},
                             {first + across, shift},
                             {larger(absolute(along), first + across + 10), shift}};
        struct point course[4];
        for (int i = 0; i < 4; i++) {
            double run = ends[i][0] * sign;
            double side = ends[i][1] + offset;
            course[i] =
                vertical ? pt(start.x + side, start.y + run) : pt(start.x + run, start.y + side);
        }
        draw_trace(canvas, course, 4, 4.2);
        draw_via(canvas, course[3], 5.2);
    }
}

static void draw_part_field(struct canvas *canvas, struct rng *rng, double x, double y, int columns,
                            int rows)
{
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            bool upright = rng_chance(rng, 0.3);
            double left = x + column * 48;
            double top = y + row * 44;
            if (rng_chance(rng, 0.85)) {
                draw_part(canvas, rng, left, top, upright);
            }
            draw_print(canvas, rng, left, top - 11, 3, 7);
        }
    }
}

static void draw_contacts(struct canvas *canvas)
{
    double top = CANVAS_HEIGHT - 74;
    for (double x = 420; x < 1500; x += 22) {
        struct point trace[] = {{x + 7, top - 56 - 18 * noise_hash(CIRCUIT_SEED, (int)x, 2)},
                                {x + 7, top + 4}};
        draw_trace(canvas, trace, 2, 5);
        draw_via(canvas, trace[0], 6);
        shape_round_rect(canvas, x, top, 15, 90, 4,
                         linear(pt(x, top), rgb(0xffe9a8), pt(x + 15, top + 90), rgb(0xb07a22)));
    }
}

static void draw_holes(struct canvas *canvas)
{
    static const struct point corners[] = {{64, 64}, {1856, 64}, {64, 1016}, {1856, 1016}};
    for (int i = 0; i < 4; i++) {
        shape_ellipse(canvas, corners[i], 38, 38,
                      linear(pt(corners[i].x - 38, corners[i].y - 38), rgb(0xffefc0),
                             pt(corners[i].x + 38, corners[i].y + 38), rgb(0x94651c)));
        shape_ellipse(canvas, corners[i], 22, 22, flat(rgb(0x06110f)));
        for (int k = 0; k < 8; k++) {
            draw_via(canvas, polar(corners[i], 31, k * PI / 4.0), 4);
        }
    }
}

static void draw_buses(struct canvas *canvas)
{
    draw_bus(canvas, pt(728, 360), false, 22, -330, -90, 26);
    draw_bus(canvas, pt(1192, 360), false, 22, 330, 70, 26);
    draw_bus(canvas, pt(780, 312), true, 16, -190, -110, 24);
    draw_bus(canvas, pt(990, 312), true, 12, -220, 90, 30);
    draw_bus(canvas, pt(780, 768), true, 14, 170, -120, 22);
    draw_bus(canvas, pt(970, 768), true, 14, 150, 90, 22);
    draw_bus(canvas, pt(330, 150), false, 10, 330, 60, 60);
    draw_bus(canvas, pt(1440, 170), false, 9, -200, 50, 30);
    draw_bus(canvas, pt(330, 780), false, 9, 260, 70, 40);
    draw_bus(canvas, pt(1600, 470), true, 11, 230, -60, 30);
    draw_bus(canvas, pt(170, 440), true, 11, 190, 40, 30);
    draw_bus(canvas, pt(1380, 880), false, 8, 300, -40, 60);
}

void draw_circuit(struct canvas *canvas)
{
    struct rng rng = rng_seeded(CIRCUIT_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, CANVAS_HEIGHT, shaded(board, NULL));
    for (int i = 0; i < 260; i++) { // stray vias under everything
        double x = 30 + CIRCUIT_GRID * rng_below(&rng, 155);
        double y = 30 + CIRCUIT_GRID * rng_below(&rng, 86);
        draw_via(canvas, pt(x, y), 4);
    }
    draw_buses(canvas);
    draw_contacts(canvas);
    draw_holes(canvas);
    draw_processor(canvas, &rng, 746, 330, 420);
    draw_chip(canvas, &rng, 150, 140, 180, 180);
    draw_chip(canvas, &rng, 150, 690, 190, 190);
    draw_chip(canvas, &rng, 1470, 140, 250, 110);
    draw_chip(canvas, &rng, 1480, 300, 250, 110);
    draw_chip(canvas, &rng, 1500, 730, 210, 130);
    draw_crystal(canvas, &rng, 420, 80);
    draw_crystal(canvas, &rng, 1210, 900);
    for (int i = 0; i < 5; i++) {
        draw_capacitor(canvas, 430 + i * 84, 960, 34);
        draw_capacitor(canvas, 1240 + (i % 3) * 74, 70 + i / 3 * 74, 29);
    }
    draw_part_field(canvas, &rng, 372, 170, 5, 2);
    draw_part_field(canvas, &rng, 360, 690, 7, 3);
    draw_part_field(canvas, &rng, 1250, 640, 4, 5);
    draw_part_field(canvas, &rng, 1770, 150, 2, 15);
    draw_part_field(canvas, &rng, 40, 140, 2, 18);
    draw_part_field(canvas, &rng, 640, 60, 4, 2);
    shape_spot(canvas, pt(420, 160), 1300, 900, rgb(0x9fd8ff), 0.10, BLEND_ADD);
    effect_bloom(canvas, 0.85, 0.35);
    effect_finish(canvas, 0.75, 0.01, CIRCUIT_SEED);
}
