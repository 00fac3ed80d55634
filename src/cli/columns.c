// SPDX-License-Identifier: MIT
#include "cli/columns.h"

#include "base/text.h"

#include <string.h>
#include <wchar.h>

#define FIRST_PICTOGRAPH 0x1F000u // and behind: one or two columns, as old as the terminal's tables

int columns_of(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    const int columns = wcwidth((wchar_t)code_point);
    return columns == 1 && code_point >= FIRST_PICTOGRAPH ? 2 : columns;
}

unsigned columns_of_text(const char *text)
{
    const size_t size = strlen(text);
    unsigned columns = 0;
    uint32_t code_point = 0;
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_decode(text + i, size - i, &code_point);
        const int own = length == 0 ? -1 : columns_of(code_point);
        columns += own < 0 ? 1 : (unsigned)own; // shown as '?'
        length += length == 0;
    }
    return columns;
}
