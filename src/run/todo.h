// SPDX-License-Identifier: MIT
// A list of URLs that a manifest tells of and that are to be done again. It is a file without a
// name in the output directory, so that memory does not follow its length, and each of its lines
// has what a list of the user's has not: the URL's index in the run that met it, a tab, the columns
// that its list had as JSON, or nothing, and another tab.
#ifndef RUN_TODO_H
#define RUN_TODO_H

#include "run/options.h"

#include <jansson.h>

#include <stdio.h>

struct todo {
    FILE *file;
    uint64_t count;    // URLs in it
    uint64_t unusable; // that cannot be downloaded: local pictures, lines of a list that are no URL
};

// False after a message.
bool todo_open(struct todo *todo, const char *directory);

// Adds the URL of a line, with its index, and with the name that it has had: that of the files of
// `named`, which is a line about the same URL, or NULL. False after a message.
bool todo_add(struct todo *todo, const json_t *line, const json_t *named);

// Makes it the list of a run. The source is good until todo_close(); `label` stays the caller's.
// False after a message.
bool todo_source(struct todo *todo, char *label, struct list_source *source);

// Does nothing when it is not open.
void todo_close(struct todo *todo);

#endif
