// SPDX-License-Identifier: MIT
// Which kernels this CPU runs.
#include "image/kernels/levels.h"

#include <stdatomic.h>
#include <string.h>

static bool cpu_has(enum kernel_level level)
{
    switch (level) {
    case KERNEL_C:
        return true;
#if defined(__x86_64__)
    // These ask the operating system too, which must save the wide registers.
    case KERNEL_AVX2:
        return __builtin_cpu_supports("avx2") != 0;
    case KERNEL_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
#endif
#if defined(__aarch64__)
    case KERNEL_NEON:
        return true;
#endif
    default:
        return false;
    }
}

const struct kernels *kernels_for(enum kernel_level level)
{
    static const struct kernels *const tables[KERNEL_LEVEL_COUNT] = {
        [KERNEL_C] = &kernels_c,
#if defined(__x86_64__)
        [KERNEL_AVX2] = &kernels_avx2,
        [KERNEL_AVX512] = &kernels_avx512,
#endif
#if defined(__aarch64__)
        [KERNEL_NEON] = &kernels_neon,
#endif
    };
    return cpu_has(level) ? tables[level] : NULL;
}

// Levels are in order of speed, so the last that the CPU has is the fastest.
static const struct kernels *choose(void)
{
    const char *const highest = getenv("EDGEFETCH_CPU");
    const struct kernels *best = &kernels_c, *masked = NULL;
    for (int level = KERNEL_C; level < KERNEL_LEVEL_COUNT; level++) {
        const struct kernels *const found = kernels_for((enum kernel_level)level);
        if (found == NULL)
            continue;
        best = found;
        if (highest != NULL && strcmp(highest, found->name) == 0)
            masked = found;
    }
    return masked != NULL ? masked : best;
}

const struct kernels *kernels(void)
{
    // Threads that come here at the same time all find the same table, which is constant.
    static _Atomic(const struct kernels *) chosen;
    const struct kernels *found = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (found == NULL) {
        found = choose();
        atomic_store_explicit(&chosen, found, memory_order_relaxed);
    }
    return found;
}
