// SPDX-License-Identifier: MIT
//
// Writing a file so that a half-written one never carries its name, and
// comparing a file with bytes in memory.
#ifndef SCENES_FILES_H
#define SCENES_FILES_H

#include <stdbool.h>
#include <stddef.h>

enum file_match {
    FILE_SAME,
    FILE_DIFFERS,
    FILE_UNREADABLE, // errno says why
};

// Writes to PATH.tmp and renames. False with errno set when that fails.
bool file_replace(const char *path, const unsigned char *bytes, size_t size);

enum file_match file_compare(const char *path, const unsigned char *bytes, size_t size);

#endif
