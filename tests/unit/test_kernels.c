// SPDX-License-Identifier: MIT
// Every level of kernels that this CPU has, against the plain C reference, byte for byte: random
// rows of every small width, that begin right after a page that must not be touched or end right
// before one.
#include "image/kernels/kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { LARGEST = 4099, ROWS = 5 };

static const size_t widths[] = {71,  95,  96,  97,  98,  127, 128, 129,  130,  131,
                                159, 191, 192, 193, 194, 195, 255, 256,  257,  258,
                                259, 260, 511, 512, 513, 514, 515, 1000, 4096, LARGEST};

// Seeded, so that a failure can be repeated; xorshift64*.
static uint64_t state = 0x9E3779B97F4A7C15;

static uint32_t next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545F4914F6CDD1D) >> 32);
}

// Noise, or few different values, or slow ramps: differences of every size come up.
static void fill(uint8_t *bytes, size_t size)
{
    const unsigned kind = next_random() % 5;
    uint8_t value = (uint8_t)next_random();
    for (size_t i = 0; i < size; i++) {
        const uint32_t r = next_random();
        if (kind == 0)
            value = (uint8_t)r;
        else if (kind == 1)
            value = r % 2 ? 255 : 0;
        else if (kind == 2)
            value = (uint8_t)(value + r % 5);
        else if (kind == 3)
            value = (uint8_t)(100 + r % 20);
        else if (r % 8 == 0)
            value = (uint8_t)(r >> 8);
        bytes[i] = value;
    }
}

// Memory for a row between two pages without access.
struct guarded {
    uint8_t *pages;
    size_t size; // accessible
};

static struct guarded guarded_new(size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (size + page - 1) / page * page;
    uint8_t *const all =
        mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(all != MAP_FAILED);
    assert_int_equal(mprotect(all + page, inner, PROT_READ | PROT_WRITE), 0);
    return (struct guarded){all + page, inner};
}

static void guarded_free(struct guarded guarded)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap(guarded.pages - page, guarded.size + 2 * page);
}

// A row of `size` bytes at the one end or the other.
static uint8_t *row_at(struct guarded guarded, size_t size, bool at_end)
{
    return guarded.pages + (at_end ? guarded.size - size : 0);
}

static struct guarded in[3], out;

static int setup(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++)
        in[i] = guarded_new((size_t)3 * LARGEST);
    out = guarded_new(LARGEST);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++)
        guarded_free(in[i]);
    guarded_free(out);
    return 0;
}

// Calls `check` for every other level, width and place of the rows.
static void for_all(void (*check)(const struct kernels *kernels, size_t width, bool at_end))
{
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const tested = kernels_for((enum kernel_level)level);
        if (tested == NULL)
            continue;
        for (size_t i = 1; i <= 70 + sizeof widths / sizeof *widths; i++) {
            const size_t width = i <= 70 ? i : widths[i - 71];
            check(tested, width, false);
            check(tested, width, true);
        }
    }
}

static const struct kernels *reference(void)
{
    return kernels_for(KERNEL_C);
}

static uint8_t expected[LARGEST];

// Ends the test with the first difference. memcmp first, because there are millions of bytes.
static void same(const struct kernels *kernels, const char *kernel, size_t width, int threshold,
                 const uint8_t *found, size_t size)
{
    if (memcmp(found, expected, size) == 0)
        return;
    size_t i = 0;
    while (found[i] == expected[i])
        i++;
    fail_msg("%s %s, width %zu, threshold %d: byte %zu is %d, not %d", kernels->name, kernel, width,
             threshold, i, found[i], expected[i]);
}

static void check_neighbor(const struct kernels *kernels, size_t width, bool at_end)
{
    // 126 and 127 are on either side of what sums in bytes can do, 254 and 255 likewise in a last
    // row; 764 and 765 are the last that can and cannot be exceeded.
    static const unsigned thresholds[] = {0,   1,   2,   29,  30,  61,  125, 126, 127,
                                          128, 253, 254, 255, 256, 400, 763, 764, 765};
    uint8_t *const row = row_at(in[0], 3 * width, at_end);
    uint8_t *const below = row_at(in[1], 3 * width, at_end);
    uint8_t *const found = row_at(out, width, at_end);
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        fill(row, 3 * width);
        fill(below, 3 * width);
        for (int last = 0; last < 2; last++) {
            reference()->neighbor(row, last ? NULL : below, width, thresholds[i], expected);
            memset(found, 7, width);
            kernels->neighbor(row, last ? NULL : below, width, thresholds[i], found);
            same(kernels, "neighbor", width, (int)thresholds[i], found, width);
        }
    }
}

static void test_neighbor(void **unused)
{
    (void)unused;
    for_all(check_neighbor);
}

static void check_gray(const struct kernels *kernels, size_t width, bool at_end)
{
    uint8_t *const row = row_at(in[0], 3 * width, at_end), *const found =
                                                               row_at(out, width, at_end);
    for (int round = 0; round < 8; round++) {
        fill(row, 3 * width);
        reference()->gray(row, width, expected);
        memset(found, 7, width);
        kernels->gray(row, width, found);
        same(kernels, "gray", width, -1, found, width);
    }
}

static void test_gray(void **unused)
{
    (void)unused;
    for_all(check_gray);
}

// All sixteen million colours.
static void test_gray_of_everything(void **unused)
{
    (void)unused;
    uint8_t *const row = row_at(in[0], 3 * 4096, true), *const found = row_at(out, 4096, true);
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const tested = kernels_for((enum kernel_level)level);
        for (unsigned first = 0; tested != NULL && first < 1U << 24; first += 4096) {
            for (unsigned i = 0; i < 4096; i++) {
                const unsigned r = (first + i) >> 16, g = (first + i) >> 8 & 255, b = i & 255;
                row[3 * i] = (uint8_t)r;
                row[3 * i + 1] = (uint8_t)g;
                row[3 * i + 2] = (uint8_t)b;
                expected[i] = (uint8_t)((4899 * r + 9617 * g + 1868 * b + 8192) >> 14);
            }
            tested->gray(row, 4096, found);
            same(tested, "gray", 4096, -1, found, 4096);
        }
    }
}

static void check_magnitudes(const struct kernels *kernels, const uint8_t *const rows[3],
                             size_t width, uint8_t *found)
{
    static const char *const names[STENCIL_COUNT] = {"sobel", "scharr", "prewitt", "roberts",
                                                     "laplacian"};
    static const int thresholds[] = {-1, 0, 1, 50, 127, 128, 160, 253, 254, 255};
    for (int s = 0; s < STENCIL_COUNT; s++)
        for (size_t i = 0; i < 2 * sizeof thresholds / sizeof *thresholds; i++) {
            const struct magnitude magnitude = {.l2 = i % 2 == 1, .threshold = thresholds[i / 2]};
            reference()->stencil[s](rows, width, &magnitude, expected);
            memset(found, 7, width);
            kernels->stencil[s](rows, width, &magnitude, found);
            same(kernels, names[s], width, magnitude.threshold, found, width);
        }
}

// Pictures of one to five rows, reflected at the top and the bottom as a filter does it.
static void check_stencils(const struct kernels *kernels, size_t width, bool at_end)
{
    static uint8_t picture[ROWS][LARGEST];
    for (int height = 1; height <= ROWS; height++) {
        for (int y = 0; y < height; y++)
            fill(picture[y], width);
        for (int y = 0; y < height; y++) {
            const uint8_t *rows[3];
            for (int i = 0; i < 3; i++) {
                int at = abs(y + i - 1);
                if (at >= height)
                    at = height > 1 ? height - 2 : 0;
                rows[i] = memcpy(row_at(in[i], width, at_end), picture[at], width);
            }
            check_magnitudes(kernels, rows, width, row_at(out, width, at_end));
        }
    }
}

static void test_stencils(void **unused)
{
    (void)unused;
    for_all(check_stencils);
}

static void check_sum_and_pack(const struct kernels *kernels, size_t width, bool at_end)
{
    uint8_t *const row = row_at(in[0], width, at_end);
    const size_t packed = (width + 7) / 8;
    uint8_t *const found = row_at(out, packed, at_end);
    for (int round = 0; round < 5; round++) {
        fill(row, width);
        assert_int_equal(kernels->sum(row, width), reference()->sum(row, width));
        reference()->pack(row, width, expected);
        memset(found, 7, packed);
        kernels->pack(row, width, found);
        same(kernels, "pack", width, -1, found, packed);
    }
    memset(row, 255, width);
    assert_int_equal(kernels->sum(row, width), 255 * width);
}

static void test_sum_and_pack(void **unused)
{
    (void)unused;
    for_all(check_sum_and_pack);
}

// The order of bits, which a comparison with the reference cannot show.
static void test_pack_puts_the_first_pixel_highest(void **unused)
{
    (void)unused;
    static const uint8_t row[11] = {255, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0};
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const tested = kernels_for((enum kernel_level)level);
        uint8_t bits[2] = {0xFF, 0xFF};
        if (tested == NULL)
            continue;
        tested->pack(row, sizeof row, bits);
        assert_int_equal(bits[0], 0x82);
        assert_int_equal(bits[1], 0x40);
    }
}

static void test_levels(void **unused)
{
    (void)unused;
    static const char *const names[KERNEL_LEVEL_COUNT] = {"c", "avx2", "avx512", "neon"};
    assert_non_null(kernels_for(KERNEL_C));
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const tested = kernels_for((enum kernel_level)level);
        print_message("%s: %s\n", names[level], tested != NULL ? "tested" : "not on this CPU");
        if (tested != NULL)
            assert_string_equal(tested->name, names[level]);
    }
    // The choice is one of them, and stays.
    const struct kernels *const chosen = kernels();
    setenv("EDGEFETCH_CPU", "c", 1);
    assert_ptr_equal(kernels(), chosen);
    unsetenv("EDGEFETCH_CPU");
}

// What a process finds whose environment masks everything above `highest`.
static const char *chosen_with(const char *highest)
{
    int ends[2];
    static char name[16];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("EDGEFETCH_CPU", highest, 1);
        const char *const chosen = kernels()->name;
        _exit(write(ends[1], chosen, strlen(chosen) + 1) < 0);
    }
    close(ends[1]);
    assert_true(read(ends[0], name, sizeof name) > 0);
    close(ends[0]);
    return name;
}

static void test_environment_masks(void **unused)
{
    (void)unused;
    const struct kernels *best = NULL;
    for (int level = 0; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const found = kernels_for((enum kernel_level)level);
        if (found == NULL)
            continue;
        assert_string_equal(chosen_with(found->name), found->name);
        best = found;
    }
    assert_string_equal(chosen_with("nonsense"), best->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_environment_masks), // before anything has chosen
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_neighbor),
        cmocka_unit_test(test_gray),
        cmocka_unit_test(test_gray_of_everything),
        cmocka_unit_test(test_stencils),
        cmocka_unit_test(test_sum_and_pack),
        cmocka_unit_test(test_pack_puts_the_first_pixel_highest),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
