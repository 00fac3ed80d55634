// SPDX-License-Identifier: MIT
//
// The train and the people on the platforms.
#include "station.h"

#include "shapes.h"

const struct camera station_camera = {{1.2, 4.1, 0.0}, {960.0, 660.0}, 860.0};

struct colour station_haze(struct colour colour, double z)
{
    return mix(colour, rgb(0xffe3b8), 0.86 * smoothstep(4.0, 125.0, z));
}

static void draw_carriage(struct canvas *canvas, double x, double z0, double z1)
{
    struct paint body = flat(station_haze(rgb(0x8f1f26), z0));
    camera_quad(canvas, &station_camera, v3(x, -0.5, z0), v3(x, 3.0, z0), v3(x, 3.0, z1),
                v3(x, -0.5, z1), body);
    camera_quad(canvas, &station_camera, v3(x, 1.1, z0), v3(x, 2.5, z0), v3(x, 2.5, z1),
                v3(x, 1.1, z1), flat(station_haze(rgb(0xf0e2c0), z0)));
    camera_quad(canvas, &station_camera, v3(x, 3.0, z0), v3(x - 0.5, 3.4, z0), v3(x - 0.5, 3.4, z1),
                v3(x, 3.0, z1), flat(station_haze(rgb(0x5a5450), z0)));
    int windows = (int)((z1 - z0) / 1.6);
    for (int i = 0; i < windows; i++) {
        double z = z0 + 0.5 + i * 1.6;
        camera_quad(canvas, &station_camera, v3(x, 1.35, z), v3(x, 2.3, z), v3(x, 2.3, z + 1.1),
                    v3(x, 1.35, z + 1.1),
                    flat(station_haze(i % 3 ? rgb(0x2a4450) : rgb(0xffd27a), z)));
        camera_bar(canvas, &station_camera, v3(x, 1.95, z), v3(x, 1.95, z + 1.1), 0.05,
                   flat(station_haze(rgb(0xb8a47c), z)));
        camera_bar(canvas, &station_camera, v3(x, -0.5, z - 0.25), v3(x, 3, z - 0.25), 0.04,
                   flat(station_haze(rgb(0x5a1418), z)));
    }
    camera_bar(canvas, &station_camera, v3(x, 0.9, z0), v3(x, 0.9, z1), 0.08,
               flat(station_haze(rgb(0xe0b860), z0)));
    for (double z = z0 + 0.8; z < z1 - 0.5; z += 2.2) {
        struct point hub = camera_point(&station_camera, v3(x, -0.6, z));
        double r = 0.42 * camera_scale(&station_camera, z);
        shape_ellipse(canvas, hub, r * 0.6, r, flat(station_haze(rgb(0x1e1c1c), z)));
    }
}

static void draw_engine_face(struct canvas *canvas, double left, double right, double z)
{
    double middle = (left + right) * 0.5;
    struct point top = camera_point(&station_camera, v3(middle, 3.5, z));
    struct point low = camera_point(&station_camera, v3(middle, -0.6, z));
    double unit = camera_scale(&station_camera, z);
    double half = (right - left) * 0.5 * unit;
    shape_round_rect(
        canvas, top.x - half, top.y, 2 * half, low.y - top.y, 0.5 * unit,
        linear(pt(top.x - half, top.y), rgb(0x6a141a), pt(top.x + half, low.y), rgb(0xb02a30)));
    shape_round_rect(canvas, top.x - half * 0.84, top.y + 0.6 * unit, half * 0.78, 1.15 * unit,
                     0.15 * unit,
                     linear(pt(0, top.y), rgb(0xbfe0e6), pt(0, top.y + 1.7 * unit), rgb(0x1c303a)));
    shape_round_rect(canvas, top.x + half * 0.06, top.y + 0.6 * unit, half * 0.78, 1.15 * unit,
                     0.15 * unit,
                     linear(pt(0, top.y), rgb(0xbfe0e6), pt(0, top.y + 1.7 * unit), rgb(0x1c303a)));
    shape_rect(canvas, top.x - half, top.y + 2.05 * unit, 2 * half, 0.5 * unit,
               flat(rgb(0xf0dcae)));
    for (int side = -1; side <= 1; side += 2) {
        struct point lamp = pt(top.x + side * half * 0.66, top.y + 3.0 * unit);
        shape_ellipse(canvas, lamp, 0.26 * unit, 0.26 * unit, flat(rgb(0x2c2a28)));
        shape_ellipse(canvas, lamp, 0.19 * unit, 0.19 * unit, flat(scale(rgb(0xfff2c8), 1.3)));
        shape_spot(canvas, lamp, unit, unit, rgb(0xffd890), 0.6, BLEND_ADD);
        shape_rect(canvas, lamp.x - 0.3 * unit, low.y - 0.2 * unit, 0.6 * unit, 0.35 * unit,
                   flat(rgb(0x1c1a1a)));
    }
    for (int i = 0; i < 6; i++) {
        shape_rect(canvas, top.x - 0.4 * unit, top.y + (2.7 + 0.12 * i) * unit, 0.8 * unit,
                   0.06 * unit, flat(rgb(0x3a0c10)));
    }
    shape_rect(canvas, top.x - half, low.y - 0.35 * unit, 2 * half, 0.12 * unit,
               flat(rgb(0xe0b860)));
}

void station_draw_train(struct canvas *canvas)
{
    for (int i = 4; i >= 0; i--) {
        double z = 15.0 + i * 17.0;
        draw_carriage(canvas, -2.6, z, z + 16.4);
    }
    draw_engine_face(canvas, -5.4, -2.6, 15.0);
}

static void draw_person(struct canvas *canvas, struct rng *rng, double x, double z)
{
    static const uint32_t coats[] = {0x2b3440, 0x5a2a2c, 0x3a4a36, 0x6a543a, 0x30263c, 0x8a7a5e};
    int pick = rng_below(rng, 6);
    double tall = rng_range(rng, 1.6, 1.85);
    struct colour coat = station_haze(rgb(coats[pick]), z);
    struct point foot = camera_point(&station_camera, v3(x, 0, z));
    double unit = camera_scale(&station_camera, z);
    shape_spot(canvas, pt(foot.x + 0.3 * unit, foot.y), 0.8 * unit, 0.16 * unit, grey(0), 0.5,
               BLEND_MULTIPLY);
    struct paint legs = flat(scale(coat, 0.6));
    double hip = foot.y - 0.8 * unit;
    shape_taper(canvas, pt(foot.x - 0.14 * unit, foot.y), 0.12 * unit,
                pt(foot.x - 0.05 * unit, hip), 0.2 * unit, legs);
    shape_taper(canvas, pt(foot.x + 0.16 * unit, foot.y), 0.12 * unit,
                pt(foot.x + 0.05 * unit, hip), 0.2 * unit, legs);
    double shoulder = foot.y - (tall - 0.32) * unit;
    shape_taper(
        canvas, pt(foot.x, foot.y - 0.6 * unit), 0.52 * unit, pt(foot.x, shoulder), 0.42 * unit,
        linear(pt(foot.x - 0.3 * unit, 0), scale(coat, 1.7), pt(foot.x + 0.3 * unit, 0), coat));
    shape_ellipse(canvas, pt(foot.x, shoulder - 0.16 * unit), 0.11 * unit, 0.15 * unit,
                  flat(station_haze(rgb(0xc89874), z)));
    shape_rect(canvas, foot.x - 0.17 * unit, shoulder - 0.28 * unit, 0.34 * unit, 0.07 * unit,
               flat(scale(coat, 0.7)));
    if (pick % 2) {
        shape_rect(canvas, foot.x + 0.24 * unit, foot.y - 0.72 * unit, 0.42 * unit, 0.34 * unit,
                   flat(station_haze(rgb(0x7a4a28), z)));
    }
}

// From the far end to near the eye, so that the nearer ones cover the others.
void station_draw_people(struct canvas *canvas, struct rng *rng, double left, double right,
                         int count)
{
    for (int i = 0; i < count; i++) {
        double z = lerp(72.0, 7.5, i / (count - 1.0));
        draw_person(canvas, rng, rng_range(rng, left, right), z);
    }
}
