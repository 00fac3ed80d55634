// SPDX-License-Identifier: MIT
// Whole pictures in huge pages, where the system has them for those who ask: every page that is
// touched for the first time costs a fault, which of a picture of a hundred megapixels is a fifth
// of the time.
#ifndef IMAGE_HUGE_PAGES_H
#define IMAGE_HUGE_PAGES_H

#include <stddef.h>

// Asks for huge pages for a block that has just been allocated, if it is large. NULL is let be.
void huge_pages_wanted(void *block, size_t size);

// malloc(), and the same.
void *huge_pages_malloc(size_t size);

#endif
