// SPDX-License-Identifier: MIT
// Which line of a manifest counts about each URL: the newest, except that a cancelled one never
// undoes an ok. Lines stay in the file; what is kept is 16 bytes a URL in a table that is at most
// 85 % full, 19 to 28 bytes a URL, and as much again for each that was ok and has failed since.
// While the chosen ones are sorted, 16 bytes more for each of them.
#ifndef RUN_NEWEST_H
#define RUN_NEWEST_H

#include "run/originals.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Open addressing with linear probing. `url` is 62 bits of a digest and two flags; 0: free.
struct newest_table {
    struct newest_slot {
        uint64_t url;
        uint64_t place; // 44 bits for where the line begins, 20 for its length less 1
    } * slots;
    size_t capacity, used;
};

struct newest {
    const char *label; // of the manifest, printable, for messages; NULL: there is but one
    struct newest_table lines;
    struct newest_table before; // ok lines of URLs whose newest line is not ok
};

// All zero is empty. Frees the memory and makes it so again.
void newest_free(struct newest *newest);

enum newest_kind { NEWEST_OK, NEWEST_FAILED, NEWEST_CANCELLED };

// Notes the next line of a manifest; `wanted` when it is one to be gone through should it count.
// False when out of memory.
bool newest_note(struct newest *newest, const char *url, enum newest_kind kind, bool wanted,
                 struct line_place place);

// Reads a manifest, from its beginning, and notes its lines. `look` sees every one of them, says
// whether it is wanted, and returns false when out of memory. A torn last line and lines that are
// not ours are passed over with a warning; nothing is changed. False after a message, or without
// one when the process was interrupted.
bool newest_read(struct newest *newest, int manifest,
                 bool (*look)(void *context, const json_t *line, bool *wanted), void *context);

// Of the lines that count keeps those that are wanted, in the manifest's order, and returns how
// many there are. No line can be noted any more.
size_t newest_choose(struct newest *newest);

// Where the i-th of the chosen ones is.
struct line_place newest_place(const struct newest *newest, size_t i);

// Where the line that counts about a URL is, before newest_choose(). False when there is none.
bool newest_find(const struct newest *newest, const char *url, struct line_place *place);

// Where the newest ok line of a URL is whose line that counts is not ok. False when there is none.
bool newest_before(const struct newest *newest, const char *url, struct line_place *place);

#endif
