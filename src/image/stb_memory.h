// SPDX-License-Identifier: MIT
// What stb_image may allocate: it has no limit of its own on what compressed data unpack to.
#ifndef IMAGE_STB_MEMORY_H
#define IMAGE_STB_MEMORY_H

#include <stddef.h>

// The largest block that stb_image gets from now on in the calling thread. For more it reports that
// there is no memory.
void stb_memory_limit(size_t bytes);

#endif
