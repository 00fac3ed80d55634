// SPDX-License-Identifier: MIT
// Turning and resizing: the size that is promised, both forms of a row alike, and values within
// what the picture spans where it only shrinks.
#include "fuzz.h"

#include "image/oriented.h"
#include "image/resize.h"

#include <string.h>

enum { WIDEST = 64, LARGEST_SIDE = 80, ORIENTATIONS = 9 }; // one of them makes no sense

struct task {
    unsigned pixels, orientation;
    uint32_t width, height; // of the picture as it is stored
    uint32_t new_width, new_height;
    enum ef_fit fit;
    uint8_t *rgb, *gray; // of which the one repeats the other
};

static struct task choose(struct fuzz_input *input)
{
    struct task task = {
        .pixels = (unsigned)fuzz_between(input, PIXELS_RGB, PIXELS_RGB | PIXELS_GRAY),
        .orientation = fuzz_byte(input) % ORIENTATIONS,
        .fit = (enum ef_fit)(fuzz_byte(input) % EF_FIT_COUNT),
        .new_width = 1 + fuzz_byte(input) % LARGEST_SIDE,
        .new_height = 1 + fuzz_byte(input) % LARGEST_SIDE,
        .width = 1 + fuzz_byte(input) % WIDEST,
    };
    task.height = (uint32_t)(input->size / task.width);
    return task;
}

static void make_picture(struct task *task, struct fuzz_input *input)
{
    const size_t size = (size_t)task->width * task->height;
    task->gray = fuzz_block(input, size);
    task->rgb = fuzz_alloc(size * 3);
    for (size_t i = 0; i < size; i++)
        memset(task->rgb + 3 * i, task->gray[i], 3);
}

static void check_size(const struct task *task, const struct source *source)
{
    CHECK(source->width > 0 && source->height > 0);
    CHECK(source->width <= task->new_width && source->height <= task->new_height);
    if (task->fit == EF_FIT_CONTAIN)
        CHECK(source->width == task->new_width || source->height == task->new_height);
    else
        CHECK(source->width == task->new_width && source->height == task->new_height);
}

static void check_values(const struct task *task, const uint8_t *row, size_t size)
{
    uint8_t least = UINT8_MAX, most = 0;
    for (size_t i = 0; i < (size_t)task->width * task->height; i++) {
        least = task->gray[i] < least ? task->gray[i] : least;
        most = task->gray[i] > most ? task->gray[i] : most;
    }
    for (size_t i = 0; i < size; i++)
        CHECK(row[i] >= least && row[i] <= most);
}

// An area average never leaves what it averages; the bicubic may.
static void check_rows(const struct task *task, struct source *source, bool shrinks)
{
    struct ef_detail detail = {0};
    const size_t width = source->width;
    uint8_t *const rgb = task->pixels & PIXELS_RGB ? fuzz_alloc(3 * width) : NULL;
    uint8_t *const gray = task->pixels & PIXELS_GRAY ? fuzz_alloc(width) : NULL;
    for (uint32_t y = 0; y < source->height; y++) {
        CHECK(source->read(source, rgb, gray, &detail) == EF_OK);
        for (size_t x = 0; rgb != NULL && x < width; x++)
            CHECK(rgb[3 * x] == rgb[3 * x + 1] && rgb[3 * x] == rgb[3 * x + 2] &&
                  (gray == NULL || rgb[3 * x] == gray[x]));
        if (shrinks && y == source->height / 2)
            check_values(task, rgb != NULL ? rgb : gray, rgb != NULL ? 3 * width : width);
    }
    free(rgb);
    free(gray);
}

static void turn_and_resize(const struct task *task)
{
    const bool exchanged = task->orientation >= 5 && task->orientation <= 8;
    struct source *source =
        fuzz_source(task->width, task->height, task->pixels & PIXELS_RGB ? task->rgb : NULL,
                    task->pixels & PIXELS_GRAY ? task->gray : NULL);
    CHECK(source_orient(&source, task->orientation, task->pixels) == EF_OK);
    CHECK(source->width == (exchanged ? task->height : task->width));
    CHECK(source->height == (exchanged ? task->width : task->height));
    const uint32_t width = source->width, height = source->height;
    CHECK(source_resize(&source, task->pixels, task->new_width, task->new_height, task->fit) ==
          EF_OK);
    check_size(task, source);
    // A part of the picture may grow although it is cut to less.
    const bool shrinks =
        task->fit != EF_FIT_COVER && source->width <= width && source->height <= height;
    check_rows(task, source, shrinks);
    source->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct task task = choose(&input);
    if (task.height == 0)
        return 0;
    make_picture(&task, &input);
    turn_and_resize(&task);
    free(task.rgb);
    free(task.gray);
    return 0;
}
