// SPDX-License-Identifier: MIT
// How fast each kernel is at each level that this CPU has, on one thread.
//
//     bench_kernels [ROUNDS]
//
// Pictures of 2 and 12 megapixels, row by row into a whole map. A round runs every kernel at every
// level once, so that whatever else the machine does hits all alike; the figures are medians over
// the rounds (11). They are milliseconds of CPU time per megapixel, and how many times as fast as
// the plain C of the same build.
#include "ours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 101 };

typedef void run(const struct kernels *kernels, const struct planes *planes, int argument);

static void run_neighbor(const struct kernels *kernels, const struct planes *planes, int threshold)
{
    ours_neighbor(kernels, planes, (unsigned)threshold);
}

static void run_gray(const struct kernels *kernels, const struct planes *planes, int unused)
{
    (void)unused;
    ours_gray(kernels, planes);
}

static void run_l1(const struct kernels *kernels, const struct planes *planes, int stencil)
{
    ours_stencil(kernels, planes, (enum stencil)stencil, (struct magnitude){false, -1});
}

static void run_l1_edge(const struct kernels *kernels, const struct planes *planes, int stencil)
{
    ours_stencil(kernels, planes, (enum stencil)stencil, (struct magnitude){false, 100});
}

static void run_l2(const struct kernels *kernels, const struct planes *planes, int stencil)
{
    ours_stencil(kernels, planes, (enum stencil)stencil, (struct magnitude){true, -1});
}

static void run_l2_edge(const struct kernels *kernels, const struct planes *planes, int stencil)
{
    ours_stencil(kernels, planes, (enum stencil)stencil, (struct magnitude){true, 100});
}

static uint64_t sink; // keeps the compiler from leaving sums out

static void run_sum(const struct kernels *kernels, const struct planes *planes, int unused)
{
    (void)unused;
    sink += ours_sum(kernels, planes);
}

static void run_pack(const struct kernels *kernels, const struct planes *planes, int unused)
{
    (void)unused;
    ours_pack(kernels, planes);
}

// For scale: what merely moving the bytes costs.
static void run_copy(const struct kernels *kernels, const struct planes *planes, int unused)
{
    (void)kernels, (void)unused;
    memcpy(planes->map, planes->gray, planes->width * planes->height);
}

static const struct subject {
    const char *name;
    run *run;
    int argument;
} subjects[] = {
    {"neighbor, threshold 30", run_neighbor, 30},
    {"neighbor, threshold 200", run_neighbor, 200},
    {"gray", run_gray, 0},
    {"sobel l1", run_l1, STENCIL_SOBEL},
    {"sobel l1, threshold", run_l1_edge, STENCIL_SOBEL},
    {"sobel l2", run_l2, STENCIL_SOBEL},
    {"sobel l2, threshold", run_l2_edge, STENCIL_SOBEL},
    {"scharr l1, threshold", run_l1_edge, STENCIL_SCHARR},
    {"prewitt l1, threshold", run_l1_edge, STENCIL_PREWITT},
    {"roberts l1, threshold", run_l1_edge, STENCIL_ROBERTS},
    {"roberts l2, threshold", run_l2_edge, STENCIL_ROBERTS},
    {"laplacian, threshold", run_l1_edge, STENCIL_LAPLACIAN},
    {"sum", run_sum, 0},
    {"pack", run_pack, 0},
    {"(memcpy of the gray)", run_copy, 0},
};

enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static double samples[SUBJECTS][KERNEL_LEVEL_COUNT][MOST_ROUNDS];

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

// Something like a photograph: slopes, an edge here and there, a little noise.
static struct planes draw(size_t width, size_t height)
{
    const size_t pixels = width * height;
    const struct planes planes = {width, height, malloc(3 * pixels), malloc(pixels),
                                  malloc(pixels)};
    if (planes.rgb == NULL || planes.gray == NULL || planes.map == NULL) {
        fputs("bench_kernels: not enough memory\n", stderr);
        exit(1);
    }
    uint32_t state = 1;
    for (size_t i = 0; i < 3 * pixels; i++) {
        state = state * 1664525 + 1013904223;
        const size_t x = i / 3 % width, y = i / 3 / width;
        const size_t block = (x / 97 + y / 61) % 3 * 40;
        planes.rgb[i] = (uint8_t)(x / 16 + y / 24 + block + (state >> 24) % 12);
    }
    kernels()->gray(planes.rgb, pixels, planes.gray);
    memset(planes.map, 0, pixels); // its pages are there before the clock runs
    return planes;
}

static void measure(const struct planes *planes, int rounds)
{
    for (int round = -1; round < rounds; round++) // the first warms up
        for (int s = 0; s < SUBJECTS; s++)
            for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
                const struct kernels *const kernels = kernels_for((enum kernel_level)level);
                if (kernels == NULL)
                    continue;
                const double start = milliseconds();
                subjects[s].run(kernels, planes, subjects[s].argument);
                if (round >= 0)
                    samples[s][level][round] = milliseconds() - start;
            }
}

static void report(const struct planes *planes, int rounds)
{
    const double megapixels = (double)(planes->width * planes->height) / 1e6;
    printf("\n%zu x %zu, %.1f MP\n%-26s", planes->width, planes->height, megapixels, "ms/MP");
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++)
        if (kernels_for((enum kernel_level)level) != NULL)
            printf("%16s", kernels_for((enum kernel_level)level)->name);
    putchar('\n');
    for (int s = 0; s < SUBJECTS; s++) {
        printf("%-26s", subjects[s].name);
        double plain = 0;
        for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
            if (kernels_for((enum kernel_level)level) == NULL)
                continue;
            const double time = median(samples[s][level], rounds) / megapixels;
            if (level == KERNEL_C)
                plain = time;
            printf("%8.3f (%4.1fx)", time, plain / time);
        }
        putchar('\n');
    }
}

static void print_machine(void)
{
    char line[256], model[256] = "unknown CPU\n";
    FILE *const file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL)
            strcpy(model, strchr(line, ':') + 2);
    if (file != NULL)
        fclose(file);
    printf("%scompiler %s; fastest level: %s\n", model, __VERSION__, kernels()->name);
}

int main(int argc, char **argv)
{
    const int asked = argc > 1 ? atoi(argv[1]) : 11;
    const int rounds = asked < 1 ? 1 : asked > MOST_ROUNDS ? MOST_ROUNDS : asked;
    static const size_t sizes[][2] = {{1920, 1080}, {4000, 3000}};
    print_machine();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct planes planes = draw(sizes[i][0], sizes[i][1]);
        measure(&planes, rounds);
        report(&planes, rounds);
        free(planes.rgb);
        free(planes.gray);
        free(planes.map);
    }
    return 0;
}
