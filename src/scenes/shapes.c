// SPDX-License-Identifier: MIT
//
// Shapes turned into polygons for the canvas to fill.
#include "shapes.h"

enum {
    CORNER_POINTS = 6,
    CURVE_POINTS = 20,
    ROUND_MAX_POINTS = 128,
};

struct point polar(struct point centre, double radius, double angle)
{
    return pt(centre.x + radius * cosine(angle), centre.y + radius * sine(angle));
}

void arc_points(struct point *points, int count, struct point centre, double rx, double ry,
                double from, double to)
{
    for (int i = 0; i < count; i++) {
        double angle = lerp(from, to, i / (count - 1.0));
        points[i] = pt(centre.x + rx * cosine(angle), centre.y + ry * sine(angle));
    }
}

// As many points as keep the polygon's corners invisible.
static int points_for_radius(double radius)
{
    return (int)clamp(12.0 + radius * 0.5, 12.0, ROUND_MAX_POINTS);
}

void shape_quad(struct canvas *canvas, struct point a, struct point b, struct point c,
                struct point d, struct paint paint)
{
    struct point points[] = {a, b, c, d};
    canvas_polygon(canvas, points, 4, paint);
}

void shape_triangle(struct canvas *canvas, struct point a, struct point b, struct point c,
                    struct paint paint)
{
    struct point points[] = {a, b, c};
    canvas_polygon(canvas, points, 3, paint);
}

void shape_rect(struct canvas *canvas, double x, double y, double width, double height,
                struct paint paint)
{
    shape_quad(canvas, pt(x, y), pt(x + width, y), pt(x + width, y + height), pt(x, y + height),
               paint);
}

void shape_round_rect(struct canvas *canvas, double x, double y, double width, double height,
                      double radius, struct paint paint)
{
    struct point points[4 * CORNER_POINTS];
    struct point corners[4] = {
        {x + width - radius, y + height - radius},
        {x + radius, y + height - radius},
        {x + radius, y + radius},
        {x + width - radius, y + radius},
    };
    for (int i = 0; i < 4; i++) {
        double from = i * PI / 2.0;
        arc_points(points + i * CORNER_POINTS, CORNER_POINTS, corners[i], radius, radius, from,
                   from + PI / 2.0);
    }
    canvas_polygon(canvas, points, 4 * CORNER_POINTS, paint);
}

void shape_ellipse(struct canvas *canvas, struct point centre, double rx, double ry,
                   struct paint paint)
{
    struct point points[ROUND_MAX_POINTS];
    int count = points_for_radius(larger(rx, ry));
    arc_points(points, count, centre, rx, ry, 0.0, 2.0 * PI);
    canvas_polygon(canvas, points, count, paint);
}

void shape_ring(struct canvas *canvas, struct point centre, double outer, double inner,
                struct paint paint)
{
    struct point points[ROUND_MAX_POINTS] = {{0.0, 0.0}};
    int count = points_for_radius(outer);
    arc_points(points, count, centre, outer, outer, 0.0, 2.0 * PI);
    canvas_contour(canvas, points, count);
    arc_points(points, count, centre, inner, inner, 2.0 * PI, 0.0);
    canvas_contour(canvas, points, count);
    canvas_fill(canvas, paint);
}

void shape_sector(struct canvas *canvas, struct point centre, double inner, double outer,
                  double from, double to, struct paint paint)
{
    struct point points[2 * ROUND_MAX_POINTS];
    int count = (int)clamp(3.0 + outer * absolute(to - from) / 12.0, 3.0, ROUND_MAX_POINTS);
    arc_points(points, count, centre, outer, outer, from, to);
    arc_points(points + count, count, centre, inner, inner, to, from);
    canvas_polygon(canvas, points, 2 * count, paint);
}

void shape_taper(struct canvas *canvas, struct point from, double from_width, struct point to,
                 double to_width, struct paint paint)
{
    double dx = to.x - from.x;
    double dy = to.y - from.y;
    double length = square_root(dx * dx + dy * dy);
    if (!(length > 0.0)) {
        return;
    }
    double nx = -dy / length * 0.5;
    double ny = dx / length * 0.5;
    shape_quad(canvas, pt(from.x + nx * from_width, from.y + ny * from_width),
               pt(to.x + nx * to_width, to.y + ny * to_width),
               pt(to.x - nx * to_width, to.y - ny * to_width),
               pt(from.x - nx * from_width, from.y - ny * from_width), paint);
}

void shape_line(struct canvas *canvas, struct point from, struct point to, double width,
                struct paint paint)
{
    shape_taper(canvas, from, width, to, width, paint);
}

void shape_polyline(struct canvas *canvas, const struct point *points, int count, double width,
                    struct paint paint)
{
    struct point outline[2 * SHAPE_MAX_POINTS];
    count = count > SHAPE_MAX_POINTS ? SHAPE_MAX_POINTS : count;
    for (int i = 0; i < count; i++) {
        struct point before = points[i > 0 ? i - 1 : 0];
        struct point after = points[i + 1 < count ? i + 1 : count - 1];
        double dx = after.x - before.x;
        double dy = after.y - before.y;
        double length = larger(square_root(dx * dx + dy * dy), 1e-9);
        double nx = -dy / length * width * 0.5;
        double ny = dx / length * width * 0.5;
        outline[i] = pt(points[i].x + nx, points[i].y + ny);
        outline[2 * count - 1 - i] = pt(points[i].x - nx, points[i].y - ny);
    }
    canvas_polygon(canvas, outline, 2 * count, paint);
}

struct point curve_point(struct point from, struct point bend, struct point to, double t)
{
    return lerp_point(lerp_point(from, bend, t), lerp_point(bend, to, t), t);
}

void shape_curve(struct canvas *canvas, struct point from, struct point bend, struct point to,
                 double width, struct paint paint)
{
    struct point points[CURVE_POINTS];
    for (int i = 0; i < CURVE_POINTS; i++) {
        points[i] = curve_point(from, bend, to, i / (CURVE_POINTS - 1.0));
    }
    shape_polyline(canvas, points, CURVE_POINTS, width, paint);
}

void shape_spot(struct canvas *canvas, struct point centre, double rx, double ry,
                struct colour colour, double opacity, enum blend blend)
{
    int top = floor_int(larger(centre.y - ry, 0.0));
    int bottom = floor_int(smaller(centre.y + ry, CANVAS_HEIGHT - 1.0));
    int left = floor_int(larger(centre.x - rx, 0.0));
    int right = floor_int(smaller(centre.x + rx, CANVAS_WIDTH - 1.0));
    for (int y = top; y <= bottom; y++) {
        double dy = (y + 0.5 - centre.y) / ry;
        for (int x = left; x <= right; x++) {
            double dx = (x + 0.5 - centre.x) / rx;
            double fade = 1.0 - dx * dx - dy * dy;
            if (fade > 0.0) {
                canvas_blend(canvas, x, y, colour, opacity * fade * fade, blend);
            }
        }
    }
}
