// SPDX-License-Identifier: MIT
// What is built in.
#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stddef.h>

// Which library reads and which writes what, two lines. Returns `out`, always terminated.
char *codecs_describe(char *out, size_t size);

#endif
