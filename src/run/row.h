// SPDX-License-Identifier: MIT
// One row of a table as its fields. For table.c.
#ifndef RUN_ROW_H
#define RUN_ROW_H

#include "run/table.h"

struct field {
    char *text; // any bytes
    size_t length;
};

// Splits a row of CSV or TSV in place, into at most LIMIT_LIST_COLUMNS fields. Returns how many, or
// 0 with the reason in `why`.
size_t row_split(enum list_format format, char *row, size_t length,
                 struct field fields[LIMIT_LIST_COLUMNS], const char **why);

// What an entry is made of: a URL and, where `name_length` is not 0, a name. Neither needs to be
// usable; the entry says so.
void list_entry_make(struct list_entry *entry, const char *url, size_t url_length, const char *name,
                     size_t name_length);

#endif
