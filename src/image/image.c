// SPDX-License-Identifier: MIT
#include "image/image.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool image_allocate(struct ef_image *image, uint32_t width, uint32_t height, uint32_t channels)
{
    size_t size;
    *image = (struct ef_image){0};
    if (__builtin_mul_overflow((size_t)width, (size_t)height, &size) ||
        __builtin_mul_overflow(size, (size_t)channels, &size) || size == 0)
        return false;
    uint8_t *pixels = malloc(size);
    if (pixels == NULL)
        return false;
    *image = (struct ef_image){width, height, channels, pixels};
    return true;
}

void ef_image_free(struct ef_image *image)
{
    free(image->pixels);
    *image = (struct ef_image){0};
}

void detail_set(struct ef_detail *detail, const char *format, ...)
{
    if (detail == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail->text, sizeof detail->text, format, arguments);
    va_end(arguments);
}
