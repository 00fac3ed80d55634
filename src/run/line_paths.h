// SPDX-License-Identifier: MIT
// The paths in a line of a manifest: where they stand in its text. So they can be given another
// beginning while everything else stays as it is, byte for byte.
#ifndef RUN_LINE_PATHS_H
#define RUN_LINE_PATHS_H

#include <stddef.h>

// Of a line without NUL that a JSON parser has taken for an object, finds where the value of each
// path begins, behind its quote: of original, resized, every one of edges, and quarantine. Empty
// ones are no paths. Calls `found` with each place, in the text's order.
void line_paths_find(const char *line, size_t length, void (*found)(void *context, size_t at),
                     void *context);

#endif
