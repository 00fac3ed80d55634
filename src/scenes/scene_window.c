// SPDX-License-Identifier: MIT
//
// A rose window between two lancets: tracery of stone, and pieces of coloured
// glass held by lead.
#include "effects.h"
#include "noise.h"
#include "scene.h"
#include "shapes.h"

enum {
    WINDOW_SEED = 1248,
    PETALS = 12,
};

static const struct point rose = {960.0, 540.0};

// One piece of glass.
struct pane {
    struct colour colour;
    double shift; // moves the streaks, so that no two pieces look alike
};

static struct colour glass(const void *context, double x, double y)
{
    const struct pane *pane = context;
    double streak = noise_fbm(WINDOW_SEED, (x + pane->shift) / 46.0, (y - pane->shift) / 20.0, 2);
    double bubble = noise_value(WINDOW_SEED + 9, x / 2.5, y / 2.5);
    double dx = (x - rose.x) / 1000.0;
    double dy = (y - 330.0) / 1000.0;
    double sun = clamp(1.25 - 0.9 * (dx * dx + dy * dy), 0.5, 1.25);
    double light = sun * (0.62 + 0.75 * streak) + 0.10 * (bubble - 0.5);
    return add(scale(pane->colour, light), grey(0.05 * light * light));
}

static struct colour jewel(int index)
{
    static const uint32_t hues[] = {0x1c3fd0, 0xd01830, 0xf2b01c, 0x128a5a, 0x7a1fb0, 0x18a0d8,
                                    0xf06a18, 0xe8e0c0, 0xc01878, 0x0c2a90, 0x6ab82c, 0xa01020};
    return rgb(hues[index % 12]);
}

static struct pane make_pane(int hue, int place)
{
    double tone = 0.75 + 0.45 * noise_hash(WINDOW_SEED, hue, place);
    return (struct pane){scale(jewel(hue), tone), 37.0 * (place % 53)};
}

static struct colour wall(const void *context, double x, double y)
{
    (void)context;
    int row = floor_int(y / 72.0);
    double offset = row % 2 ? 74.0 : 0.0;
    int column = floor_int((x + offset) / 148.0);
    double in_x = x + offset - column * 148.0;
    double in_y = y - row * 72.0;
    double rough = noise_fbm(WINDOW_SEED + 20, x / 16.0, y / 16.0, 3);
    double tone = 0.75 + 0.35 * noise_hash(WINDOW_SEED + 21, column, row);
    double bevel = in_y < 4 || in_x < 4 ? 1.35 : in_y > 67 || in_x > 143 ? 0.55 : 1.0;
    double joint = in_y > 70 || in_x > 146 ? 0.4 : 1.0;
    double glow = 0.62 + 0.5 * clamp(1.0 - absolute(x - rose.x) / 1000.0, 0.0, 1.0);
    return scale(rgb(0x5f5262), tone * bevel * joint * glow * (0.65 + 0.6 * rough));
}

// Stone seen against the light: dark, with a lighter chamfer.
static void stone_ring(struct canvas *canvas, struct point centre, double outer, double inner)
{
    shape_ring(canvas, centre, outer + 2, inner - 2, flat(rgb(0x120d16)));
    shape_ring(canvas, centre, outer, inner,
               linear(pt(centre.x - outer, centre.y - outer), rgb(0x8f8088),
                      pt(centre.x + outer, centre.y + outer), rgb(0x2c2430)));
    double middle = (outer + inner) * 0.5;
    double quarter = (outer - inner) * 0.2;
    shape_ring(canvas, centre, middle + quarter, middle - quarter,
               linear(pt(centre.x - outer, centre.y - outer), rgb(0x5c5060),
                      pt(centre.x + outer, centre.y + outer), rgb(0x6c5c60)));
}

static void stone_bar(struct canvas *canvas, const struct point *course, int count, double width)
{
    shape_polyline(canvas, course, count, width + 4, flat(rgb(0x120d16)));
    shape_polyline(canvas, course, count, width, flat(rgb(0x463b4a)));
    struct point lit[SHAPE_MAX_POINTS];
    for (int i = 0; i < count && i < SHAPE_MAX_POINTS; i++) {
        lit[i] = pt(course[i].x - width * 0.18, course[i].y - width * 0.18);
    }
    shape_polyline(canvas, lit, count, width * 0.36, flat(rgb(0x8a7a82)));
}

static void lead_outline(struct canvas *canvas, const struct point *points, int count, double width)
{
    for (int i = 0; i < count; i++) {
        shape_line(canvas, points[i], points[(i + 1) % count], width, flat(rgb(0x0e0a10)));
    }
}

static void glass_sector(struct canvas *canvas, double inner, double outer, double from, double to,
                         int hue, int place)
{
    struct pane pane = make_pane(hue, place);
    shape_sector(canvas, rose, inner, outer, from, to, shaded(glass, &pane));
    struct point outline[20];
    arc_points(outline, 10, rose, outer, outer, from, to);
    arc_points(outline + 10, 10, rose, inner, inner, to, from);
    lead_outline(canvas, outline, 20, 3.4);
}

static void glass_round(struct canvas *canvas, struct point centre, double radius, int hue, int rim,
                        int place)
{
    for (int i = 0; i < 8; i++) {
        double from = i * PI / 4.0 + 0.2;
        struct pane pane = make_pane(i % 2 ? rim : rim + 4, place + i);
        shape_sector(canvas, centre, radius * 0.5, radius, from, from + PI / 4.0,
                     shaded(glass, &pane));
        shape_line(canvas, polar(centre, radius * 0.5, from), polar(centre, radius, from), 3,
                   flat(rgb(0x0e0a10)));
    }
    struct pane heart = make_pane(hue, place + 11);
    shape_ellipse(canvas, centre, radius * 0.5, radius * 0.5, shaded(glass, &heart));
    shape_ring(canvas, centre, radius * 0.5 + 1.8, radius * 0.5 - 1.8, flat(rgb(0x0e0a10)));
    for (int i = 0; i < 8; i++) {
        struct point a = polar(centre, radius * 0.5, i * PI / 4.0);
        struct point b = polar(centre, radius * 0.5, (i + 3) * PI / 4.0);
        shape_line(canvas, a, b, 2.4, flat(rgb(0x0e0a10)));
    }
}

static void draw_petal(struct canvas *canvas, int petal)
{
    double pitch = 2.0 * PI / PETALS;
    double from = petal * pitch - pitch * 0.5;
    static const double rings[] = {158, 198, 238, 280, 322, 362};
    for (int band = 0; band < 5; band++) {
        int parts = band == 0 ? 1 : band < 3 ? 2 : 4;
        for (int part = 0; part < parts; part++) {
            double a = from + pitch * part / parts;
            int edge = part == 0 || part == parts - 1;
            int hue =
                parts == 4 ? (edge ? petal % 2 : 5 + band) : (band + petal % 2 * 3 + part) % 7;
            glass_sector(canvas, rings[band], rings[band + 1], a, a + pitch / parts, hue,
                         petal * 31 + band * 5 + part);
        }
    }
    // A medallion over the middle of the petal.
    struct point centre = polar(rose, 296, petal * pitch);
    glass_round(canvas, centre, 44, petal % 2 ? 7 : 2, petal % 2 ? 1 : 0, petal * 17);
    shape_ring(canvas, centre, 46, 42, flat(rgb(0x0e0a10)));
}

static void draw_rim(struct canvas *canvas)
{
    double pitch = 2.0 * PI / (2 * PETALS);
    for (int i = 0; i < 2 * PETALS; i++) {
        double middle = i * pitch;
        glass_sector(canvas, 362, 410, middle - pitch / 2, middle, i % 3, 500 + i);
        glass_sector(canvas, 362, 410, middle, middle + pitch / 2, (i + 1) % 3 + 3, 540 + i);
        glass_sector(canvas, 410, 470, middle - pitch / 2, middle, 9, 580 + i);
        glass_sector(canvas, 410, 470, middle, middle + pitch / 2, 0, 620 + i);
    }
    for (int i = 0; i < 2 * PETALS; i++) {
        struct point centre = polar(rose, 421, i * pitch);
        glass_round(canvas, centre, 38, i % 2 ? 2 : 6, i % 2 ? 1 : 3, 700 + i * 9);
        stone_ring(canvas, centre, 46, 37);
    }
}

static void draw_rose_tracery(struct canvas *canvas)
{
    double pitch = 2.0 * PI / PETALS;
    for (int i = 0; i < PETALS; i++) {
        double angle = (i + 0.5) * pitch;
        struct point spoke[] = {polar(rose, 150, angle), polar(rose, 300, angle)};
        stone_bar(canvas, spoke, 2, 13);
        // Each petal ends in a round arch between its two spokes.
        struct point arch[24];
        struct point head = polar(rose, 290, i * pitch);
        double width = 298 * sine(pitch * 0.5);
        arc_points(arch, 24, head, width, width, i * pitch - PI * 0.52, i * pitch + PI * 0.52);
        stone_bar(canvas, arch, 24, 11);
    }
    stone_ring(canvas, rose, 164, 146);
    stone_ring(canvas, rose, 512, 468);
    stone_ring(canvas, rose, 540, 516);
}

static void draw_heart(struct canvas *canvas)
{
    double pitch = 2.0 * PI / PETALS;
    for (int i = 0; i < PETALS; i++) {
        double from = i * pitch;
        glass_sector(canvas, 108, 150, from, from + pitch, i % 2 ? 1 : 9, 900 + i);
        glass_sector(canvas, 62, 108, from, from + pitch, i % 2 ? 5 : 2, 930 + i);
    }
    glass_round(canvas, rose, 62, 2, 1, 960);
    for (int i = 0; i < 6; i++) {
        struct point foil = polar(rose, 96, i * PI / 3.0);
        struct pane pane = make_pane(8, 980 + i);
        shape_ellipse(canvas, foil, 22, 22, shaded(glass, &pane));
        shape_ring(canvas, foil, 24, 20, flat(rgb(0x0e0a10)));
    }
    stone_ring(canvas, rose, 70, 60);
}

// Fills the outline of a pointed arch; returns the number of points.
static int lancet_outline(struct point *points, double x, double half, double top, double foot)
{
    double spring = top + half * 1.73; // where the arcs, of radius 2 * half, begin
    arc_points(points, 16, pt(x + half, spring), 2 * half, 2 * half, PI, PI * 4.0 / 3.0);
    arc_points(points + 16, 16, pt(x - half, spring), 2 * half, 2 * half, PI * 5.0 / 3.0, 2 * PI);
    points[32] = pt(x + half, foot);
    points[33] = pt(x - half, foot);
    return 34;
}

static double lancet_half_width(double half, double top, double y)
{
    double spring = top + half * 1.73;
    double rise = spring - y;
    return rise <= 0 ? half : square_root(larger(4 * half * half - rise * rise, 0)) - half;
}

static void draw_quarries(struct canvas *canvas, double x, double half, double top, double foot)
{
    const double w = 32;
    const double h = 44;
    for (int row = 0; top + row * h * 0.5 < foot + h; row++) {
        double y = top + row * h * 0.5;
        for (int column = -4; column <= 4; column++) {
            double cx = x + column * w + (row % 2 ? w * 0.5 : 0);
            double room = lancet_half_width(half, top, y);
            if (y > foot - h * 0.4 || absolute(cx - x) > room - w * 0.35) {
                continue;
            }
            int hue = (row / 2 + (column < 0 ? -column : column)) % 5;
            struct pane pane = make_pane(hue == 4 ? 7 : hue * 5 % 7, row * 16 + column + 1300);
            struct point diamond[] = {
                {cx, y - h / 2}, {cx + w / 2, y}, {cx, y + h / 2}, {cx - w / 2, y}};
            canvas_polygon(canvas, diamond, 4, shaded(glass, &pane));
            lead_outline(canvas, diamond, 4, 2.8);
        }
    }
}

static void draw_lancet(struct canvas *canvas, double x)
{
    struct point outline[34];
    double half = 128;
    double top = 110;
    double foot = 990;
    for (int i = 0; i < 5; i++) { // the stepped jamb
        double grow = 52 - i * 11;
        int count = lancet_outline(outline, x, half + grow, top - grow, foot + grow);
        canvas_polygon(canvas, outline, count,
                       linear(pt(x - half, top), scale(rgb(0x85757f), 1.0 - 0.14 * i),
                              pt(x + half, foot), scale(rgb(0x3a3040), 1.0 - 0.1 * i)));
        lead_outline(canvas, outline, count, 2);
    }
    struct pane ground = make_pane(9, (int)x);
    int count = lancet_outline(outline, x, half, top, foot);
    canvas_polygon(canvas, outline, count, shaded(glass, &ground));
    draw_quarries(canvas, x, half - 16, top + 30, foot - 14);
    for (int i = 0; i < 3; i++) {
        struct point centre = pt(x, 360 + i * 225);
        glass_round(canvas, centre, 88, i == 1 ? 2 : 6, i == 1 ? 0 : 1, 1500 + i * 13 + (int)x);
        shape_ring(canvas, centre, 92, 85, flat(rgb(0x0e0a10)));
        for (int k = 0; k < 8; k++) {
            struct point bead = polar(centre, 66, k * PI / 4.0 + 0.6);
            struct pane pane = make_pane(k % 2 ? 2 : 7, k);
            shape_ellipse(canvas, bead, 10, 10, shaded(glass, &pane));
            shape_ring(canvas, bead, 11.5, 9, flat(rgb(0x0e0a10)));
        }
    }
    for (double y = 470; y < 960; y += 225) {
        shape_rect(canvas, x - half, y, 2 * half, 6, flat(rgb(0x171119))); // iron bars
    }
    for (int side = -1; side <= 1; side += 2) {
        struct point edge[34];
        (void)lancet_outline(edge, x, half, top, foot);
        stone_bar(canvas, side < 0 ? edge : edge + 16, 16, 12);
    }
}

void draw_window(struct canvas *canvas)
{
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, CANVAS_HEIGHT, shaded(wall, NULL));
    for (int i = 0; i < 6; i++) { // the rose lies deep in the wall
        shape_ellipse(canvas, pt(rose.x + 2, rose.y + 4), 585 - i * 9, 585 - i * 9,
                      shadow_paint(0.16));
    }
    shape_ellipse(canvas, rose, 514, 514, flat(rgb(0x0e0a10)));
    draw_rim(canvas);
    for (int petal = 0; petal < PETALS; petal++) {
        draw_petal(canvas, petal);
    }
    draw_heart(canvas);
    draw_rose_tracery(canvas);
    draw_lancet(canvas, 196);
    draw_lancet(canvas, CANVAS_WIDTH - 196);
    effect_bloom(canvas, 0.55, 0.5);
    effect_finish(canvas, 0.6, 0.012, WINDOW_SEED);
}
