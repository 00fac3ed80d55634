// SPDX-License-Identifier: MIT
// What outputs are called. A name never contains a separator, never begins with a dot or a dash,
// never ends in a dot or a space, is none that Windows keeps for devices (CON, NUL, COM1 ...), is
// valid UTF-8 without control or bidirectional characters, and is at most LIMIT_NAME_BYTES long
// with its extension: it cannot leave the output directory or surprise a shell.
#ifndef RUN_NAMES_H
#define RUN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_BYTES 200 // room for a name without extension, and its terminator

// The last path segment of a URL made safe: without a file extension, every unsafe character
// replaced by
// '_', cut to 120 bytes. `fallback` stands in for a segment that leaves nothing. Always succeeds.
void name_stem(const char *segment, const char *fallback, char out[NAME_BYTES]);

// A name that a list gives. A known picture extension is dropped, since the extension comes from
// the decoded type. Returns a copy, or NULL with `error` (at least 128 bytes) when it cannot be
// used: a person chose it, so it is not silently changed.
char *name_from_list(const char *text, size_t length, char *error, size_t error_size);

// True when a --name template can be used; `error` says why not. Fields: {stem} {hash} {index}
// {host}.
bool name_template_check(const char *text, char *error, size_t error_size);

// True when the template's names are unique by themselves, because they contain {hash}.
bool name_template_has_hash(const char *text);

struct name_fields {
    const char *stem; // made by name_stem()
    const char *hash; // hexadecimal
    const char *host; // made safe when expanded
    uint64_t index;
};

// Expands a checked template. The result is safe, and cut when it would be too long.
void name_expand(const char *text, const struct name_fields *fields, char out[NAME_BYTES]);

#endif
