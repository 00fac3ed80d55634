// SPDX-License-Identifier: MIT
// The lists of a run on a loop: files, pipes, arguments, one after the other, and stopped.
#include "support.h"

#include "run/list.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static uv_loop_t loop;
static struct list *list;
static unsigned woken;
static char seen[4096]; // what was shown, one a line

static void on_wake(UNUSED void *context)
{
    woken++;
}

static void open_list(const struct list_source *sources, size_t count)
{
    woken = 0;
    seen[0] = '\0';
    assert_int_equal(uv_loop_init(&loop), 0);
    list = list_open(&loop, sources, count, on_wake, NULL);
    assert_non_null(list);
}

static void close_list(void)
{
    list_close(list);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

// Takes entries until there are none without waiting. True at the end of the lists.
static bool take_all(void)
{
    struct list_entry entry;
    enum urls_result result;
    while ((result = list_next(list, &entry)) == URLS_ENTRY) {
        strcat(seen, entry.label != NULL ? entry.label : "-");
        strcat(seen, " ");
        strcat(seen, entry.url.shown);
        strcat(seen, "\n");
        list_entry_free(&entry);
    }
    return result == URLS_END;
}

static void take_until_end(void)
{
    while (!take_all()) {
        const unsigned before = woken;
        while (woken == before) { // URLS_MORE promises it
            const bool more = uv_run(&loop, UV_RUN_ONCE) != 0;
            assert_true(more || woken != before);
        }
    }
}

static int open_file(const char *name, const char *text)
{
    write_file(name, text);
    const int file = open(in_folder(name), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    return file;
}

// Goal: files and arguments in the order in which they were given; an empty one is passed over.
TEST(files_and_arguments)
{
    struct list_source sources[] = {
        {.label = (char[]){"a"}, .descriptor = open_file("a", "http://h/1\n# no\nhttp://h/2")},
        {.descriptor = -1, .url = "http://h/3"},
        {.label = (char[]){"empty"}, .descriptor = open_file("empty", "")},
        {.label = (char[]){"b"}, .descriptor = open_file("b", "\xEF\xBB\xBFhttp://h/4\n")},
    };
    open_list(sources, COUNT(sources));
    take_until_end();
    assert_string_equal(seen, "a http://h/1\na http://h/2\n- http://h/3\nb http://h/4\n");
    assert_false(list_failed(list));
    assert_true(take_all()); // still at the end
    close_list();
    for (size_t i = 0; i < COUNT(sources); i++)
        if (sources[i].descriptor >= 0)
            close(sources[i].descriptor);
}

// Goal: a pipe is read as its bytes come, and left blocking as it was.
TEST(pipe_in_parts)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct list_source sources[] = {{.label = (char[]){"p"}, .descriptor = ends[0]},
                                    {.descriptor = -1, .url = "http://h/last"}};
    open_list(sources, COUNT(sources));
    assert_false(take_all());
    assert_int_equal(write(ends[1], "http://h/1\nhttp:", 16), 16);
    while (woken == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_false(take_all());
    assert_string_equal(seen, "p http://h/1\n");
    assert_int_equal(write(ends[1], "//h/2", 5), 5);
    close(ends[1]);
    take_until_end();
    assert_string_equal(seen, "p http://h/1\np http://h/2\n- http://h/last\n");
    close_list();
    assert_false(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    close(ends[0]);
}

// Goal: a silent pipe does not keep a stopped run waiting; files are still read to their end.
TEST(stop_pipes)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct list_source sources[] = {
        {.label = (char[]){"p"}, .descriptor = ends[0]},
        {.label = (char[]){"a"}, .descriptor = open_file("a", "http://h/1\n")}};
    open_list(sources, COUNT(sources));
    assert_false(take_all());
    list_stop_waiting(list);
    take_until_end();
    assert_string_equal(seen, "a http://h/1\n");
    assert_false(list_failed(list));
    close_list();
    close(ends[0]);
    close(ends[1]);
    close(sources[1].descriptor);
}

// Goal: stopped for good, everything is at its end at once, also while a read is under way.
TEST(stop_all)
{
    struct list_source sources[] = {
        {.label = (char[]){"a"}, .descriptor = open_file("a", "http://h/1\n")}};
    open_list(sources, COUNT(sources));
    assert_false(take_all());
    list_stop(list);
    assert_true(take_all());
    close_list(); // waits for the read
    close(sources[0].descriptor);
}

// Goal: a list that cannot be read is said to have failed, and the next one is read.
TEST(unreadable)
{
    const int folder_itself = open(folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct list_source sources[] = {{.label = (char[]){"dir"}, .descriptor = folder_itself},
                                    {.descriptor = -1, .url = "http://h/1"}};
    open_list(sources, COUNT(sources));
    take_until_end();
    assert_true(list_failed(list));
    assert_string_equal(seen, "- http://h/1\n");
    close_list();
    close(folder_itself);
}

// Goal: closing a list that waits for a pipe, and closing none.
TEST(close_while_waiting)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct list_source sources[] = {{.label = (char[]){"p"}, .descriptor = ends[0]}};
    open_list(sources, COUNT(sources));
    assert_false(take_all());
    close_list();
    list_close(NULL);
    close(ends[0]);
    close(ends[1]);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_and_arguments), cmocka_unit_test(pipe_in_parts),
        IN_FOLDER(stop_pipes),          IN_FOLDER(stop_all),
        IN_FOLDER(unreadable),          cmocka_unit_test(close_while_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
