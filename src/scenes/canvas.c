// SPDX-License-Identifier: MIT
//
// Polygon filling by accumulated signed area: each contour edge adds, to the
// pixels it crosses, how much it changes the coverage of all that follow to
// the right, and a running sum along the row gives every pixel's coverage.
#include "canvas.h"

#include <stdlib.h>

enum {
    AREA_STRIDE = CANVAS_WIDTH + 2, // an edge at the right border writes one further
};

static void reset_shape(struct canvas *canvas)
{
    canvas->top = CANVAS_HEIGHT;
    canvas->bottom = -1;
}

bool canvas_create(struct canvas *canvas)
{
    canvas->pixels = calloc(CANVAS_BYTES, sizeof *canvas->pixels);
    canvas->area = calloc((size_t)AREA_STRIDE * CANVAS_HEIGHT, sizeof *canvas->area);
    canvas->spans = calloc(CANVAS_HEIGHT, sizeof *canvas->spans);
    canvas->scratch = calloc(CANVAS_BYTES, sizeof *canvas->scratch);
    if (!canvas->pixels || !canvas->area || !canvas->spans || !canvas->scratch) {
        canvas_destroy(canvas);
        return false;
    }
    for (int row = 0; row < CANVAS_HEIGHT; row++) {
        canvas->spans[row] = (struct canvas_span){AREA_STRIDE, -1};
    }
    reset_shape(canvas);
    return true;
}

void canvas_destroy(struct canvas *canvas)
{
    free(canvas->pixels);
    free(canvas->area);
    free(canvas->spans);
    free(canvas->scratch);
    *canvas = (struct canvas){0};
}

void canvas_clear(struct canvas *canvas, struct colour colour)
{
    for (int y = 0; y < CANVAS_HEIGHT; y++) {
        for (int x = 0; x < CANVAS_WIDTH; x++) {
            canvas_set(canvas, x, y, colour);
        }
    }
}

static float *pixel_at(const struct canvas *canvas, int x, int y)
{
    return canvas->pixels + ((size_t)y * CANVAS_WIDTH + (size_t)x) * CANVAS_CHANNELS;
}

// One edge's part within one row: from column position x0 to x1 (x0 <= x1),
// changing the coverage to the right of it by `height`.
static void add_row_edge(double *row, double x0, double x1, double height)
{
    int first = (int)x0;
    int last = (int)x1;
    if (first == last) {
        double middle = 0.5 * (x0 + x1) - first;
        row[first] += height * (1.0 - middle);
        row[first + 1] += height * middle;
        return;
    }
    double slope = height / (x1 - x0);
    double before = 0.0; // coverage gained left of the current pixel
    double gained = 0.0; // what has been written so far
    double from = x0;
    for (int column = first; column <= last; column++) {
        double to = column == last ? x1 : column + 1.0;
        double width = to - from;
        double here = slope * width;
        double covered = before + here * (column + 1.0 - 0.5 * (from + to));
        row[column] += covered - gained;
        gained = covered;
        before += here;
        from = to;
    }
    row[last + 1] += height - gained;
}

static void touch_row(struct canvas *canvas, int y, double x0, double x1)
{
    struct canvas_span *span = &canvas->spans[y];
    int first = (int)x0;
    int last = (int)x1 + 1;
    span->first = first < span->first ? first : span->first;
    span->last = last > span->last ? last : span->last;
}

static void add_edge(struct canvas *canvas, struct point from, struct point to)
{
    double direction = 1.0;
    if (from.y > to.y) {
        struct point swap = from;
        from = to;
        to = swap;
        direction = -1.0;
    }
    double y0 = clamp(from.y, 0.0, CANVAS_HEIGHT);
    double y1 = clamp(to.y, 0.0, CANVAS_HEIGHT);
    if (!(y0 < y1)) {
        return;
    }
    double slope = (to.x - from.x) / (to.y - from.y);
    int first = (int)y0;
    int last = y1 > (int)y1 ? (int)y1 : (int)y1 - 1;
    for (int y = first; y <= last; y++) {
        double row_top = larger(y, y0);
        double row_bottom = smaller(y + 1.0, y1);
        double xa = clamp(from.x + (row_top - from.y) * slope, 0.0, CANVAS_WIDTH);
        double xb = clamp(from.x + (row_bottom - from.y) * slope, 0.0, CANVAS_WIDTH);
        double left = smaller(xa, xb);
        double right = larger(xa, xb);
        touch_row(canvas, y, left, right);
        add_row_edge(canvas->area + (size_t)y * AREA_STRIDE, left, right,
                     direction * (row_bottom - row_top));
    }
    canvas->top = first < canvas->top ? first : canvas->top;
    canvas->bottom = last > canvas->bottom ? last : canvas->bottom;
}

void canvas_contour(struct canvas *canvas, const struct point *points, int count)
{
    for (int i = 0; i < count; i++) {
        add_edge(canvas, points[i], points[i + 1 < count ? i + 1 : 0]);
    }
}

static void put_pixel(float *pixel, struct colour colour)
{
    pixel[0] = (float)colour.r;
    pixel[1] = (float)colour.g;
    pixel[2] = (float)colour.b;
}

static void blend_pixel(float *pixel, struct colour colour, double opacity, enum blend blend)
{
    struct colour old = {(double)pixel[0], (double)pixel[1], (double)pixel[2]};
    switch (blend) {
    case BLEND_OVER:
        put_pixel(pixel, mix(old, colour, opacity));
        break;
    case BLEND_ADD:
        put_pixel(pixel, add(old, scale(colour, opacity)));
        break;
    case BLEND_MULTIPLY:
        pixel[0] = (float)(old.r * (1.0 + (colour.r - 1.0) * opacity));
        pixel[1] = (float)(old.g * (1.0 + (colour.g - 1.0) * opacity));
        pixel[2] = (float)(old.b * (1.0 + (colour.b - 1.0) * opacity));
        break;
    }
}

static void fill_row(struct canvas *canvas, int y, const struct paint *paint)
{
    // Far below a visible share, and far above the running sum's rounding error.
    const double negligible = 1.0 / 1024.0;
    struct canvas_span span = canvas->spans[y];
    double *area = canvas->area + (size_t)y * AREA_STRIDE;
    bool solid = paint->blend == BLEND_OVER && paint->opacity > 1.0 - negligible;
    double sum = 0.0;
    for (int x = span.first; x <= span.last; x++) {
        sum += area[x];
        area[x] = 0.0;
        double coverage = smaller(absolute(sum), 1.0);
        if (coverage < negligible || x >= CANVAS_WIDTH) {
            continue;
        }
        struct colour colour =
            paint->kind == PAINT_FLAT ? paint->from : paint_colour(paint, x + 0.5, y + 0.5);
        if (solid && coverage > 1.0 - negligible) {
            put_pixel(pixel_at(canvas, x, y), colour);
        } else {
            blend_pixel(pixel_at(canvas, x, y), colour, coverage * paint->opacity, paint->blend);
        }
    }
    canvas->spans[y] = (struct canvas_span){AREA_STRIDE, -1};
}

void canvas_fill(struct canvas *canvas, struct paint paint)
{
    for (int y = canvas->top; y <= canvas->bottom; y++) {
        fill_row(canvas, y, &paint);
    }
    reset_shape(canvas);
}

void canvas_polygon(struct canvas *canvas, const struct point *points, int count,
                    struct paint paint)
{
    canvas_contour(canvas, points, count);
    canvas_fill(canvas, paint);
}

struct colour canvas_get(const struct canvas *canvas, int x, int y)
{
    x = x < 0 ? 0 : x >= CANVAS_WIDTH ? CANVAS_WIDTH - 1 : x;
    y = y < 0 ? 0 : y >= CANVAS_HEIGHT ? CANVAS_HEIGHT - 1 : y;
    const float *pixel = pixel_at(canvas, x, y);
    return (struct colour){(double)pixel[0], (double)pixel[1], (double)pixel[2]};
}

void canvas_set(struct canvas *canvas, int x, int y, struct colour colour)
{
    put_pixel(pixel_at(canvas, x, y), colour);
}

void canvas_blend(struct canvas *canvas, int x, int y, struct colour colour, double opacity,
                  enum blend blend)
{
    if (x >= 0 && x < CANVAS_WIDTH && y >= 0 && y < CANVAS_HEIGHT) {
        blend_pixel(pixel_at(canvas, x, y), colour, opacity, blend);
    }
}

void canvas_to_bytes(const struct canvas *canvas, unsigned char *bytes)
{
    for (size_t i = 0; i < CANVAS_BYTES; i++) {
        bytes[i] = (unsigned char)(clamp((double)canvas->pixels[i], 0.0, 1.0) * 255.0 + 0.5);
    }
}
