// SPDX-License-Identifier: MIT
#include "support.h"

#include "run/turns.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct turns *turns;
static unsigned calls;

// A callback that is quick, then slow, then over.
static void on_timer(uv_timer_t *timer)
{
    char url[] = "http://slow.example/1.png";
    turns_enter(turns, calls == 1 ? "the slow one" : "a quick one", calls == 1 ? url : NULL);
    turns_enter(turns, "one inside", NULL);
    if (calls == 1)
        usleep(600000);
    turns_leave(turns);
    memset(url, 'x', sizeof url - 1); // what it was given is gone before it leaves
    turns_leave(turns);
    if (++calls == 3) {
        uv_close((uv_handle_t *)timer, NULL);
        turns_close(turns);
    }
}

// Runs the loop with standard error in a file, and reads what was written.
static void run_captured(char *text, size_t size)
{
    uv_loop_t loop;
    uv_timer_t timer;
    FILE *file = tmpfile();
    const int before = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    uv_loop_init(&loop);
    turns = turns_open(&loop, 300000, NULL, NULL);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_timer, 1, 5);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

// Goal: a slow callback that is planted is named with its URL; quick ones and waiting are not.
TEST(planted)
{
    char text[4096];
    run_captured(text, sizeof text);
    const char *slow = strstr(text, "a turn of the loop took");
    assert_non_null(slow);
    assert_non_null(strstr(slow, "ms in the slow one of http://slow.example/1.png\n"));
    assert_null(strstr(slow + 1, "a turn of the loop took"));
    assert_null(strstr(text, "quick"));
    assert_non_null(strstr(text, "turns of the loop: the longest took "));
}

// Goal: all of it does nothing for NULL.
TEST(nothing)
{
    turns_enter(NULL, "a", NULL);
    turns_leave(NULL);
    turns_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(planted), cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
