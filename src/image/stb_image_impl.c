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
#include <stdlib.h>

#include "image/huge_pages.h"
#include "image/stb_memory.h"

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
// another picture's.
static void *allocate(size_t size)
{
    void *const memory = size <= largest_block ? calloc(1, size) : NULL;
    huge_pages_wanted(memory, size);
    return memory;
}

#include <stb_image.h>
