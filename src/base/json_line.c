// SPDX-License-Identifier: MIT
#include "base/json_line.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct json_line *line, size_t more)
{
    enum { SMALLEST = 1024 }; // most lines of a manifest fit
    if (line->size - line->used >= more)
        return true;
    const size_t needed = line->used + more;
    const size_t size = needed < SMALLEST ? SMALLEST : needed * 2;
    char *text = line->failed ? NULL : realloc(line->text, size);
    if (text == NULL) {
        line->failed = true;
        return false;
    }
    line->text = text;
    line->size = size;
    return true;
}

static void append(struct json_line *line, const char *text, size_t length)
{
    if (!reserve(line, length))
        return;
    memcpy(line->text + line->used, text, length);
    line->used += length;
}

static void append_character(struct json_line *line, char c)
{
    append(line, &c, 1);
}

// What stands before every value: a comma unless it is the first of its kind, and its key.
static void begin_value(struct json_line *line, const char *key)
{
    const char last = line->used > 0 ? line->text[line->used - 1] : '{';
    if (last != '{' && last != '[')
        append_character(line, ',');
    if (key == NULL)
        return;
    append_character(line, '"');
    append(line, key, strlen(key));
    append(line, "\":", 2);
}

void json_line_object(struct json_line *line, const char *key)
{
    begin_value(line, key);
    append_character(line, '{');
}

void json_line_object_end(struct json_line *line)
{
    append_character(line, '}');
}

void json_line_array(struct json_line *line, const char *key)
{
    begin_value(line, key);
    append_character(line, '[');
}

void json_line_array_end(struct json_line *line)
{
    append_character(line, ']');
}

static void append_escaped(struct json_line *line, uint32_t code_point)
{
    char text[16];
    int length;
    if (code_point < 0x10000) {
        length = snprintf(text, sizeof text, "\\u%04X", (unsigned)code_point);
    } else { // a pair of surrogates (RFC 8259, 7)
        const unsigned rest = (unsigned)code_point - 0x10000;
        length = snprintf(text, sizeof text, "\\u%04X\\u%04X", 0xD800 | rest >> 10,
                          0xDC00 | (rest & 0x3FF));
    }
    append(line, text, (size_t)length);
}

// The letter of a character that has a short escape, or '\0'.
static char short_escape(char c)
{
    static const char characters[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = c != '\0' ? strchr(characters, c) : NULL;
    return found != NULL ? letters[found - characters] : '\0';
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void append_string(struct json_line *line, const char *value, size_t left)
{
    enum { REPLACEMENT = 0xFFFD };
    append_character(line, '"');
    while (left > 0) {
        size_t size = 0;
        while (size < left && is_plain(value[size]))
            size++;
        append(line, value, size);
        if (size == 0 && short_escape(*value) != '\0') {
            append(line, (char[]){'\\', short_escape(*value)}, 2);
            size = 1;
        } else if (size == 0) {
            uint32_t code_point;
            size = utf8_decode(value, left, &code_point);
            append_escaped(line, size > 0 && code_point != 0 ? code_point : REPLACEMENT);
            size += size == 0;
        }
        value += size;
        left -= size;
    }
    append_character(line, '"');
}

void json_line_string(struct json_line *line, const char *key, const char *value)
{
    if (value == NULL) {
        line->failed = true;
        return;
    }
    begin_value(line, key);
    append_string(line, value, strlen(value));
}

void json_line_foreign(struct json_line *line, const char *key, size_t key_length,
                       const char *value, size_t length)
{
    begin_value(line, NULL);
    append_string(line, key, key_length);
    append_character(line, ':');
    append_string(line, value, length);
}

void json_line_json(struct json_line *line, const char *key, const char *json)
{
    begin_value(line, key);
    append(line, json, strlen(json));
}

// By hand, since printf() takes several times as long, and a line has a dozen numbers.
static void append_decimal(struct json_line *line, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    append(line, digits + at, sizeof digits - at);
}

// Writes the sign and returns what is left.
static uint64_t append_sign(struct json_line *line, int64_t value)
{
    if (value >= 0)
        return (uint64_t)value;
    append_character(line, '-');
    return 0 - (uint64_t)value;
}

void json_line_integer(struct json_line *line, const char *key, int64_t value)
{
    begin_value(line, key);
    append_decimal(line, append_sign(line, value));
}

void json_line_null(struct json_line *line, const char *key)
{
    begin_value(line, key);
    append(line, "null", 4);
}

void json_line_boolean(struct json_line *line, const char *key, bool value)
{
    begin_value(line, key);
    append(line, value ? "true" : "false", value ? 4 : 5);
}

void json_line_real(struct json_line *line, const char *key, double value)
{
    char text[32];
    if (!isfinite(value))
        return;
    begin_value(line, key);
    const int length = snprintf(text, sizeof text, "%.9g", value);
    append(line, text, (size_t)length);
    if (strpbrk(text, ".e") == NULL) // so that it is read as a real again
        append(line, ".0", 2);
}

void json_line_thousandths(struct json_line *line, const char *key, int64_t value)
{
    begin_value(line, key);
    const uint64_t left = append_sign(line, value);
    const unsigned part = (unsigned)(left % 1000);
    const char digits[] = {'.', (char)('0' + part / 100), (char)('0' + part / 10 % 10),
                           (char)('0' + part % 10)};
    append_decimal(line, left / 1000);
    append(line, digits, part % 10 != 0 ? 4 : part % 100 != 0 ? 3 : 2);
}

char *json_line_finish(struct json_line *line)
{
    append(line, "\n", 2); // and its terminator
    if (line->failed) {
        free(line->text);
        line->text = NULL;
    }
    return line->text;
}
