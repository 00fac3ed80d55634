// SPDX-License-Identifier: MIT
//
// A bookcase by lamplight: rows of leather and cloth spines, and a few things
// that people put between books.
#include "effects.h"
#include "noise.h"
#include "ornaments.h"
#include "scene.h"
#include "shapes.h"

enum {
    BOOK_SEED = 1851,
    SHELVES = 4,
    SHELF_PITCH = 268,
    BOARD_HEIGHT = 24,
};

static struct colour wood(const void *context, double x, double y)
{
    const double *tone = context;
    double warp = noise_fbm(BOOK_SEED, x / 260.0, y / 14.0, 3);
    double rings = sine(y * 0.35 + warp * 22.0);
    double pores = noise_value(BOOK_SEED + 7, x / 22.0, y / 1.6);
    struct colour colour = mix(rgb(0x5d351c), rgb(0x9a6236), 0.5 + 0.28 * rings);
    return scale(mix(colour, rgb(0x3b2010), smoothstep(0.6, 1.0, pores) * 0.5), *tone);
}

static struct colour wood_upright(const void *context, double x, double y)
{
    return wood(context, y, x);
}

static struct colour spine_colour(struct rng *rng)
{
    static const uint32_t hues[] = {0x7a1f24, 0x1f3a5f, 0x254d36, 0x8c5a24, 0x43264f, 0xc9b48a,
                                    0x2b2b30, 0xa8452c, 0x3f6f73, 0xb98a2f, 0x5f2a38, 0x6f7f4a,
                                    0xd8cdb4, 0x16475a, 0x913f4f, 0x4c3a2a};
    int pick = rng_below(rng, 16);
    return scale(rgb(hues[pick]), rng_range(rng, 0.8, 1.2));
}

// A book's own frame: `u` across the spine and `v` up from its foot, both in
// pixels, leaning by `lean` sideways per pixel of height.
struct book {
    double x, foot, width, height, lean;
    struct colour cover, print;
};

static struct point on_spine(const struct book *book, double u, double v)
{
    return pt(book->x + u + v * book->lean, book->foot - v + u * book->lean);
}

static void spine_bar(struct canvas *canvas, const struct book *book, double u0, double u1,
                      double v0, double v1, struct paint paint)
{
    shape_quad(canvas, on_spine(book, u0, v0), on_spine(book, u1, v0), on_spine(book, u1, v1),
               on_spine(book, u0, v1), paint);
}

// Pseudo letters running up the spine.
static void draw_title(struct canvas *canvas, struct rng *rng, const struct book *book, double from,
                       double to)
{
    double size = clamp(book->width * 0.34, 5, 15);
    double left = (book->width - size) * 0.5;
    struct paint ink = flat(book->print);
    for (double v = from; v + size < to; v += size * 0.95) {
        if (rng_chance(rng, 0.16)) {
            continue; // a space between words
        }
        double stem = size * 0.2;
        double tall = size * 0.62;
        spine_bar(canvas, book, left, left + size, v, v + stem, ink);
        int letter = rng_below(rng, 4);
        if (letter != 0) {
            spine_bar(canvas, book, left, left + size, v + tall - stem, v + tall, ink);
        }
        if (letter != 1) {
            spine_bar(canvas, book, left, left + stem, v, v + tall, ink);
        }
        if (letter != 2) {
            spine_bar(canvas, book, left + size * 0.45, left + size * 0.45 + stem, v, v + tall,
                      ink);
        }
    }
}

static void draw_bands(struct canvas *canvas, const struct book *book, int style)
{
    double w = book->width;
    double h = book->height;
    if (style == 0) { // raised bands of an old binding
        for (int i = 1; i < 6; i++) {
            double v = h * i / 6.0;
            spine_bar(canvas, book, 0, w, v - 3, v + 4, flat_alpha(scale(book->cover, 1.5), 0.8));
            spine_bar(canvas, book, 0, w, v - 6, v - 3, shadow_paint(0.5));
            spine_bar(canvas, book, w * 0.1, w * 0.9, v + 6, v + 7.5, flat(book->print));
            spine_bar(canvas, book, w * 0.1, w * 0.9, v - 9, v - 7.5, flat(book->print));
        }
    } else if (style == 1) { // two pairs of lines
        for (int end = 0; end < 2; end++) {
            double v = end ? h - 22 : 14;
            spine_bar(canvas, book, 0, w, v, v + 3, flat(book->print));
            spine_bar(canvas, book, 0, w, v + 6, v + 7.5, flat(book->print));
        }
    } else if (style == 2) { // a label
        spine_bar(canvas, book, w * 0.1, w * 0.9, h * 0.58, h * 0.84, flat(rgb(0xe8d9b4)));
        for (int line = 0; line < 4; line++) {
            double v = h * (0.63 + 0.05 * line);
            spine_bar(canvas, book, w * 0.2, w * (line % 2 ? 0.7 : 0.8), v, v + 3,
                      flat(rgb(0x4a2c1c)));
        }
        spine_bar(canvas, book, 0, w, 16, 26, flat_alpha(book->print, 0.8));
    } else { // a diamond ornament
        struct point centre = on_spine(book, w * 0.5, h * 0.16);
        double r = w * 0.3;
        shape_quad(canvas, pt(centre.x, centre.y - r * 1.5), pt(centre.x + r, centre.y),
                   pt(centre.x, centre.y + r * 1.5), pt(centre.x - r, centre.y), flat(book->print));
        spine_bar(canvas, book, 0, w, h - 16, h - 10, flat(book->print));
    }
}

static void draw_book(struct canvas *canvas, struct rng *rng, const struct book *book)
{
    double w = book->width;
    double h = book->height;
    spine_bar(canvas, book, w, w + 7, 0, h - 3, shadow_paint(0.55));
    spine_bar(canvas, book, 0, w, 0, h, flat(book->cover));
    int style = rng_below(rng, 4);
    draw_bands(canvas, book, style);
    if (style == 0) {
        draw_title(canvas, rng, book, h * 0.68, h * 0.82);
    } else if (style == 1 || style == 3) {
        draw_title(canvas, rng, book, h * 0.3, h * rng_range(rng, 0.65, 0.85));
    }
    // The spine is round: light from the left, dark towards both borders.
    for (int i = 0; i < 8; i++) {
        double across = (i + 0.5) / 8.0 - 0.34;
        double light = 1.0 - 3.2 * across * across;
        struct paint shade = light > 0.75 ? glow_paint(rgb(0xffe0b0), (light - 0.75) * 0.42)
                                          : shadow_paint((0.75 - light) * 0.72);
        spine_bar(canvas, book, w * i / 8.0, w * (i + 1) / 8.0, 0, h, shade);
    }
    spine_bar(canvas, book, 0, w, h - 2.5, h, flat_alpha(scale(book->cover, 1.9), 0.8));
}

static double draw_run(struct canvas *canvas, struct rng *rng, double x, double end, double foot)
{
    while (x < end) {
        struct book book = {.x = x, .foot = foot};
        int volumes = rng_chance(rng, 0.3) ? 3 + rng_below(rng, 4) : 1; // a set looks alike
        book.width = rng_range(rng, 20, 52);
        book.height = rng_range(rng, 150, 216);
        book.cover = spine_colour(rng);
        bool pale = book.cover.r + book.cover.g + book.cover.b > 1.7;
        book.print = pale ? rgb(0x5a2f20) : rgb(0xd9b45c);
        for (int i = 0; i < volumes && book.x + book.width < end; i++) {
            draw_book(canvas, rng, &book);
            book.x += book.width + 1.5;
        }
        x = book.x;
        if (x + 20 >= end) {
            break;
        }
    }
    return x;
}

static void draw_leaning(struct canvas *canvas, struct rng *rng, double x, double foot)
{
    struct book book = {.x = x, .width = 34, .height = 188, .lean = 0.2};
    book.foot = foot - book.width * book.lean; // it stands on one edge
    book.cover = spine_colour(rng);
    book.print = rgb(0xe6d3a0);
    draw_book(canvas, rng, &book);
}

static void draw_pile(struct canvas *canvas, struct rng *rng, double x, double foot)
{
    double y = foot;
    for (int i = 0; i < 4; i++) {
        double thick = rng_range(rng, 22, 34);
        double width = rng_range(rng, 120, 150);
        double left = x + rng_range(rng, 0, 16);
        struct colour cover = spine_colour(rng);
        y -= thick;
        shape_rect(canvas, left, y, width, thick,
                   linear(pt(0, y), scale(cover, 1.35), pt(0, y + thick), scale(cover, 0.5)));
        shape_rect(canvas, left + 20, y + thick * 0.35, width * 0.5, 4, flat(rgb(0xd9b45c)));
        shape_rect(canvas, left + width - 26, y, 5, thick, flat(rgb(0xd9b45c)));
        shape_rect(canvas, left + 6, y, 3, thick, flat(rgb(0xd9b45c)));
        shape_rect(canvas, left, y + thick - 2, width, 2, shadow_paint(0.5));
    }
}

static void draw_shelf(struct canvas *canvas, struct rng *rng, int shelf, double foot)
{
    static const double gaps[SHELVES] = {1240, 420, 1530, 760}; // where the ornament stands
    double left = 70;
    double x = draw_run(canvas, rng, left, gaps[shelf], foot);
    double middle = x + 112;
    switch (shelf) {
    case 0:
        draw_globe(canvas, middle, foot);
        break;
    case 1:
        draw_fern(canvas, rng, middle, foot);
        break;
    case 2:
        draw_pile(canvas, rng, x + 30, foot);
        break;
    default:
        draw_vase(canvas, middle, foot);
        break;
    }
    draw_leaning(canvas, rng, x + 216, foot);
    draw_run(canvas, rng, x + 290, 1850, foot);
}

void draw_bookshelf(struct canvas *canvas)
{
    static const double back_tone = 0.30;
    static const double board_tone = 1.05;
    static const double side_tone = 0.85;
    struct rng rng = rng_seeded(BOOK_SEED);
    shape_rect(canvas, 0, 0, CANVAS_WIDTH, CANVAS_HEIGHT, shaded(wood_upright, &back_tone));
    for (int shelf = 0; shelf < SHELVES; shelf++) {
        double foot = 240 + shelf * SHELF_PITCH;
        for (int step = 0; step < 8; step++) { // the board above keeps the light away
            shape_rect(canvas, 0, foot - 240, CANVAS_WIDTH, 12.0 * (step + 1), shadow_paint(0.12));
        }
        draw_shelf(canvas, &rng, shelf, foot);
        shape_rect(canvas, 0, foot - 246, CANVAS_WIDTH, 34,
                   with_opacity(linear(pt(0, foot - 246), grey(0.02), pt(0, foot - 206), grey(0.1)),
                                0.35));
        shape_rect(canvas, 0, foot, CANVAS_WIDTH, BOARD_HEIGHT, shaded(wood, &board_tone));
        shape_rect(canvas, 0, foot, CANVAS_WIDTH, 3, glow_paint(rgb(0xffd8a0), 0.25));
        shape_rect(canvas, 0, foot + BOARD_HEIGHT - 5, CANVAS_WIDTH, 5, shadow_paint(0.55));
    }
    for (int side = 0; side < 2; side++) {
        double x = side ? CANVAS_WIDTH - 62 : 0;
        shape_rect(canvas, x, 0, 62, CANVAS_HEIGHT, shaded(wood_upright, &side_tone));
        shape_rect(canvas, side ? x : x + 57, 0, 5, CANVAS_HEIGHT, shadow_paint(0.5));
        shape_rect(canvas, x + 14, 0, 3, CANVAS_HEIGHT, shadow_paint(0.4));
        shape_rect(canvas, x + 42, 0, 3, CANVAS_HEIGHT, shadow_paint(0.4));
    }
    shape_spot(canvas, pt(700, 380), 1500, 1000, rgb(0xff9a3c), 0.20, BLEND_ADD);
    effect_bloom(canvas, 0.8, 0.2);
    effect_finish(canvas, 0.85, 0.012, BOOK_SEED);
}
