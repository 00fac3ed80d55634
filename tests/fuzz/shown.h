// SPDX-License-Identifier: MIT
// What may be shown to people and what may be a file's name, told a second time and by other means
// than the program's own.
#ifndef FUZZ_SHOWN_H
#define FUZZ_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

// Valid UTF-8 (RFC 3629) without control characters, line and paragraph separators, bidirectional
// controls, zero-width characters, byte order marks and tags.
bool fuzz_is_showable(const char *text, size_t size);

// Ends the process unless the text is that.
void fuzz_check_shown(const char *text);

// Ends the process unless names.h keeps its promises for this name, without extension. A part of
// one may be what Windows takes for a device.
void fuzz_check_name(const char *name);
void fuzz_check_part(const char *part);

#endif
