// SPDX-License-Identifier: MIT
#include "image/image.h"

#include <stdarg.h>
#include <stdio.h>

void detail_set(struct ef_detail *detail, const char *format, ...)
{
    if (detail == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail->text, sizeof detail->text, format, arguments);
    va_end(arguments);
}
