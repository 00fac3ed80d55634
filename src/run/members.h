// SPDX-License-Identifier: MIT
// Finding what a manifest tells of: a file below the output directory, or a member of a package,
// "packages/NAME.tar#MEMBER", whose package may not be made yet (package.h). In a merged manifest
// both stand in the directory of a run below that: "FOLDER/packages/NAME.tar#MEMBER". Everything
// blocks.
#ifndef RUN_MEMBERS_H
#define RUN_MEMBERS_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct package_index;

// The indexes that were last looked at: lines of a manifest mostly are near those of their package.
struct members {
    int directory; // the output directory's descriptor; the caller's
    struct package_index *indexes[LIMIT_PACKAGE_INDEXES];
    size_t next; // to be replaced
};

// {.directory = ...} is one that has not looked yet. Frees what it has in memory.
void members_free(struct members *members);

// True for a path that is in a package. It is not foreign text any more: nothing in it leads out of
// the output directory.
bool member_path_is_right(const char *path);

// A path's package file, "packages/NAME.tar", without the member. False for other paths, and those
// for which there is no room.
bool member_package(const char *path, char *package, size_t size);

// The name without folder, package, detector and extension. False for other paths.
bool member_key(const char *path, char *key, size_t size);

// Opens the file or member that a line about the URL of that index tells of, for reading from its
// first byte; there are `*size` bytes of it. -1 with errno; ENOENT also when a package has no such
// member, or a path leads elsewhere.
int members_open(struct members *members, const char *path, uint64_t index, uint64_t *size);

// True when the file or member is there and has so many bytes.
bool members_stand(struct members *members, const char *path, uint64_t index, uint64_t bytes);

#endif
