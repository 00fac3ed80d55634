// SPDX-License-Identifier: MIT
//
// A red suspension bridge that runs from the left foreground into the mist.
#include "camera.h"
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    BRIDGE_SEED = 1937,
    HORIZON_Y = 650,
};

static const struct camera camera = {{0.0, 78.0, 0.0}, {960.0, HORIZON_Y}, 1400.0};

// The bridge's axis: distance along it is measured from the near tower.
static const struct vec3 near_tower = {-125.0, 0.0, 430.0};
static const double along_x = 0.60;
static const double along_z = 0.80;
static const double main_span = 1280.0;
static const double side_span = 345.0;
static const double half_width = 15.0;
static const double deck_y = 70.0;
static const double tower_y = 227.0;

// A place on the bridge: along the axis, across it (right is positive), up.
static struct vec3 on_bridge(double along, double across, double up)
{
    return v3(near_tower.x + along * along_x + across * along_z, up,
              near_tower.z + along * along_z - across * along_x);
}

static struct colour misted(struct colour colour, double z)
{
    return mix(colour, rgb(0xc3d6da), 0.86 * smoothstep(250.0, 2100.0, z));
}

static struct colour sky(const void *context, double x, double y)
{
    (void)context;
    double t = clamp(y / HORIZON_Y, 0.0, 1.0);
    struct colour colour = mix(rgb(0x4f8296), rgb(0xe8efe6), t * (0.6 + 0.4 * t));
    double cloud = noise_fbm(BRIDGE_SEED, x / 520.0 - y / 900.0, y / 110.0, 5);
    return mix(colour, rgb(0xf4f6f2), smoothstep(0.46, 0.75, cloud) * 0.7);
}

static struct colour sea(const void *context, double px, double py)
{
    (void)context;
    double depth = camera.focal * camera.eye.y / (py - HORIZON_Y + 1.5);
    double x = (px - camera.centre.x) * depth / camera.focal;
    double swell = noise_fbm(BRIDGE_SEED + 4, x / 46.0 + 200.0, depth / 20.0, 5);
    double chop = noise_value(BRIDGE_SEED + 5, x / 4.0, depth / 2.4);
    double rough = smoothstep(0.30, 0.72, swell * 0.72 + chop * 0.28);
    struct colour colour = mix(rgb(0x0f3f50), rgb(0x4f97a0), rough);
    colour = mix(colour, rgb(0xeaf4ee), smoothstep(0.64, 0.72, swell * 0.72 + chop * 0.28) * 0.7);
    return mix(colour, rgb(0xcddcdc), smoothstep(200.0, 5000.0, depth) * 0.95);
}

static void draw_headland(struct canvas *canvas, double base, double height, double left,
                          double right, uint32_t seed, struct colour top, struct colour foot)
{
    struct point ridge[82];
    for (int i = 0; i <= 79; i++) {
        double t = i / 79.0;
        double swell = smoothstep(0.0, 0.35, t) * (1.0 - smoothstep(0.8, 1.0, t));
        double rise = noise_fbm(seed, t * 5.0, 0.5, 6);
        ridge[i] = pt(lerp(left, right, t), base - swell * height * (0.35 + rise));
    }
    ridge[80] = pt(right, base + 3);
    ridge[81] = pt(left, base + 3);
    canvas_polygon(canvas, ridge, 82, linear(pt(0, base - height), top, pt(0, base), foot));
}

static double cable_height(double along)
{
    double sag_point = 78.0;
    double beyond = larger(-along, along - main_span);
    if (beyond > 0.0) {
        double t = beyond / side_span;
        return lerp(tower_y - 3.0, deck_y + 4.0, t) - 26.0 * t * (1.0 - t);
    }
    double t = 2.0 * along / main_span - 1.0;
    return sag_point + (tower_y - 3.0 - sag_point) * t * t;
}

static void bar(struct canvas *canvas, struct vec3 from, struct vec3 to, double thickness,
                struct colour colour)
{
    camera_bar(canvas, &camera, from, to, thickness, flat(misted(colour, (from.z + to.z) * 0.5)));
}

// Cables and hangers of one side.
static void draw_cables(struct canvas *canvas, double across, double from, double to)
{
    struct colour red = rgb(0xb83420);
    for (double s = to; s > from; s -= 12.0) {
        double s0 = larger(s - 12.0, from);
        double h0 = cable_height(s0);
        double h1 = cable_height(s);
        bar(canvas, on_bridge(s, across, h1), on_bridge(s, across, deck_y), 0.34, rgb(0x8a3c30));
        bar(canvas, on_bridge(s0, across, h0), on_bridge(s, across, h1), 1.7, red);
        bar(canvas, on_bridge(s0, across, h0 + 0.5), on_bridge(s, across, h1 + 0.5), 0.4,
            rgb(0xff8a64));
        bar(canvas, on_bridge(s0, across, h0 + 2.6), on_bridge(s, across, h1 + 2.6), 0.16,
            rgb(0x7a2a20));
    }
}

static void draw_truss(struct canvas *canvas, double across, double from, double to)
{
    const double low = deck_y - 9.0;
    struct colour red = across > 0 ? rgb(0xd84a2c) : rgb(0x8f2a1c);
    for (double s = to; s > from; s -= 8.0) {
        double s0 = larger(s - 8.0, from);
        bool rising = (int)((s + side_span) / 8.0) % 2 == 0;
        bar(canvas, on_bridge(s, across, low), on_bridge(s, across, deck_y), 0.6, red);
        bar(canvas, on_bridge(s0, across, rising ? low : deck_y),
            on_bridge(s, across, rising ? deck_y : low), 0.6, red);
        bar(canvas, on_bridge(s0, across, low), on_bridge(s, across, low), 1.0, red);
        bar(canvas, on_bridge(s0, across, deck_y), on_bridge(s, across, deck_y), 1.5, red);
        bar(canvas, on_bridge(s0, across, deck_y + 2.4), on_bridge(s, across, deck_y + 2.4), 0.25,
            red);
        bar(canvas, on_bridge(s, across, deck_y), on_bridge(s, across, deck_y + 2.4), 0.25, red);
        bar(canvas, on_bridge(s, across, low), on_bridge(s, -across, low), 0.5, rgb(0x7a2418));
    }
}

static void draw_deck(struct canvas *canvas, double from, double to)
{
    draw_truss(canvas, -half_width, from, to);
    for (double s = to; s > from; s -= 24.0) {
        double s0 = larger(s - 24.0, from);
        struct colour road = misted(rgb(0x4a4644), on_bridge(s, 0, 0).z);
        camera_quad(canvas, &camera, on_bridge(s0, -half_width, deck_y),
                    on_bridge(s0, half_width, deck_y), on_bridge(s, half_width, deck_y),
                    on_bridge(s, -half_width, deck_y), flat(road));
    }
    draw_truss(canvas, half_width, from, to);
}

static void draw_box(struct canvas *canvas, double along, double across, double half_along,
                     double half_across, double low, double high)
{
    double z = on_bridge(along, across, 0).z;
    struct colour light = misted(rgb(0xe0532f), z);
    struct colour dark = misted(rgb(0x8a2416), z);
    double front = along - half_along;
    double right = across + half_across;
    camera_quad(
        canvas, &camera, on_bridge(front, right, low), on_bridge(along + half_along, right, low),
        on_bridge(along + half_along, right, high), on_bridge(front, right, high), flat(light));
    camera_quad(canvas, &camera, on_bridge(front, across - half_across, low),
                on_bridge(front, right, low), on_bridge(front, right, high),
                on_bridge(front, across - half_across, high), flat(dark));
    for (int i = 1; i < 4; i++) { // vertical flutes
        double a = lerp(front, along + half_along, i / 4.0);
        bar(canvas, on_bridge(a, right, low), on_bridge(a, right, high), 0.35, rgb(0xa83420));
        double c = lerp(across - half_across, right, i / 4.0);
        bar(canvas, on_bridge(front, c, low), on_bridge(front, c, high), 0.3, rgb(0x5f160e));
    }
    bar(canvas, on_bridge(front, right, low), on_bridge(front, right, high), 0.4, rgb(0xff9a70));
    bar(canvas, on_bridge(front, right, high), on_bridge(along + half_along, right, high), 0.7,
        rgb(0xffa880));
}

static void draw_leg(struct canvas *canvas, double along, double across)
{
    static const double stages[] = {8, 70, 112, 152, 192, 227};
    for (int i = 0; i < 5; i++) {
        double half = 6.4 - i * 0.75;
        draw_box(canvas, along, across, half, half * 0.62, stages[i], stages[i + 1]);
    }
}

static void draw_strut(struct canvas *canvas, double along, double low, double high)
{
    double front = along - 4.0;
    double z = on_bridge(along, 0, 0).z;
    camera_quad(canvas, &camera, on_bridge(front, -half_width, low),
                on_bridge(front, half_width, low), on_bridge(front, half_width, high),
                on_bridge(front, -half_width, high), flat(misted(rgb(0xa02e1c), z)));
    for (int i = -5; i <= 5; i++) {
        double across = i * half_width / 5.5;
        bar(canvas, on_bridge(front, across, low), on_bridge(front, across, high), 0.5,
            rgb(0x6a1a10));
    }
    bar(canvas, on_bridge(front, -half_width, high), on_bridge(front, half_width, high), 0.9,
        rgb(0xf07850));
    bar(canvas, on_bridge(front, -half_width, low), on_bridge(front, half_width, low), 0.7,
        rgb(0x5f160e));
}

static void draw_tower(struct canvas *canvas, double along)
{
    struct point foot = camera_point(&camera, on_bridge(along, 0, 0));
    double unit = camera_scale(&camera, on_bridge(along, 0, 0).z);
    double z = on_bridge(along, 0, 0).z;
    shape_ellipse(canvas, pt(foot.x, foot.y + 6 * unit), 36 * unit, 6 * unit,
                  flat(misted(rgb(0xe4f0ee), z))); // surf
    shape_ellipse(canvas, pt(foot.x, foot.y + 4 * unit), 32 * unit, 6 * unit,
                  flat(misted(rgb(0x4a4f50), z)));
    shape_ellipse(canvas, foot, 32 * unit, 6 * unit,
                  linear(pt(foot.x - 30 * unit, 0), misted(rgb(0xb4b8b4), z),
                         pt(foot.x + 30 * unit, 0), misted(rgb(0x7a8080), z)));
    draw_leg(canvas, along, -half_width);
    for (int i = 0; i < 3; i++) {
        double low = 10 + i * 19;
        bar(canvas, on_bridge(along, -half_width, low), on_bridge(along, half_width, low + 18), 1.8,
            rgb(0xa83020));
        bar(canvas, on_bridge(along, half_width, low), on_bridge(along, -half_width, low + 18), 1.8,
            rgb(0xa83020));
    }
    static const double struts[][2] = {{104, 116}, {145, 156}, {184, 195}, {214, 225}};
    for (int i = 0; i < 4; i++) {
        draw_strut(canvas, along, struts[i][0], struts[i][1]);
    }
    draw_leg(canvas, along, half_width);
}

// A bank of mist; its opacity varies, so it is blended pixel by pixel.
static void draw_mist(struct canvas *canvas, double middle, double half, double strength,
                      uint32_t seed)
{
    for (int y = (int)(middle - half); y < middle + half; y++) {
        double rise = 1.0 - absolute(y - middle) / half;
        for (int x = 0; x < CANVAS_WIDTH; x++) {
            double puff = noise_fbm(seed, x / 260.0, y / 60.0, 4);
            double opacity = smoothstep(0.35, 0.75, puff * 0.8 + rise * 0.25) * rise * strength;
            canvas_blend(canvas, x, y, rgb(0xe4ecea), opacity, BLEND_OVER);
        }
    }
}

static void draw_ship(struct canvas *canvas, double x, double y, double size)
{
    struct point hull[] = {{x - size, y - size * 0.14},
                           {x + size, y - size * 0.18},
                           {x + size * 0.9, y},
                           {x - size * 0.88, y}};
    canvas_polygon(canvas, hull, 4, flat(rgb(0x3c5560)));
    struct point main_sail[] = {{x - size * 0.1, y - size * 0.22},
                                {x + size * 0.75, y - size * 0.24},
                                {x - size * 0.05, y - size * 1.9}};
    struct point jib[] = {{x - size * 0.16, y - size * 0.22},
                          {x - size * 0.9, y - size * 0.2},
                          {x - size * 0.1, y - size * 1.6}};
    canvas_polygon(canvas, main_sail, 3,
                   linear(main_sail[2], rgb(0xffffff), main_sail[1], rgb(0xc4d0d0)));
    canvas_polygon(canvas, jib, 3, flat(rgb(0xdde6e4)));
    shape_ellipse(canvas, pt(x, y + size * 0.1), size * 1.1, size * 0.07, flat_alpha(grey(1), 0.6));
}

static void draw_cliff(struct canvas *canvas, struct rng *rng)
{
    struct point edge[66];
    for (int i = 0; i < 64; i++) {
        double x = 900 + i * 16.4;
        double rise = smoothstep(900, 1900, x);
        edge[i] = pt(x, 1150 - rise * 310 - 60 * noise_fbm(BRIDGE_SEED + 30, x / 120.0, 0.5, 5));
    }
    edge[64] = pt(CANVAS_WIDTH + 20, CANVAS_HEIGHT + 10);
    edge[65] = pt(900, CANVAS_HEIGHT + 10);
    canvas_polygon(canvas, edge, 66,
                   linear(pt(1300, 850), rgb(0x5a5a3c), pt(1400, 1080), rgb(0x1c2420)));
    for (int i = 0; i < 3600; i++) {
        double x = rng_range(rng, 920, CANVAS_WIDTH + 10);
        int index = (int)((x - 900) / 16.4);
        double down = i / 3600.0;
        double top = edge[index > 63 ? 63 : index].y;
        double y = top + down * down * 330;
        double size = 14 + 22 * down;
        double bend = rng_range(rng, -0.5, 0.8) * size;
        double light = rng_range(rng, 0.55, 1.2);
        bool flower = rng_chance(rng, 0.05);
        struct colour grass = scale(mix(rgb(0xb9a85a), rgb(0x4f6a3a), down), light);
        shape_taper(canvas, pt(x, y + 4), 3.2, pt(x + bend, y - size), 0.6, flat(grass));
        if (flower) {
            shape_ellipse(canvas, pt(x + bend, y - size), 3.4 + 2 * down, 3.0 + 2 * down,
                          flat(light > 0.9 ? rgb(0xf2a02c) : rgb(0xf4e070)));
        }
    }
}

void draw_bridge(struct canvas *canvas)
{
    struct rng rng = rng_seeded(BRIDGE_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, HORIZON_Y + 2, shaded(sky, NULL));
    shape_spot(canvas, pt(1250, 480), 900, 480, rgb(0xffe8c0), 0.2, BLEND_ADD);
    shape_rect(canvas, 0, HORIZON_Y + 1, CANVAS_WIDTH, CANVAS_HEIGHT - HORIZON_Y,
               shaded(sea, NULL));
    draw_headland(canvas, HORIZON_Y + 4, 190, 1150, 2300, BRIDGE_SEED + 10, rgb(0x9fb9bc),
                  rgb(0xc6d6d6));
    draw_headland(canvas, HORIZON_Y + 14, 150, 1420, 2250, BRIDGE_SEED + 11, rgb(0x7f9f9c),
                  rgb(0xb9cccb));
    draw_headland(canvas, HORIZON_Y + 5, 120, -300, 520, BRIDGE_SEED + 12, rgb(0x93b0b4),
                  rgb(0xc3d4d4));
    draw_mist(canvas, HORIZON_Y - 30, 130, 0.9, BRIDGE_SEED + 20);
    draw_ship(canvas, 1130, 745, 22);
    draw_ship(canvas, 860, 702, 12);
    draw_ship(canvas, 1010, 860, 44);

    draw_cables(canvas, -half_width, 0.0, main_span + 300.0);
    draw_deck(canvas, main_span, main_span + 300.0);
    draw_tower(canvas, main_span);
    draw_deck(canvas, 0.0, main_span);
    draw_cables(canvas, half_width, 0.0, main_span);
    draw_mist(canvas, HORIZON_Y + 10, 70, 0.55, BRIDGE_SEED + 25);
    draw_cables(canvas, -half_width, -side_span, 0.0);
    draw_tower(canvas, 0.0);
    draw_deck(canvas, -side_span, -6.0);
    draw_cables(canvas, half_width, -side_span, 0.0);
    draw_cliff(canvas, &rng);
    effect_bloom(canvas, 0.9, 0.25);
    effect_finish(canvas, 0.45, 0.012, BRIDGE_SEED);
}
