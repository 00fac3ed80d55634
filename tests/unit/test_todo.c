// SPDX-License-Identifier: MIT
// The list of what is to be done again: its lines give back URL, name and index.
#include "support.h"

#include "run/manifest_lines.h"
#include "run/todo.h"
#include "run/urls.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static json_t *parse(const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    return line;
}

static void assert_name(const char *text, const char *expected)
{
    char name[NAME_BYTES];
    json_t *line = parse(text);
    assert_true(manifest_name(line, name));
    assert_string_equal(name, expected);
    json_decref(line);
}

// Goal: the name is that of the original, or of the maps without what tells detectors apart.
TEST(names)
{
    assert_name("{\"original\":{\"path\":\"original/a.b.png\"}}", "a.b");
    assert_name("{\"edges\":[{\"path\":\"edges/a.png\",\"detector\":\"canny\"}]}", "a");
    assert_name("{\"edges\":[{\"path\":\"edges/a.canny.png\",\"detector\":\"canny\"}]}", "a.canny");
    assert_name("{\"edges\":[{\"path\":\"edges/a.canny.png\"},{\"path\":\"edges/a.sobel.png\"}]}",
                "a");
    assert_name("{\"resized\":{\"path\":\"resized/a.png\"}}", "a");
}

// Goal: lines without files, or with none that could be ours, have no name.
TEST(no_name)
{
    static const char *const lines[] = {"{}", "{\"original\":{}}", "{\"original\":7}",
                                        "{\"original\":{\"path\":\"original/\"}}",
                                        "{\"edges\":[{\"path\":\".png\"}]}"};
    char name[NAME_BYTES];
    for (size_t i = 0; i < COUNT(lines); i++) {
        json_t *line = parse(lines[i]);
        assert_false(manifest_name(line, name));
        json_decref(line);
    }
}

static void add(struct todo *todo, const char *text)
{
    json_t *line = parse(text);
    assert_true(todo_add(todo, line, line));
    json_decref(line);
}

static void assert_next(struct urls *urls, const char *url, const char *name, uint64_t index)
{
    struct list_entry entry;
    assert_int_equal(urls_next(urls, &entry), URLS_ENTRY);
    assert_int_equal(entry.status, EF_OK);
    assert_string_equal(entry.url.shown, url);
    assert_int_equal(entry.index, index);
    if (name == NULL)
        assert_null(entry.name);
    else
        assert_string_equal(entry.name, name);
    list_entry_free(&entry);
}

// Goal: what a run reads is what the lines said, names that end like a file's included; a name that
// no list could give is left out.
TEST(round_trip)
{
    static struct urls urls = {.numbered = true};
    struct todo todo;
    struct list_source source;
    char label[] = "list";
    size_t space;
    assert_true(todo_open(&todo, folder()));
    add(&todo, "{\"url\":\"http://h/1\",\"index\":7}");
    add(&todo, "{\"url\":\"http://h/2\",\"index\":8,\"original\":{\"path\":\"o/a b.jpg.png\"}}");
    add(&todo, "{\"url\":\"http://h/3\",\"index\":-1,\"original\":{\"path\":\"o/-x.png\"}}");
    assert_true(todo_source(&todo, label, &source));
    assert_true(source.numbered);
    char *to = urls_space(&urls, &space);
    urls_fed(&urls, (size_t)read(source.descriptor, to, space));
    urls_finish(&urls);
    assert_next(&urls, "http://h/1", NULL, 7);
    assert_next(&urls, "http://h/2", "a b.jpg", 8);
    assert_next(&urls, "http://h/3", NULL, 0);
    assert_int_equal(todo.count, 3);
    todo_close(&todo);
    todo_close(&todo);
}

// Goal: what a run would take for another URL, or for none, is counted and left out.
TEST(unusable)
{
    struct todo todo;
    assert_true(todo_open(&todo, folder()));
    add(&todo, "{\"url\":\"no url\"}");
    add(&todo, "{\"url\":\"file:///a.png\"}");
    add(&todo, "{\"url\":\"http://user:secret@h/a.png\"}");
    add(&todo, "{\"url\":\"http://h/a.png\\tname\"}");
    add(&todo, "{\"url\":\"http://h/a.png\\n9\\thttp://h/b.png\"}");
    add(&todo, "{\"url\":\" http://h/a.png\"}");
    assert_int_equal(todo.count, 0);
    assert_int_equal(todo.unusable, 6);
    todo_close(&todo);
}

// Goal: the list leaves no file in the directory.
TEST(nameless)
{
    struct todo todo;
    const size_t before = open_descriptors();
    assert_true(todo_open(&todo, folder()));
    assert_int_equal(rmdir(folder()), 0);
    todo_close(&todo);
    assert_int_equal(mkdir(folder(), 0700), 0);
    assert_int_equal(open_descriptors(), before);
    assert_false(todo_open(&todo, in_folder("missing")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(no_name),
        cmocka_unit_test_setup_teardown(round_trip, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(unusable, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(nameless, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
