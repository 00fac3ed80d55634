// SPDX-License-Identifier: MIT
// The blur: as many rows come out as go in, none has a value that the picture does not span, and a
// row that is lost after its call is not read again.
#include "fuzz.h"

#include "image/blur.h"

enum { WIDEST = 40, SIGMA_MIN = 1, SIGMA_MAX = 200 }; // tenths of a pixel

struct span {
    uint8_t least, most;
};

static struct span span_of(const uint8_t *pixels, size_t size)
{
    struct span span = {UINT8_MAX, 0};
    for (size_t i = 0; i < size; i++) {
        span.least = pixels[i] < span.least ? pixels[i] : span.least;
        span.most = pixels[i] > span.most ? pixels[i] : span.most;
    }
    return span;
}

// The rows that can be taken now.
static size_t take_rows(struct blur *blur, size_t width, struct span allowed)
{
    size_t rows = 0;
    for (const uint8_t *row; (row = blur_take(blur)) != NULL; rows++) {
        const struct span span = span_of(row, width);
        CHECK(span.least >= allowed.least && span.most <= allowed.most);
    }
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const double sigma = fuzz_between(&input, SIGMA_MIN, SIGMA_MAX) / 10.0;
    const size_t width = (size_t)fuzz_between(&input, 1, WIDEST);
    const size_t height = input.size / width;
    if (height == 0)
        return 0;
    const struct span span = span_of(input.data, width * height);
    struct blur *const blur = blur_open(sigma, (uint32_t)width, (uint32_t)height);
    CHECK(blur != NULL);
    size_t taken = 0;
    for (size_t y = 0; y < height; y++) {
        uint8_t *const row = fuzz_block(&input, width);
        blur_push(blur, row);
        free(row);
        taken += take_rows(blur, width, span);
        CHECK(taken <= y + 1);
    }
    CHECK(taken == height);
    blur_close(blur);
    return 0;
}
