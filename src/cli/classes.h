// SPDX-License-Identifier: MIT
// Classes of failures, as `retry --only` names them: a status code, or a group of them.
#ifndef CLI_CLASSES_H
#define CLI_CLASSES_H

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t classes; // bit i is status i; 0: all

// "4xx,5xx,timeout": an option_parse for a `classes`.
bool parse_classes(void *target, const char *value, char *why, size_t size);

// The i-th name that there is, or NULL behind the last.
const char *class_word(size_t index);

// True when a line of a manifest is a failure of one of the classes.
bool classes_have(classes chosen, const json_t *line);

// Prints the names that there are, for --help.
void classes_print(void);

#endif
