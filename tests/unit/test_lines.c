// SPDX-License-Identifier: MIT
// Lines on their way to a file: all of them, in order, whoever is slow.
#include "support.h"

#include "base/limits.h"
#include "run/lines.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uv_loop_t loop;
static struct lines *lines;
static unsigned caught_up, failed;
static int failure;

static void on_caught_up(UNUSED void *context)
{
    caught_up++;
}

static void on_failed(UNUSED void *context, int error)
{
    failed++;
    failure = error;
}

static void open_lines(int descriptor)
{
    static const struct lines_callbacks callbacks = {on_caught_up, on_failed};
    caught_up = failed = 0;
    failure = 0;
    assert_int_equal(uv_loop_init(&loop), 0);
    lines = lines_open(&loop, descriptor, &callbacks, NULL);
    assert_non_null(lines);
}

static void finish_lines(void)
{
    lines_close(lines);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

// Goal: everything arrives in order, although it was appended faster than it can be written.
TEST(all_in_order)
{
    enum { LINES = 5000 };
    size_t size;
    char *at;
    char line[64];
    const int file = open(in_folder("lines"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    open_lines(file);
    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        lines_append(lines, line);
        if (i % 700 == 0)
            uv_run(&loop, UV_RUN_NOWAIT);
    }
    finish_lines();
    close(file);
    char *text = at = read_file("lines", &size);
    for (int i = 0; i < LINES; i++) {
        const int length = snprintf(line, sizeof line, "line %d\n", i);
        assert_memory_equal(at, line, (size_t)length);
        at += length;
    }
    assert_int_equal(at - text, size);
    assert_int_equal(failed, 0);
    free(text);
}

// Goal: with more pending than the limit the writer is behind, and says when it has caught up.
TEST(behind)
{
    enum { BLOCK = 1 << 20 };
    char *block = malloc(BLOCK + 1);
    assert_non_null(block);
    memset(block, 'x', BLOCK - 1);
    block[BLOCK - 1] = '\n';
    block[BLOCK] = '\0';
    const int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    open_lines(file);
    assert_false(lines_are_behind(lines));
    for (size_t i = 0; i < LIMIT_PENDING_BYTES / BLOCK + 2; i++)
        lines_append(lines, block);
    assert_true(lines_are_behind(lines));
    assert_int_equal(caught_up, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(caught_up, 1);
    assert_false(lines_are_behind(lines));
    finish_lines();
    close(file);
    free(block);
}

// Goal: a slow reader of a pipe gets every byte, in parts.
TEST(slow_pipe)
{
    enum { BYTES = 300000 }; // more than a pipe holds
    int ends[2];
    char *line = malloc(BYTES + 1);
    char *received = malloc(BYTES);
    size_t got = 0;
    assert_true(line != NULL && received != NULL);
    for (size_t i = 0; i < BYTES; i++)
        line[i] = (char)('a' + i % 26);
    line[BYTES] = '\0';
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    open_lines(ends[1]);
    lines_append(lines, line);
    while (got < BYTES) {
        uv_run(&loop, UV_RUN_NOWAIT);
        const size_t room = BYTES - got < 10000 ? BYTES - got : 10000;
        const ssize_t size = read(ends[0], received + got, room);
        assert_true(size > 0);
        got += (size_t)size;
    }
    assert_memory_equal(received, line, BYTES);
    finish_lines();
    close(ends[0]);
    close(ends[1]);
    free(line);
    free(received);
}

// Goal: a failure is told once, and what comes later is dropped.
TEST(failing)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    open_lines(ends[1]);
    lines_append(lines, "one\n");
    lines_append(lines, "two\n");
    uv_run(&loop, UV_RUN_DEFAULT);
    lines_append(lines, "three\n");
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(failed, 1);
    assert_int_equal(failure, UV_EPIPE);
    finish_lines();
    close(ends[1]);
}

// Goal: closing nothing, and closing without a line.
TEST(closing)
{
    lines_close(NULL);
    open_lines(STDERR_FILENO);
    finish_lines();
}

// Goal: with lines_sync() everything arrives too; what cannot be synced, like a pipe, has failed.
TEST(syncing)
{
    int ends[2];
    size_t size;
    const int file = open(in_folder("lines"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    open_lines(file);
    lines_sync(lines);
    for (int i = 0; i < 100; i++) {
        lines_append(lines, "a line\n");
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    finish_lines();
    close(file);
    free(read_file("lines", &size));
    assert_int_equal(size, 700);
    assert_int_equal(failed, 0);
    assert_int_equal(pipe(ends), 0);
    open_lines(ends[1]);
    lines_sync(lines);
    lines_append(lines, "a line\n");
    finish_lines();
    assert_int_equal(failed, 1);
    assert_int_equal(failure, UV_EINVAL);
    close(ends[0]);
    close(ends[1]);
}

static off_t size_of(int file)
{
    struct stat status;
    assert_int_equal(fstat(file, &status), 0);
    return status.st_size;
}

// Goal: lines that may wait for company are written together, after a while, when there are enough,
// and at the end.
TEST(gathered)
{
    enum { MANY = LIMIT_GATHERED_BYTES / 4 };
    const int file = open(in_folder("gathered"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    open_lines(file);
    lines_gather(lines);
    lines_append(lines, "one\n");
    uv_run(&loop, UV_RUN_NOWAIT);
    lines_append(lines, "two\n");
    assert_int_equal(size_of(file), 0);
    while (size_of(file) == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(size_of(file), 8);
    for (int i = 0; i < MANY; i++)
        lines_append(lines, "yes\n");
    lines_append(lines, "end\n");
    finish_lines();
    assert_int_equal(size_of(file), 8 + 4 * MANY + 4);
    assert_int_equal(failed, 0);
    close(file);
}

static unsigned told;

// What is said to be written is in the file.
static void on_told(UNUSED void *context)
{
    struct stat there;
    assert_int_equal(stat(in_folder("lines"), &there), 0);
    assert_true(lines_written(lines) <= (uint64_t)there.st_size);
    assert_true(lines_written(lines) <= lines_appended(lines));
    told++;
}

// Goal: who asks is told of what is written, never of more, and in the end of all; also with
// lines_sync().
TEST(telling)
{
    for (int sync = 0; sync < 2; sync++) {
        const int file = open(in_folder("lines"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        open_lines(file);
        if (sync)
            lines_sync(lines);
        told = 0;
        lines_tell(lines, on_told);
        for (int i = 0; i < 100; i++) {
            lines_append(lines, "a line\n");
            assert_int_equal(lines_appended(lines), 7 * (i + 1));
            uv_run(&loop, UV_RUN_NOWAIT);
        }
        while (lines_written(lines) < lines_appended(lines))
            uv_run(&loop, UV_RUN_ONCE);
        assert_true(told > 0);
        assert_int_equal(lines_written(lines), 700);
        finish_lines();
        close(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(telling, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(gathered, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(all_in_order, folder_make, folder_remove),
        cmocka_unit_test(behind),
        cmocka_unit_test(slow_pipe),
        cmocka_unit_test(failing),
        cmocka_unit_test(closing),
        cmocka_unit_test_setup_teardown(syncing, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
