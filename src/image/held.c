// SPDX-License-Identifier: MIT
#include "image/held.h"

#include "image/kernels/kernels.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint8_t over_white(unsigned value, unsigned alpha)
{
    return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

static void gray_alpha_over_white(const uint8_t *from, size_t count, uint8_t *gray)
{
    for (size_t i = 0; i < count; i++)
        gray[i] = over_white(from[2 * i], from[2 * i + 1]);
}

static bool is_opaque(const uint8_t *rgba, size_t count)
{
    uint8_t all[4] = {255, 255, 255, 255};
    uint32_t word;
    memcpy(&word, all, 4);
    for (size_t i = 0; i < count; i++) { // by the pixel, which becomes vector code
        uint32_t pixel;
        memcpy(&pixel, rgba + 4 * i, 4);
        word &= pixel;
    }
    memcpy(all, &word, 4);
    return all[3] == 255;
}

#if defined(__x86_64__)

// Four pixels at a time while the next ones will cover what is written beyond them. Returns how
// many were done.
__attribute__((target("ssse3"))) static size_t drop_alpha_of_fours(const uint8_t *rgba,
                                                                   size_t count, uint8_t *rgb)
{
    const __m128i order = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    size_t i = 0;
    for (; i + 6 <= count; i += 4) {
        const __m128i pixels = _mm_loadu_si128((const __m128i *)(rgba + 4 * i));
        _mm_storeu_si128((__m128i *)(rgb + 3 * i), _mm_shuffle_epi8(pixels, order));
    }
    return i;
}

#endif

// All four bytes at once where the next pixel will cover the fourth.
static void drop_alpha(const uint8_t *rgba, size_t count, uint8_t *rgb)
{
    size_t i = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3"))
        i = drop_alpha_of_fours(rgba, count, rgb);
#endif
    for (; i + 1 < count; i++)
        memcpy(rgb + 3 * i, rgba + 4 * i, 4);
    memcpy(rgb + 3 * (count - 1), rgba + 4 * (count - 1), 3);
}

static void rgba_over_white(const uint8_t *from, size_t count, uint8_t *rgb)
{
    if (is_opaque(from, count)) {
        drop_alpha(from, count, rgb);
        return;
    }
    for (size_t i = 0; i < count; i++, from += 4, rgb += 3)
        for (int channel = 0; channel < 3; channel++)
            rgb[channel] = over_white(from[channel], from[3]);
}

static void gray_to_rgb(const uint8_t *gray, size_t count, uint8_t *rgb)
{
    for (size_t i = 0; i < count; i++)
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = gray[i];
}

// A part of a row, so that what is composed on the way needs no memory of its own.
enum { PART = 256 };

static void convert_part(const uint8_t *pixels, uint32_t channels, size_t count, uint8_t *rgb,
                         uint8_t *gray)
{
    uint8_t opaque[PART * 3];
    if (channels <= 2) {
        if (channels == 2)
            gray_alpha_over_white(pixels, count, opaque);
        const uint8_t *values = channels == 2 ? opaque : pixels;
        if (gray != NULL)
            memcpy(gray, values, count);
        if (rgb != NULL)
            gray_to_rgb(values, count, rgb);
        return;
    }
    const uint8_t *values = pixels;
    if (channels == 4) {
        uint8_t *composed = rgb != NULL ? rgb : opaque;
        rgba_over_white(pixels, count, composed);
        values = composed;
    } else if (rgb != NULL) {
        memcpy(rgb, values, count * 3);
    }
    if (gray != NULL)
        kernels()->gray(values, count, gray);
}

void held_row(const uint8_t *pixels, uint32_t channels, size_t width, uint8_t *rgb, uint8_t *gray)
{
    for (size_t x = 0; x < width; x += PART)
        convert_part(pixels + x * channels, channels, width - x < PART ? width - x : PART,
                     rgb == NULL ? NULL : rgb + x * 3, gray == NULL ? NULL : gray + x);
}

struct held_source {
    struct source source;
    struct held held;
    uint32_t row; // the next
};

static enum ef_status read_held(struct source *source, uint8_t *rgb, uint8_t *gray,
                                struct ef_detail *detail)
{
    struct held_source *reader = (struct held_source *)source;
    const struct held *held = &reader->held;
    const size_t row = reader->row++;
    (void)detail;
    if (held->luma != NULL && gray != NULL) {
        memcpy(gray, held->luma + row * held->width, held->width);
        gray = NULL;
    }
    if (rgb != NULL || gray != NULL)
        held_row(held->pixels + row * held->stride, held->channels, held->width, rgb, gray);
    return EF_OK;
}

static void release(const struct held *held)
{
    held->release(held->pixels);
    if (held->luma != NULL)
        held->release(held->luma);
}

static void close_held(struct source *source)
{
    struct held_source *reader = (struct held_source *)source;
    release(&reader->held);
    free(reader);
}

enum ef_status held_open(const struct held *held, struct source **source)
{
    struct held_source *reader = malloc(sizeof *reader);
    *source = NULL;
    if (reader == NULL) {
        release(held);
        return EF_OUT_OF_MEMORY;
    }
    *reader = (struct held_source){
        .source = {held->width, held->height, read_held, close_held},
        .held = *held,
    };
    *source = &reader->source;
    return EF_OK;
}
