// SPDX-License-Identifier: MIT
// Where the members of a package are: from the index of one that is made, or from the headers in
// the series that wait for one (package.h).
#ifndef RUN_PACKAGE_INDEX_H
#define RUN_PACKAGE_INDEX_H

#include "run/folder.h"

#include <stdint.h>
#include <stdio.h>

struct package_entry {
    const char *name;
    const char *file; // a series in the folder; NULL: the package
    size_t age;       // of that series: those that were written to later have more
    uint64_t offset, size;
};

struct package_index {
    char *path;          // of the package, or of the folder that its samples wait in
    uint64_t bytes;      // of the package, or of all series together
    struct folder files; // these
    char **texts;        // that names are in: of the index, or for each of the series
    size_t text_count;
    struct package_entry *entries; // by name
    size_t count, capacity;
};

// Writes the line of a member into an index.
void package_index_add_line(FILE *lines, const char *name, uint64_t offset, uint64_t size);

// Reads the index of a package. Both paths are below `directory`. NULL while the package is not
// made, and when its index cannot be read; package_index_free() frees it. Blocking, as what
// follows.
struct package_index *package_index_load(int directory, const char *tar, const char *idx);

// The same of the series that wait in a folder of the spool, as far as their samples are whole.
// NULL when there is none.
struct package_index *package_index_load_waiting(int directory, const char *folder);

// What its bytes would be if it were read now; 0 where there is none.
uint64_t package_index_waiting_bytes(int directory, const char *folder);

// NULL: it has none of that name.
const struct package_entry *package_index_find(const struct package_index *index, const char *name);

// Does nothing for NULL.
void package_index_free(struct package_index *index);

#endif
