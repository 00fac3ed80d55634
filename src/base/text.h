// SPDX-License-Identifier: MIT
// Text from outside: the one place that decides what may reach a terminal, a file name or a record.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Reads one UTF-8 code point (RFC 3629) from `text`, of which `size` bytes are readable. Returns
// its length in bytes (1 to 4) and stores it, or returns 0 when the bytes are not valid there or
// size is 0. Overlong forms, surrogates and values beyond U+10FFFF are not valid.
size_t utf8_decode(const char *text, size_t size, uint32_t *code_point);

// True for whole strings of valid UTF-8.
bool utf8_valid(const char *text, size_t size);

// True for code points that can change how other text is shown or that cannot be seen: controls
// (C0, C1, DEL), line and paragraph separators, bidirectional and other format characters,
// non-characters and private use.
bool text_is_unsafe(uint32_t code_point);

// Copies `text` into `out` (at least 8 bytes, always terminated) in a form that is valid UTF-8 and
// safe on a terminal: unsafe code points become \u{HEX}, bytes that are not UTF-8 become \xHH. A
// text that does not fit is cut and ends in "...". Returns `out`.
char *text_printable(const char *text, char *out, size_t out_size);

// The same for text of `size` bytes that may contain NUL.
char *text_printable_n(const char *text, size_t size, char *out, size_t out_size);

// How alike two words are: the number of single-character edits (Levenshtein 1966; insertions,
// deletions, substitutions) from one to the other. Words longer than 63 bytes are at a distance of
// 64 or more from everything.
unsigned text_distance(const char *a, const char *b);

#endif
