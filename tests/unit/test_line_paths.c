// SPDX-License-Identifier: MIT
// Where the paths of a line stand.
#include "support.h"

#include "run/line_paths.h"

#include <stdio.h>
#include <string.h>

struct marked {
    const char *line;
    size_t taken, used;
    char text[512];
};

static void mark(void *context, size_t at)
{
    struct marked *marked = context;
    marked->used +=
        (size_t)snprintf(marked->text + marked->used, sizeof marked->text - marked->used, "%.*s^",
                         (int)(at - marked->taken), marked->line + marked->taken);
    marked->taken = at;
}

// `expected` is the line with a '^' before each path.
static void assert_paths(const char *expected)
{
    char line[512];
    size_t length = 0;
    for (const char *c = expected; *c != '\0'; c++)
        if (*c != '^')
            line[length++] = *c;
    line[length] = '\0';
    struct marked marked = {.line = line};
    line_paths_find(line, length, mark, &marked);
    snprintf(marked.text + marked.used, sizeof marked.text - marked.used, "%s",
             line + marked.taken);
    assert_string_equal(marked.text, expected);
}

// Goal: the paths of all files, as a run writes them.
TEST(of_a_run)
{
    assert_paths("{\"url\":\"http://h/\",\"index\":7,\"status\":\"ok\",\"original\":{\"path\":"
                 "\"^original/a.jpg\",\"bytes\":3},\"edges\":[{\"detector\":\"canny\",\"path\":"
                 "\"^edges/a.png\"},{\"path\":\"^edges/b.png\",\"density\":0.5}],\"resized\":{"
                 "\"path\":\"^resized/a.png\"},\"ms\":{\"at\":1.5}}\n");
    assert_paths("{\"status\":\"failed\",\"quarantine\":\"^quarantine/a.jpg\"}\n");
}

// Goal: blanks wherever JSON has them, members behind and between that are not known, of any kind.
TEST(of_others)
{
    assert_paths(" { \"a\" : [ 1 , { \"b\" : null } ] , \"edges\" : [ { } , 3 , { \"x\" : [ ] , "
                 "\"path\" : \"^p\" } ] , \"z\" : -1e3 , \"original\" : { \"path\" : \"^q\" } "
                 "}\r\n");
}

// Goal: what only looks like a path is none: in a string, in columns, deeper, of another kind,
// empty.
TEST(no_paths)
{
    assert_paths("{\"url\":\"\\\"original\\\":{\\\"path\\\":\\\"a\\\"}\",\"path\":\"a\"}");
    assert_paths("{\"columns\":{\"path\":\"original/a\",\"original\":{\"path\":\"a\"}}}");
    assert_paths("{\"original\":{\"more\":{\"path\":\"a\"},\"path\":7},\"edges\":[[{\"path\":\"a\"}"
                 "]]}");
    assert_paths("{\"original\":{\"path\":\"\"},\"quarantine\":null,\"resized\":\"path\"}");
    assert_paths("{\"a\\\\\":{\"path\":\"a\"},\"xoriginal\":{\"path\":\"a\"}}");
    assert_paths("{}");
    assert_paths("[{\"original\":{\"path\":\"a\"}}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_run),
        cmocka_unit_test(of_others),
        cmocka_unit_test(no_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
