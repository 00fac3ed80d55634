// SPDX-License-Identifier: MIT
// The one translation unit that holds stb_image, from the distribution's package. Only the formats
// that the web serves are compiled in: what is not there cannot be attacked. Its own ways to open
// files are left out.
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#define STBI_MALLOC(size) allocate(size)
#define STBI_REALLOC(pointer, size) reallocate(pointer, size)
#define STBI_FREE(pointer) free(pointer)
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "image/stb_memory.h"

enum { HUGE_PAGE = 2 << 20 };

static _Thread_local size_t largest_block;

void stb_memory_limit(size_t bytes)
{
    largest_block = bytes;
}

static void *reallocate(void *memory, size_t size)
{
    return size <= largest_block ? realloc(memory, size) : NULL;
}

// Zeros: a scan that leaves a component out leaves its samples as they are, and they must not be
// another picture's. Whole pictures are asked for in huge pages, where the system has them, because
// every page that is touched for the first time costs a fault: a twentieth of the time.
static void *allocate(size_t size)
{
    char *const memory = size <= largest_block ? calloc(1, size) : NULL;
    if (memory != NULL && size >= 2 * (size_t)HUGE_PAGE) {
        const size_t before = HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;
        (void)madvise(memory + before, (size - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    }
    return memory;
}

#include <stb_image.h>
