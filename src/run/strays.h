// SPDX-License-Identifier: MIT
// The files that stand below original, edges, resized and packages, for finding those that no line
// knows.
#ifndef RUN_STRAYS_H
#define RUN_STRAYS_H

#include <stdbool.h>

// Calls `found` with the path of everything there that is no directory, relative to `directory`, in
// the order of the file system. `below` is where in the directory the four are: "", or a path that
// ends with '/'. Folders in these are gone into, links are not followed. False after a message when
// one could not be read to its end. Blocking.
bool strays_find(int directory, const char *below, void (*found)(void *context, const char *path),
                 void *context);

#endif
