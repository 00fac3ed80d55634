// SPDX-License-Identifier: MIT
// Writes one line of JSON (RFC 8259) straight into text, without a tree: a run writes a line a URL.
//
// Within an object every member has a key; within an array, and for the outermost value, it is
// NULL. Keys are ASCII without anything to escape. The text is ASCII only: such lines may go to a
// terminal, and URLs are foreign text.
#ifndef BASE_JSON_LINE_H
#define BASE_JSON_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All zero: empty. What goes wrong, a lack of memory, is told by json_line_finish() alone.
struct json_line {
    char *text;
    size_t used, size;
    bool failed;
};

void json_line_object(struct json_line *line, const char *key); // begins one
void json_line_object_end(struct json_line *line);
void json_line_array(struct json_line *line, const char *key); // begins one
void json_line_array_end(struct json_line *line);

// A byte that is not UTF-8 becomes U+FFFD. NULL, what is left of a lack of memory, fails the line.
void json_line_string(struct json_line *line, const char *key, const char *value);
// The same with a key that is foreign text too; a NUL becomes U+FFFD.
void json_line_foreign(struct json_line *line, const char *key, size_t key_length,
                       const char *value, size_t length);

// A value that is JSON already.
void json_line_json(struct json_line *line, const char *key, const char *json);

void json_line_integer(struct json_line *line, const char *key, int64_t value);
void json_line_null(struct json_line *line, const char *key);
void json_line_boolean(struct json_line *line, const char *key, bool value);

// Nine significant digits. What JSON has no number for is left out.
void json_line_real(struct json_line *line, const char *key, double value);

// `value` / 1000, exactly.
void json_line_thousandths(struct json_line *line, const char *key, int64_t value);

// The text with a newline behind it, which the caller frees; NULL when the line failed.
char *json_line_finish(struct json_line *line);

#endif
