// SPDX-License-Identifier: MIT
// Every kernel at every level that this CPU has gives the same bytes as plain C. Rows are blocks of
// their own, so a step beyond one is seen.
#include "fuzz.h"

#include "image/kernels/kernels.h"

#include <string.h>

enum kernel { NEIGHBOR, GRAY, STENCIL, SUM, PACK, KERNELS };

struct task {
    enum kernel kernel;
    bool last; // row of the picture, for NEIGHBOR
    unsigned threshold;
    enum stencil stencil;
    struct magnitude magnitude;
    size_t width, out_size;
    const uint8_t *rows[3];
};

// How many bytes of the input make one pixel.
static size_t bytes_per_pixel(enum kernel kernel)
{
    static const size_t bytes[KERNELS] = {
        [NEIGHBOR] = 6, [GRAY] = 3, [STENCIL] = 3, [SUM] = 1, [PACK] = 1};
    return bytes[kernel];
}

static uint64_t run(const struct kernels *kernels, const struct task *task, uint8_t *out)
{
    switch (task->kernel) {
    case NEIGHBOR:
        kernels->neighbor(task->rows[0], task->last ? NULL : task->rows[1], task->width,
                          task->threshold, out);
        break;
    case GRAY:
        kernels->gray(task->rows[0], task->width, out);
        break;
    case STENCIL:
        kernels->stencil[task->stencil](task->rows, task->width, &task->magnitude, out);
        break;
    case SUM:
        return kernels->sum(task->rows[0], task->width);
    default:
        kernels->pack(task->rows[0], task->width, out);
    }
    return 0;
}

static void compare(const struct task *task)
{
    uint8_t *const expected = fuzz_alloc(task->out_size);
    const uint64_t sum = run(kernels_for(KERNEL_C), task, expected);
    for (int level = KERNEL_C + 1; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const tested = kernels_for((enum kernel_level)level);
        if (tested == NULL)
            continue;
        uint8_t *const found = fuzz_alloc(task->out_size);
        CHECK(run(tested, task, found) == sum);
        CHECK(task->kernel == SUM || memcmp(found, expected, task->out_size) == 0);
        free(found);
    }
    free(expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct task task = {.kernel = (enum kernel)(fuzz_byte(&input) % KERNELS)};
    const unsigned flags = fuzz_byte(&input);
    const unsigned threshold = fuzz_word(&input);
    task.last = (flags & 1) != 0;
    task.stencil = (enum stencil)((flags >> 2) % STENCIL_COUNT);
    task.threshold = threshold % (NEIGHBOR_LARGEST + 1);
    task.magnitude = (struct magnitude){(flags & 2) != 0, (int)(threshold % 257) - 1};
    task.width = input.size / bytes_per_pixel(task.kernel);
    if (task.width == 0)
        return 0;
    task.out_size = task.kernel == PACK ? (task.width + 7) / 8 : task.width;
    const size_t channels = task.kernel == NEIGHBOR || task.kernel == GRAY ? 3 : 1;
    uint8_t *rows[3];
    for (int i = 0; i < 3; i++)
        task.rows[i] = rows[i] = fuzz_block(&input, task.width * channels);
    compare(&task);
    for (int i = 0; i < 3; i++)
        free(rows[i]);
    return 0;
}
