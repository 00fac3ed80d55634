// SPDX-License-Identifier: MIT
// A manifest as text: its lines one after another, a line that is known by its place, and the few
// things that everybody asks of a line.
#ifndef RUN_MANIFEST_LINES_H
#define RUN_MANIFEST_LINES_H

#include "base/interrupt.h"
#include "run/names.h"
#include "run/originals.h"

#include <jansson.h>

#include <sys/types.h>

struct manifest_lines {
    void *context;
    // Gets every complete line, with its newline. False stops.
    bool (*take)(void *context, const char *text, size_t length, uint64_t at);
    const struct interrupt *interrupt; // stops it too; NULL: none does

    // Lines that are longer than LIMIT_MANIFEST_LINE_BYTES, or have a NUL in them, which jansson
    // would pass over without a word; passed over.
    uint64_t unusable;
    off_t complete; // where the last complete line ends
    bool torn;      // there are bytes behind it
};

// Reads from the descriptor's position to the end. False after a message, or without one when a
// line stopped it or an interrupt came. Blocking.
bool manifest_lines_read(int descriptor, struct manifest_lines *lines);

// The line at a place; NULL when it is no JSON or cannot be read. The caller releases it.
json_t *manifest_line_at(int descriptor, struct line_place place);

// The text of a field; "" when there is none.
const char *manifest_text(const json_t *object, const char *key);

// Opens a directory and its manifest for reading. False after a message; nothing is then open.
bool manifest_find(const char *path, int *directory, int *manifest);

// False after a message when a manifest's first line has a schema that this program does not know.
// What is no header is accepted: it is a line like any other.
bool manifest_schema_is_known(const json_t *header, bool *is_header);

// The name that a line's files have, without folder, detector and extension. False when there is
// none.
bool manifest_name(const json_t *line, char name[NAME_BYTES]);

// True for paths that are relative and stay below the output directory. A manifest is foreign text:
// nothing else is opened.
bool manifest_path_is_confined(const char *path);

#endif
