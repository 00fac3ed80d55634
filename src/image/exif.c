// SPDX-License-Identifier: MIT
#include "image/exif.h"

#include <stdbool.h>
#include <string.h>

enum { ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_BYTES = 12 };

static uint32_t number(const uint8_t *p, size_t bytes, bool big_endian)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint32_t)p[i] << 8 * (big_endian ? bytes - 1 - i : i);
    return value;
}

unsigned exif_orientation(const uint8_t *data, size_t size)
{
    if (size < 10 || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return 1;
    const bool big_endian = data[0] == 'M';
    const size_t directory = number(data + 4, 4, big_endian);
    if (directory > size - 2)
        return 1;
    const size_t entries = number(data + directory, 2, big_endian);
    for (size_t i = 0; i < entries; i++) {
        const size_t at = directory + 2 + i * ENTRY_BYTES;
        if (at + ENTRY_BYTES > size)
            return 1;
        const uint8_t *entry = data + at;
        if (number(entry, 2, big_endian) != ORIENTATION)
            continue;
        const uint32_t value = number(entry + 8, 2, big_endian);
        return number(entry + 2, 2, big_endian) == TYPE_SHORT && value >= 1 && value <= 8 ? value
                                                                                          : 1;
    }
    return 1;
}
