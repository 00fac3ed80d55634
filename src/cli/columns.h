// SPDX-License-Identifier: MIT
// How many columns of a terminal a text takes. The text is printable (text_printable()) UTF-8, and
// the process's LC_CTYPE is one of UTF-8.
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

// Of one code point: 0 (it joins the one before), 1 or 2; 2 where terminals do not agree. Below 0
// for one that no terminal can be trusted to show.
int columns_of(uint32_t code_point);

// Of a whole text.
unsigned columns_of_text(const char *text);

#endif
