// SPDX-License-Identifier: MIT
// Lines of JSON, beside what jansson writes for the same values.
#include "support.h"

#include "base/json_line.h"

#include <jansson.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *by_jansson(json_t *value)
{
    const size_t flags =
        JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9);
    char *text = json_dumps(value, flags);
    json_decref(value);
    return text;
}

// Takes over both.
static void assert_line(struct json_line *line, char *expected)
{
    char *text = json_line_finish(line);
    assert_non_null(text);
    assert_non_null(expected);
    const size_t length = strlen(text);
    assert_int_equal(text[length - 1], '\n');
    text[length - 1] = '\0';
    assert_string_equal(text, expected);
    free(text);
    free(expected);
}

static void assert_string_as_jansson(const char *value)
{
    struct json_line line = {0};
    json_line_string(&line, NULL, value);
    assert_line(&line, by_jansson(json_string(value)));
}

TEST(strings)
{
    static const char *const values[] = {"",
                                         "http://h.example/a.jpg?x=1&y='2'",
                                         "\"quoted\\\" /",
                                         "\b\f\n\r\t\x01\x1F",
                                         "gr\xC3\xBC\xC3\x9F",
                                         "\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBF",
                                         "\xF0\x90\x80\x80\xF0\x9F\x90\x88\xF4\x8F\xBF\xBF",
                                         "a\xC3\xA9\"\xC3\xA9z"};
    for (size_t i = 0; i < COUNT(values); i++)
        assert_string_as_jansson(values[i]);
}

// Every character of one byte, alone and between others.
TEST(characters)
{
    for (int c = 1; c < 0x7F; c++) {
        assert_string_as_jansson((char[]){(char)c, '\0'});
        assert_string_as_jansson((char[]){'a', (char)c, (char)c, 'z', '\0'});
    }
}

// JSON does not ask for it, but a terminal would take it for a command.
TEST(delete)
{
    struct json_line line = {0};
    json_line_string(&line, NULL, "a\x7Fz");
    assert_line(&line, strdup("\"a\\u007Fz\""));
}

TEST(long_strings)
{
    for (size_t size = 1000; size < 5000; size += 37) {
        char *value = malloc(size + 1);
        memset(value, size % 2 ? 'x' : '"', size);
        value[size] = '\0';
        assert_string_as_jansson(value);
        free(value);
    }
}

TEST(invalid_utf8)
{
    struct json_line line = {0};
    json_line_string(&line, NULL, "a\xC3(\xF0\x9F\xFFz\xE2\x82");
    assert_line(&line, strdup("\"a\\uFFFD(\\uFFFD\\uFFFD\\uFFFDz\\uFFFD\\uFFFD\""));
}

TEST(integers)
{
    static const int64_t values[] = {0, 1, 9, 10, -1, -10, 12345, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct json_line line = {0};
        json_line_integer(&line, NULL, values[i]);
        assert_line(&line, by_jansson(json_integer((json_int_t)values[i])));
    }
}

// The numbers, not their text: of two ways to write an exponent either will do.
static void assert_real(double value)
{
    struct json_line line = {0};
    json_line_real(&line, NULL, value);
    char *text = json_line_finish(&line);
    char *expected = by_jansson(json_real(value));
    json_t *read = json_loads(text, JSON_DECODE_ANY, NULL);
    json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);
    assert_true(json_is_real(read) && json_equal(read, wanted));
    if (strchr(text, 'e') == NULL)
        assert_memory_equal(text, expected, strlen(expected));
    json_decref(read);
    json_decref(wanted);
    free(text);
    free(expected);
}

TEST(reals)
{
    static const double values[] = {0,     1,       -1,      1.5,         0.1,           1.0 / 3,
                                    1e-4,  1e-5,    2.5e-17, 123456789.0, 1234567890.0,  1e9,
                                    1e300, -1e-300, DBL_MAX, DBL_MIN,     0.123456789123};
    struct chance chance = {1};
    for (size_t i = 0; i < COUNT(values); i++)
        assert_real(values[i]);
    for (int i = 0; i < 1000; i++)
        assert_real((double)chance_below(&chance, 1000000007) / (double)(1 + (i << i % 20)));
}

TEST(no_number)
{
    static const double values[] = {NAN, INFINITY, -INFINITY};
    struct json_line line = {0};
    json_line_object(&line, NULL);
    for (size_t i = 0; i < COUNT(values); i++)
        json_line_real(&line, "x", values[i]);
    json_line_integer(&line, "y", 1);
    json_line_object_end(&line);
    assert_line(&line, strdup("{\"y\":1}"));
}

TEST(thousandths)
{
    static const int64_t values[] = {0,    1,    10,    100, 120,   123,      999,
                                     1000, 1001, 25000, -1,  -1500, 999999999};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct json_line line = {0};
        json_line_thousandths(&line, NULL, values[i]);
        assert_line(&line, by_jansson(json_real((double)values[i] / 1000)));
    }
}

TEST(nested)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "a", "}");
    json_line_object(&line, "empty");
    json_line_object_end(&line);
    json_line_array(&line, "none");
    json_line_array_end(&line);
    json_line_array(&line, "list");
    json_line_object(&line, NULL);
    json_line_boolean(&line, "yes", true);
    json_line_boolean(&line, "no", false);
    json_line_null(&line, "unknown");
    json_line_object_end(&line);
    json_line_string(&line, NULL, "[");
    json_line_array(&line, NULL);
    json_line_integer(&line, NULL, 1);
    json_line_integer(&line, NULL, 2);
    json_line_array_end(&line);
    json_line_array_end(&line);
    json_line_thousandths(&line, "t", 1500);
    json_line_object_end(&line);
    assert_line(&line, by_jansson(json_pack("{s:s, s:{}, s:[], s:[{s:b, s:b, s:n}, s, [i, i]], "
                                            "s:f}",
                                            "a", "}", "empty", "none", "list", "yes", 1, "no", 0,
                                            "unknown", "[", 1, 2, "t", 1.5)));
}

// A string that could not be had, in the middle.
TEST(failed)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "a", NULL);
    json_line_string(&line, "b", "c");
    json_line_object_end(&line);
    assert_null(json_line_finish(&line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),      cmocka_unit_test(characters),
        cmocka_unit_test(delete),       cmocka_unit_test(long_strings),
        cmocka_unit_test(invalid_utf8), cmocka_unit_test(integers),
        cmocka_unit_test(reals),        cmocka_unit_test(no_number),
        cmocka_unit_test(thousandths),  cmocka_unit_test(nested),
        cmocka_unit_test(failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
