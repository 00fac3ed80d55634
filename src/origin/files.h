// SPDX-License-Identifier: MIT
// The files of the served folder: what a request may name, how it is opened, what it is called.
#ifndef ORIGIN_FILES_H
#define ORIGIN_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// What a response is made of. The descriptor belongs to whoever holds the struct.
struct file {
    int descriptor; // open for reading, of a regular file
    uint64_t size;  // bytes, when it was opened
    struct timespec modified;
    const char *type; // for Content-Type; static
};

// Whether a request may name this path, relative to the folder: components with '/' between them,
// none empty, none starting with '.', no backslash anywhere.
bool files_path_allowed(const char *path);

// Opens a path that files_path_allowed() allows and fills `file`. Never leaves `folder` (a
// descriptor of it), never blocks on a FIFO. Returns 0, or -1 with errno; ENOENT also for what is
// not a regular file or not allowed.
int files_open(int folder, const char *path, struct file *file);

// What files_open() does where there is no openat2 (before Linux 5.6, under some sandboxes); here
// for the tests, which run where there is. Follows no symbolic links at all. Returns a descriptor,
// or -1 with errno.
int files_open_stepwise(int folder, const char *path);

// Fills `file` with the page of GET /: the absolute URL at `port` of every regular file directly in
// `folder` that files_open() would open, sorted by bytes. Returns 0, or -1 with errno.
int files_list(int folder, uint16_t port, struct file *file);

// The media type by the extension of `path`; never NULL, static.
const char *files_type(const char *path);

#endif
