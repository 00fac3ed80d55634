// SPDX-License-Identifier: MIT
#include "image/webp.h"

#include "image/bytes.h"

bool webp_next_chunk(const uint8_t *data, size_t size, size_t *at, struct webp_chunk *chunk)
{
    enum { HEADER = 8 };
    if (*at >= size || size - *at < HEADER)
        return false;
    const size_t room = size - *at - HEADER;
    const size_t length = le32(data + *at + 4);
    *chunk = (struct webp_chunk){
        .type = data + *at,
        .body = data + *at + HEADER,
        .size = length < room ? length : room,
    };
    *at = length < room ? *at + HEADER + length + (length & 1) : size;
    return true;
}
