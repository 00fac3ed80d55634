// SPDX-License-Identifier: MIT
//
// Bloom, the finish, and the two halves of a reflection.
#include "effects.h"

#include "noise.h"

#include <string.h>

enum {
    BLOOM_STEP = 8, // the glow is soft, so it is worked out at an eighth of the size
    BLOOM_WIDTH = CANVAS_WIDTH / BLOOM_STEP,
    BLOOM_HEIGHT = CANVAS_HEIGHT / BLOOM_STEP,
    BLOOM_VALUES = BLOOM_WIDTH * BLOOM_HEIGHT * CANVAS_CHANNELS,
    BLOOM_RADIUS = 5,
    BLOOM_PASSES = 3,
    ROW_VALUES = CANVAS_WIDTH * CANVAS_CHANNELS,
};

_Static_assert(2 * BLOOM_VALUES <= CANVAS_BYTES, "both bloom planes fit the scratch memory");

static int limit(int value, int count)
{
    return value < 0 ? 0 : value >= count ? count - 1 : value;
}

static void collect_bright(const struct canvas *canvas, double threshold, float *small)
{
    const float *pixels = canvas->pixels;
    float limit_value = (float)threshold;
    memset(small, 0, BLOOM_VALUES * sizeof *small);
    for (int y = 0; y < CANVAS_HEIGHT; y++) {
        for (int x = 0; x < CANVAS_WIDTH; x++, pixels += CANVAS_CHANNELS) {
            float *cell = small + (y / BLOOM_STEP * BLOOM_WIDTH + x / BLOOM_STEP) * CANVAS_CHANNELS;
            for (int i = 0; i < CANVAS_CHANNELS; i++) {
                cell[i] += pixels[i] > limit_value ? pixels[i] - limit_value : 0.0f;
            }
        }
    }
}

// `stride` separates neighbours and `count` of them form one line of the blur.
static void blur_line(const float *from, float *to, int count, int stride)
{
    for (int i = 0; i < count; i++) {
        float sum = 0.0f;
        for (int offset = -BLOOM_RADIUS; offset <= BLOOM_RADIUS; offset++) {
            sum += from[limit(i + offset, count) * stride];
        }
        to[i * stride] = sum / (2 * BLOOM_RADIUS + 1);
    }
}

static void blur(float *plane, float *other)
{
    const int row = BLOOM_WIDTH * CANVAS_CHANNELS;
    for (int pass = 0; pass < BLOOM_PASSES; pass++) {
        for (int y = 0; y < BLOOM_HEIGHT; y++) {
            for (int i = 0; i < CANVAS_CHANNELS; i++) {
                blur_line(plane + y * row + i, other + y * row + i, BLOOM_WIDTH, CANVAS_CHANNELS);
            }
        }
        for (int x = 0; x < row; x++) {
            blur_line(other + x, plane + x, BLOOM_HEIGHT, row);
        }
    }
}

// The glow along row `y` of the canvas, at the small plane's columns.
static void bloom_row(const float *plane, int y, float gain, float *row)
{
    double v = (y + 0.5) / BLOOM_STEP - 0.5;
    const int stride = BLOOM_WIDTH * CANVAS_CHANNELS;
    const float *above = plane + limit(floor_int(v), BLOOM_HEIGHT) * stride;
    const float *below = plane + limit(floor_int(v) + 1, BLOOM_HEIGHT) * stride;
    float down = (float)(v - floor_int(v));
    for (int i = 0; i < stride; i++) {
        row[i] = (above[i] + (below[i] - above[i]) * down) * gain;
    }
}

void effect_bloom(struct canvas *canvas, double threshold, double strength)
{
    float *plane = canvas->scratch;
    float gain = (float)(strength / (BLOOM_STEP * BLOOM_STEP));
    float *pixel = canvas->pixels;
    collect_bright(canvas, threshold, plane);
    blur(plane, plane + BLOOM_VALUES);
    for (int y = 0; y < CANVAS_HEIGHT; y++) {
        float row[BLOOM_WIDTH * CANVAS_CHANNELS];
        bloom_row(plane, y, gain, row);
        for (int x = 0; x < CANVAS_WIDTH; x++, pixel += CANVAS_CHANNELS) {
            // Cell centres lie half a step into their cells.
            int position = x + BLOOM_STEP / 2;
            float across = (float)(position % BLOOM_STEP * 2 + 1) / (2 * BLOOM_STEP);
            const float *left =
                row + limit(position / BLOOM_STEP - 1, BLOOM_WIDTH) * CANVAS_CHANNELS;
            const float *right = row + limit(position / BLOOM_STEP, BLOOM_WIDTH) * CANVAS_CHANNELS;
            for (int i = 0; i < CANVAS_CHANNELS; i++) {
                pixel[i] += left[i] + (right[i] - left[i]) * across;
            }
        }
    }
}

void effect_finish(struct canvas *canvas, double vignette, double grain, uint32_t seed)
{
    float *pixel = canvas->pixels;
    for (int y = 0; y < CANVAS_HEIGHT; y++) {
        double dy = 2.0 * y / CANVAS_HEIGHT - 1.0;
        for (int x = 0; x < CANVAS_WIDTH; x++, pixel += CANVAS_CHANNELS) {
            double dx = 2.0 * x / CANVAS_WIDTH - 1.0;
            double distance2 = 0.5 * (dx * dx + dy * dy);
            float light = (float)(1.0 - vignette * distance2 * distance2);
            float speck = (float)((2.0 * noise_hash(seed, x, y) - 1.0) * grain);
            for (int i = 0; i < CANVAS_CHANNELS; i++) {
                pixel[i] = pixel[i] * light + speck;
            }
        }
    }
}

void effect_mirror(struct canvas *canvas, int horizon, struct colour tint, double tinting)
{
    for (int y = horizon; y < CANVAS_HEIGHT; y++) {
        int source = 2 * horizon - 1 - y;
        for (int x = 0; x < CANVAS_WIDTH; x++) {
            canvas_set(canvas, x, y, mix(canvas_get(canvas, x, source), tint, tinting));
        }
    }
}

void effect_ripple(struct canvas *canvas, int top, double strength, uint32_t seed)
{
    // Reading from a copy keeps rows that are already bent out of the result.
    memcpy(canvas->scratch + (size_t)top * ROW_VALUES, canvas->pixels + (size_t)top * ROW_VALUES,
           (size_t)(CANVAS_HEIGHT - top) * ROW_VALUES * sizeof *canvas->scratch);
    for (int y = top; y < CANVAS_HEIGHT; y++) {
        double nearness = (y - top + 8.0) / (CANVAS_HEIGHT - top);
        double u_scale = 0.05 / (0.15 + nearness);
        double v = 3.0 * square_root(nearness) * 40.0;
        for (int x = 0; x < CANVAS_WIDTH; x++) {
            double wave = noise_fbm(seed, x * u_scale * 0.25, v, 2) - 0.5;
            double shift = wave * strength * (0.25 + nearness);
            int column = limit(x + floor_int(shift), CANVAS_WIDTH);
            int row = limit(y + floor_int(shift * 0.35), CANVAS_HEIGHT);
            row = row < top ? top : row;
            const float *from =
                canvas->scratch + (size_t)row * ROW_VALUES + (size_t)column * CANVAS_CHANNELS;
            memcpy(canvas->pixels + (size_t)y * ROW_VALUES + (size_t)x * CANVAS_CHANNELS, from,
                   CANVAS_CHANNELS * sizeof *from);
        }
    }
}
