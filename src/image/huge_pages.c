// SPDX-License-Identifier: MIT
#include "image/huge_pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

void huge_pages_wanted(void *block, size_t size)
{
    if (block == NULL || size < 2 * (size_t)HUGE_PAGE)
        return;
    const size_t before = HUGE_PAGE - (uintptr_t)block % HUGE_PAGE;
    (void)madvise((char *)block + before, (size - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
}

void *huge_pages_malloc(size_t size)
{
    void *const block = malloc(size);
    huge_pages_wanted(block, size);
    return block;
}
