// SPDX-License-Identifier: MIT
// The pool with workers that lack the library of a picture.
#include "pool_scene.h"

#include <string.h>

// Goal: a picture whose library its worker has not loaded is done by a worker that has, and the
// workers of later pictures have it.
TEST(wants_codec)
{
    open_scene(1, 20);
    for (const char *order = "owowo"; *order != '\0'; order++)
        queue(*order);
    run_until_finished(5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(scene.done[i]->status, EF_OK);
        assert_int_equal(scene.done[i]->index, i + 1);
    }
    assert_int_equal(nature->starts, 2);
    assert_int_equal(scene.idle, 1);
    close_scene();
}

// Goal: a worker that has everything and wants more has crashed.
TEST(wants_codec_again)
{
    open_scene(1, 20);
    queue('W');
    queue('o');
    run_until_finished(2);
    assert_int_equal(scene.done[0]->status, EF_WORKER_CRASHED);
    assert_non_null(strstr(scene.done[0]->message, "exit status 3"));
    assert_int_equal(scene.done[1]->status, EF_OK);
    assert_int_equal(nature->starts, 3);
    close_scene();
}

// Goal: when the worker with the library cannot be started, its picture fails and the next is done.
TEST(wants_codec_in_vain)
{
    *nature = (struct nature){.good_starts = 1, .bad_starts = 2, .bad_start = 'x'};
    open_scene(1, 20);
    queue('w');
    queue('o');
    run_until_finished(2);
    assert_int_equal(scene.done[0]->status, EF_WORKER_CRASHED);
    assert_int_equal(scene.done[1]->status, EF_OK);
    close_scene();
}

// Goal: an aborted run also takes back a job that waits for its worker to be started.
TEST(wants_codec_aborted)
{
    *nature = (struct nature){.good_starts = 1, .bad_starts = 2, .bad_start = 'h'};
    open_scene(1, 20);
    queue('w');
    feed();
    while (nature->starts < 2) {
        feed();
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    }
    pool_abort(scene.pool);
    assert_int_equal(scene.finished, 1);
    assert_int_equal(scene.done[0]->status, EF_CANCELLED);
    close_scene();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(wants_codec),
        FRESH(wants_codec_again),
        FRESH(wants_codec_in_vain),
        FRESH(wants_codec_aborted),
    };
    return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
