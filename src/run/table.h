// SPDX-License-Identifier: MIT
// Lists with columns: CSV (RFC 4180), tab-separated values (no quotes), JSON lines. A row -> an
// entry of the list; columns that are neither URL nor name go along as JSON. Pure.
#ifndef RUN_TABLE_H
#define RUN_TABLE_H

#include "base/limits.h"
#include "run/url.h"

#include <edgefetch/status.h>

#include <stdint.h>

enum list_format { LIST_AUTO, LIST_TEXT, LIST_CSV, LIST_TSV, LIST_JSONL };

// How a list is read, as the command line has it.
struct list_columns {
    enum list_format format; // LIST_AUTO: by the list's name, then by its first row
    const char *url, *name;  // columns; NULL: "url", and none
};

struct list_entry {
    struct url url;        // with a status other than EF_OK at least `shown` is set
    char *name;            // from the list, or NULL; owned
    char *columns;         // a JSON object, or NULL; owned
    const char *label;     // of its list, printable; NULL for an argument. Not owned
    uint64_t line;         // of its list, from 1: the first one of a row of several
    uint64_t index;        // that the list gives it, or 0
    enum ef_status status; // EF_OK, EF_BAD_URL, EF_BAD_NAME, EF_LINE_TOO_LONG or EF_BAD_ROW
    char message[128];     // of the failure
};

enum row_state { ROW_FIELD, ROW_PLAIN, ROW_QUOTED, ROW_QUOTE };

// Looks for the end of a row, however its bytes come in. All zero is the start of a row.
struct row_scan {
    size_t scanned;  // bytes of the row
    uint64_t breaks; // line ends in quotes
    enum row_state state;
};

// True when the row's line end is among its first `size` bytes; it is the one at scan->scanned.
bool row_scan(struct row_scan *scan, enum list_format format, const char *text, size_t size);

// The format that the name of a list says, a .gz or .zst behind it apart; else LIST_AUTO.
enum list_format list_format_of_name(const char *path);

// The format that a first row says.
enum list_format list_format_of_row(const char *row, size_t length);

struct table;

// NULL when out of memory.
struct table *table_new(const struct list_columns *columns, enum list_format format);
void table_free(struct table *table);

// Never LIST_AUTO.
enum list_format table_format(const struct table *table);

// Rows of JSON lines have their own names; those of other formats are in the first row.
bool table_has_head(const struct table *table);

// Takes the first row, without its line end; its bytes are used up. False when the list cannot be
// read by it, with the reason in `fault` (at least 192 bytes).
bool table_take_head(struct table *table, char *row, size_t length, char *fault, size_t size);

// The same row of JSON lines is only looked at.
bool table_check_row(const struct table *table, const char *row, size_t length, char *fault,
                     size_t size);

// Makes an entry of any other row, whose bytes are used up. Where `status` is EF_BAD_ROW only the
// message is set besides.
void table_entry(struct table *table, char *row, size_t length, struct list_entry *entry);

#endif
