// SPDX-License-Identifier: MIT
//
// A station hall: iron arches under a glass roof, platforms, and a train that
// waits in the morning light.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"
#include "station.h"

enum {
    STATION_SEED = 1888,
    ROOF_PANES = 22, // around an arch
    ARCHES = 17,
};

static const double hall_half = 19.0; // half the width of the hall
static const double spring_y = 6.5;   // where the arches begin
static const double roof_rise = 11.5; // and how far they rise
static const double arch_pitch = 6.0;
static const double first_arch = 5.0;
static const double hall_end = 101.0; // first_arch + (ARCHES - 1) * arch_pitch

static struct vec3 on_roof(double t, double z, double inset)
{
    double angle = PI * t;
    return v3(-(hall_half - inset) * cosine(angle), spring_y + (roof_rise - inset) * sine(angle),
              z);
}

static void draw_gable(struct canvas *canvas)
{
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, CANVAS_HEIGHT, flat(station_haze(rgb(0x6a5a4a), 60)));
    struct point glass[42];
    for (int i = 0; i <= 40; i++) {
        glass[i] = camera_point(&station_camera, on_roof(i / 40.0, hall_end, 0.0));
    }
    glass[41] = camera_point(&station_camera, v3(hall_half, 0, hall_end));
    struct point foot = camera_point(&station_camera, v3(-hall_half, 0, hall_end));
    struct point outline[43];
    outline[0] = foot;
    for (int i = 0; i < 42; i++) {
        outline[i + 1] = glass[i];
    }
    canvas_polygon(canvas, outline, 43,
                   linear(pt(0, 500), rgb(0xfff6df), pt(0, 690), rgb(0xffcf8c)));
    struct paint iron = flat(station_haze(rgb(0x37433c), 70));
    for (int i = 1; i < 16; i++) {
        struct vec3 hub = v3(0, spring_y, hall_end);
        camera_bar(canvas, &station_camera, hub, on_roof(i / 16.0, hall_end, 0.0), 0.22, iron);
    }
    for (double inset = 3; inset < 11; inset += 3) {
        for (int i = 0; i < 20; i++) {
            camera_bar(canvas, &station_camera, on_roof(i / 20.0, hall_end, inset),
                       on_roof((i + 1) / 20.0, hall_end, inset), 0.22, iron);
        }
    }
    for (double x = -hall_half; x <= hall_half; x += 1.9) {
        camera_bar(canvas, &station_camera, v3(x, 0, hall_end), v3(x, spring_y, hall_end), 0.2,
                   iron);
    }
    camera_bar(canvas, &station_camera, v3(-hall_half, spring_y, hall_end),
               v3(hall_half, spring_y, hall_end), 0.4, iron);
}

static void draw_roof_bay(struct canvas *canvas, int bay)
{
    double z0 = first_arch + bay * arch_pitch - (bay == 0 ? 4.6 : 0.0);
    double z1 = first_arch + (bay + 1) * arch_pitch;
    for (int i = 0; i < ROOF_PANES; i++) {
        double t0 = i / (double)ROOF_PANES;
        double t1 = (i + 1) / (double)ROOF_PANES;
        double height = sine(PI * (t0 + t1) * 0.5);
        for (int half = 0; half < 2; half++) {
            double za = lerp(z0, z1, half * 0.5);
            double zb = lerp(z0, z1, half * 0.5 + 0.5);
            double dirt = noise_hash(STATION_SEED, bay * 2 + half, i);
            struct colour sky =
                mix(rgb(0x5f90ae), rgb(0xd3e8ea), height * 0.85 + 0.25 * dirt - 0.1);
            bool slate = height < 0.42;
            struct colour pane = slate ? mix(rgb(0x4c4038), rgb(0x63544a), dirt) : sky;
            camera_quad(canvas, &station_camera, on_roof(t0, za, 0), on_roof(t1, za, 0),
                        on_roof(t1, zb, 0), on_roof(t0, zb, 0), flat(station_haze(pane, za)));
            struct paint bar = flat(station_haze(rgb(0x2c3a34), za));
            camera_bar(canvas, &station_camera, on_roof(t0, zb, 0), on_roof(t1, zb, 0), 0.07, bar);
            camera_bar(canvas, &station_camera, on_roof(t0, za, 0), on_roof(t0, zb, 0),
                       i % 3 == 0 ? 0.2 : 0.07, bar);
        }
    }
}

static void draw_wall_bay(struct canvas *canvas, int bay, double side)
{
    double z0 = first_arch + bay * arch_pitch - (bay == 0 ? 4.6 : 0.0);
    double z1 = first_arch + (bay + 1) * arch_pitch;
    double x = side * hall_half;
    struct colour brick = station_haze(side < 0 ? rgb(0x8a5a42) : rgb(0x6c4636), z0);
    camera_quad(canvas, &station_camera, v3(x, 0, z0), v3(x, spring_y, z0), v3(x, spring_y, z1),
                v3(x, 0, z1), flat(brick));
    struct paint mortar = flat_alpha(station_haze(rgb(0xd0b090), z0), 0.35);
    for (double y = 0.3; y < spring_y; y += 0.32) {
        camera_bar(canvas, &station_camera, v3(x, y, z0), v3(x, y, z1), 0.03, mortar);
    }
    struct colour light = station_haze(rgb(0xffdf9a), z0);
    double middle = first_arch + (bay + 0.5) * arch_pitch;
    camera_quad(canvas, &station_camera, v3(x, 1.6, middle - 1.5), v3(x, 5.3, middle - 1.5),
                v3(x, 5.3, middle + 1.5), v3(x, 1.6, middle + 1.5), flat(light));
    struct paint frame = flat(station_haze(rgb(0x2f3a34), z0));
    for (int i = 0; i <= 4; i++) {
        double z = middle - 1.5 + i * 0.75;
        camera_bar(canvas, &station_camera, v3(x, 1.6, z), v3(x, 5.3, z), 0.12, frame);
        double y = 1.6 + i * 0.925;
        camera_bar(canvas, &station_camera, v3(x, y, middle - 1.5), v3(x, y, middle + 1.5), 0.12,
                   frame);
    }
    camera_bar(canvas, &station_camera, v3(x, spring_y, z0), v3(x, spring_y, z1), 0.5, frame);
}

static void draw_arch(struct canvas *canvas, double z)
{
    struct paint iron = flat(station_haze(rgb(0x24332c), z));
    struct paint shine = flat(station_haze(rgb(0x6f8a78), z));
    const int parts = 36;
    for (int i = 0; i < parts; i++) {
        double t0 = i / (double)parts;
        double t1 = (i + 1.0) / parts;
        camera_bar(canvas, &station_camera, on_roof(t0, z, 0.1), on_roof(t1, z, 1.25), 0.09, iron);
        camera_bar(canvas, &station_camera, on_roof(t1, z, 0.1), on_roof(t0, z, 1.25), 0.09, iron);
        camera_bar(canvas, &station_camera, on_roof(t0, z, 0.1), on_roof(t0, z, 1.25), 0.12, iron);
        camera_bar(canvas, &station_camera, on_roof(t0, z, 0.1), on_roof(t1, z, 0.1), 0.34, iron);
        camera_bar(canvas, &station_camera, on_roof(t0, z, 1.25), on_roof(t1, z, 1.25), 0.28, iron);
        camera_bar(canvas, &station_camera, on_roof(t0, z, 1.38), on_roof(t1, z, 1.38), 0.05,
                   shine);
    }
    for (int side = -1; side <= 1; side += 2) {
        double x = side * (hall_half - 0.6);
        camera_bar(canvas, &station_camera, v3(x, 0, z), v3(x, spring_y + 0.4, z), 0.7, iron);
        camera_bar(canvas, &station_camera, v3(x - 0.2, 0, z), v3(x - 0.2, spring_y, z), 0.1,
                   shine);
        camera_bar(canvas, &station_camera, v3(x, 0, z), v3(x, 0.9, z), 1.1, iron);
        camera_bar(canvas, &station_camera, v3(x, spring_y - 0.4, z), v3(x, spring_y + 0.1, z), 1.1,
                   iron);
    }
}

static struct colour track_bed(const void *context, double x, double y)
{
    (void)context;
    double z = station_camera.focal * (station_camera.eye.y + 1.0) /
               larger(y - station_camera.centre.y, 1.0);
    double stones = noise_hash(STATION_SEED + 4, floor_int(x / 3), floor_int(y / 3));
    return station_haze(scale(rgb(0x4f473f), 0.55 + 0.75 * stones * smoothstep(90, 10, z)), z);
}

static void draw_tracks(struct canvas *canvas, double middle)
{
    camera_quad(canvas, &station_camera, v3(middle - 2.6, -1, 1.4), v3(middle + 2.6, -1, 1.4),
                v3(middle + 2.6, -1, hall_end), v3(middle - 2.6, -1, hall_end),
                shaded(track_bed, NULL));
    for (double z = 60; z > 1.4; z -= 0.7) {
        camera_quad(canvas, &station_camera, v3(middle - 1.4, -0.95, z), v3(middle + 1.4, -0.95, z),
                    v3(middle + 1.4, -0.95, z + 0.28), v3(middle - 1.4, -0.95, z + 0.28),
                    flat(station_haze(rgb(0x33261c), z)));
    }
    for (int side = -1; side <= 1; side += 2) {
        double x = middle + side * 0.78;
        camera_bar(canvas, &station_camera, v3(x, -0.8, 1.4), v3(x, -0.8, hall_end), 0.13,
                   flat(rgb(0x2a2622)));
        camera_bar(canvas, &station_camera, v3(x, -0.78, 1.4), v3(x, -0.78, hall_end), 0.06,
                   flat(rgb(0xf2dcb4)));
    }
}

static void draw_platform(struct canvas *canvas, double left, double right)
{
    for (double z = 96; z > 0.9; z -= 1.5) {
        int column = 0;
        for (double x = left; x < right - 0.1; x += 1.5, column++) {
            double tone = 0.8 + 0.3 * noise_hash(STATION_SEED + 8, column, (int)(z * 2));
            double end = smaller(x + 1.47, right);
            camera_quad(canvas, &station_camera, v3(x, 0, z), v3(end, 0, z), v3(end, 0, z + 1.46),
                        v3(x, 0, z + 1.46), flat(station_haze(scale(rgb(0xa8957c), tone), z)));
        }
    }
    for (int border = 0; border < 2; border++) {
        double x = border ? right : left;
        double inner = border ? -0.5 : 0.5;
        camera_quad(canvas, &station_camera, v3(x, 0, 0.9), v3(x, -1, 0.9), v3(x, -1, hall_end),
                    v3(x, 0, hall_end),
                    linear(pt(0, 670), rgb(0xc0a888), pt(0, 1080), rgb(0x3b3128)));
        camera_quad(canvas, &station_camera, v3(x, 0.01, 0.9), v3(x + inner, 0.01, 0.9),
                    v3(x + inner, 0.01, hall_end), v3(x, 0.01, hall_end),
                    linear(pt(0, 680), rgb(0xffe9b8), pt(0, 1080), rgb(0xf0c040)));
    }
}

static void draw_clock(struct canvas *canvas)
{
    struct point centre = pt(1075, 300);
    shape_line(canvas, pt(centre.x, 0), pt(centre.x, centre.y - 84), 7, flat(rgb(0x1f2a25)));
    shape_ellipse(canvas, centre, 88, 88,
                  linear(pt(990, 215), rgb(0x6a8072), pt(1160, 390), rgb(0x141c18)));
    shape_ellipse(canvas, centre, 74, 74,
                  linear(pt(1000, 230), rgb(0xfffdf2), pt(1150, 370), rgb(0xd8c8a4)));
    for (int i = 0; i < 60; i++) {
        double angle = i * PI / 30.0;
        double inner = i % 5 ? 66 : 57;
        shape_line(canvas, polar(centre, inner, angle), polar(centre, 71, angle), i % 5 ? 1.4 : 5,
                   flat(rgb(0x23211e)));
    }
    shape_taper(canvas, polar(centre, 10, -1.0 + PI), 5, polar(centre, 38, -1.0), 8,
                flat(rgb(0x23211e)));
    shape_taper(canvas, polar(centre, 14, 0.6 + PI), 4, polar(centre, 60, 0.6), 5,
                flat(rgb(0x23211e)));
    shape_ellipse(canvas, centre, 6, 6, flat(rgb(0xa8302c)));
}

static void draw_shafts(struct canvas *canvas)
{
    for (int i = 0; i < 7; i++) {
        double x = 330 + i * 205;
        double top = -20;
        struct paint beam = linear(pt(x, top), rgb(0xffe2a0), pt(x - 230, 860), grey(0));
        beam.blend = BLEND_ADD;
        beam.opacity = 0.10;
        shape_quad(canvas, pt(x, top), pt(x + 74, top), pt(x - 130, 860), pt(x - 330, 860), beam);
    }
}

static void draw_hall(struct canvas *canvas)
{
    draw_gable(canvas);
    draw_platform(canvas, -19.0, -6.6);
    draw_platform(canvas, 1.2, 8.6);
    draw_platform(canvas, 13.8, 19.0);
    draw_tracks(canvas, -4.0);
    draw_tracks(canvas, -1.4);
    draw_tracks(canvas, 11.2);
    for (int bay = ARCHES - 2; bay >= 0; bay--) {
        draw_roof_bay(canvas, bay);
        draw_wall_bay(canvas, bay, -1.0);
        draw_wall_bay(canvas, bay, 1.0);
        draw_arch(canvas, first_arch + bay * arch_pitch);
    }
}

void draw_station(struct canvas *canvas)
{
    struct rng rng = rng_seeded(STATION_SEED);
    draw_hall(canvas);
    station_draw_people(canvas, &rng, -16.0, -7.4, 18);
    station_draw_train(canvas);
    station_draw_people(canvas, &rng, 2.0, 8.0, 30);
    draw_clock(canvas);
    draw_shafts(canvas);
    shape_spot(canvas, pt(930, 600), 800, 520, rgb(0xffc878), 0.32, BLEND_ADD);
    effect_bloom(canvas, 0.85, 0.35);
    effect_finish(canvas, 0.65, 0.012, STATION_SEED);
}
