// SPDX-License-Identifier: MIT
// The bytes of a list -> its entries, one a line. Pure: no files, no loop. Memory is two blocks,
// however long the list or its lines.
//
// A line is a URL, optionally followed by a tab and a name. Blank lines and lines that start with
// '#' are skipped; white space around a line, CR LF and a byte-order mark at the start are ignored.
// A line that cannot be used is an entry too, with its status and message: it costs that line and
// nothing else. Lists with columns are table.h's.
#ifndef RUN_URLS_H
#define RUN_URLS_H

#include "base/limits.h"
#include "run/table.h"

#include <edgefetch/status.h>

#include <stdint.h>

void list_entry_free(struct list_entry *entry);

enum urls_result { URLS_ENTRY, URLS_MORE, URLS_END };

// All zero is a parser at the start of a list.
struct urls {
    char buffer[LIMIT_LINE_BYTES + LIMIT_LIST_BLOCK_BYTES];
    size_t start, end; // the bytes not yet parsed
    const char *label; // of the list, printable, or NULL; the caller sets it
    uint64_t line;
    uint64_t breaks;                    // line ends within the row that was last taken
    const struct list_columns *columns; // NULL: it has none; the caller sets it
    struct table *table;                // of such a list
    struct row_scan row;                // that begins at `start`
    char fault[192];                    // why the list cannot be read at all; "": it can
    bool begun;                         // a byte-order mark has been looked for
    bool finished;                      // no more bytes will come
    bool skipping;                      // inside a line that is too long
    bool numbered;                      // lines begin as todo.h says; the caller sets it
};

// Frees what it holds; it is then at the start of a list.
void urls_close(struct urls *urls);

// Where to put the next bytes, and how many fit (at least LIMIT_LIST_BLOCK_BYTES after URLS_MORE).
char *urls_space(struct urls *urls, size_t *size);

// `size` bytes were put there.
void urls_fed(struct urls *urls, size_t size);

// There are no more bytes.
void urls_finish(struct urls *urls);

// Takes the next entry, which is then the caller's (URLS_ENTRY), or says that bytes are needed
// (URLS_MORE) or that the list is at its end (URLS_END).
enum urls_result urls_next(struct urls *urls, struct list_entry *entry);

// One entry from text that is not in a list, such as an argument.
void urls_parse_line(const char *text, size_t length, struct list_entry *entry);

#endif
