// SPDX-License-Identifier: MIT
// The pool with workers that lie, crash and hang.
#include "pool_scene.h"

#include "base/clock.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Every job comes back once, with its own answer and its outputs.
static void check_good_jobs(unsigned with_detectors)
{
    enum { JOBS = 40 };
    bool seen[JOBS] = {false};
    detectors = with_detectors;
    open_scene(3, 20);
    run_until_idle(3);
    for (size_t i = 0; i < JOBS; i++)
        queue('o');
    run_until_finished(JOBS);
    for (size_t i = 0; i < JOBS; i++) {
        const struct job *job = scene.done[i];
        char output[16];
        assert_int_equal(job->status, EF_OK);
        assert_int_equal(job->answer.id, job->index);
        for (unsigned d = 0; d < detectors; d++)
            assert_int_equal(pread(job->outputs[d], output, sizeof output, 0), 9 + d);
        assert_false(seen[job->index - 1]);
        seen[job->index - 1] = true;
    }
    assert_int_equal(scene.idle, 3);
    assert_int_equal(nature->starts, 3);
    close_scene();
    reset_nature(NULL);
}

// Goal: jobs come back with their answers and outputs, for one detector and for all of them.
TEST(good_jobs)
{
    check_good_jobs(EF_DETECTOR_COUNT);
    check_good_jobs(1);
}

// One bad job costs itself alone: the one behind it is done by the replacement.
static const struct job *check_costs_one(char order, enum ef_status status, double timeout)
{
    open_scene(1, timeout);
    queue('o');
    queue(order);
    queue('o');
    run_until_finished(3);
    assert_int_equal(scene.done[0]->status, EF_OK);
    assert_int_equal(scene.done[1]->index, 2);
    if (scene.done[1]->status != status)
        fail_msg("'%c': %s", order, ef_status_name(scene.done[1]->status));
    assert_int_equal(scene.done[2]->status, EF_OK);
    assert_int_equal(nature->starts, 2);
    assert_int_equal(scene.broken, 0);
    nature->starts = 0;
    return scene.done[1];
}

// Goal: every kind of lie is told from an answer, costs that job, and the liar is replaced.
TEST(liars)
{
    for (const char *order = "nsldrip+-mftu"; *order != '\0'; order++) {
        check_costs_one(*order, EF_WORKER_PROTOCOL, 20);
        close_scene();
    }
}

// Goal: a worker that dies costs its job, whose message says how it died.
TEST(deaths)
{
    const struct job *job = check_costs_one('c', EF_WORKER_CRASHED, 20);
    assert_non_null(strstr(job->message, "killed by signal"));
    close_scene();
    job = check_costs_one('x', EF_WORKER_CRASHED, 20);
    assert_non_null(strstr(job->message, "exit status 5"));
    close_scene();
}

// Goal: a worker that is worn out leaves its job to the next one, which costs nothing; nor does it
// where all jobs but the first were sent ahead.
TEST(worn_out)
{
    for (int ahead = 0; ahead < 2; ahead++) {
        open_scene(1, 20);
        run_until_idle(1);
        scene.sends_ahead = ahead == 1;
        for (size_t i = 0; i < 4; i++)
            queue('T');
        run_until_finished(4);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(scene.done[i]->status, EF_OK);
        assert_int_equal(nature->starts, 4);
        nature->starts = 0;
        close_scene();
    }
}

// Goal: one that has done nothing is not believed: its job would never end.
TEST(worn_out_at_once)
{
    open_scene(1, 20);
    queue('O');
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_WORKER_CRASHED);
    close_scene();
}

// Goal: without its sandbox no worker does anything, and no other one is tried.
TEST(no_sandbox)
{
    *nature = (struct nature){.bad_starts = 10000, .bad_start = 'l'};
    open_scene(1, 20);
    queue('o');
    feed();
    run_until_broken();
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_INTERNAL);
    assert_int_equal(nature->starts, 1);
    close_scene();
}

// Goal: a worker that hangs costs its job, after the time-out.
TEST(hanging)
{
    check_costs_one('h', EF_WORKER_TIMEOUT, 0.4); // enough to start a worker in
    close_scene();
}

// A job that is answered well by a worker that is lost afterwards; its replacement does the next.
static void check_costs_none(char order)
{
    open_scene(1, 20);
    queue(order);
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_OK);
    run_until_idle(2);
    queue('o');
    run_until_finished(2);
    assert_int_equal(scene.done[1]->status, EF_OK);
    close_scene();
}

// Goal: an answer counts although its worker ends right behind it.
TEST(answer_then_death)
{
    check_costs_none('e');
}

// Goal: a second answer is nobody's, and its worker is not trusted with another job.
TEST(answers_twice)
{
    check_costs_none('2');
}

// Workers of which none is ever ready break the pool, once, after a while.
static void check_bad_starts(char how, double timeout)
{
    enum { MOST_STARTS = 100 }; // without the waits between them there would be thousands
    *nature = (struct nature){.bad_starts = 10000, .bad_start = how};
    open_scene(3, timeout);
    queue('o');
    feed();
    run_until_broken();
    assert_in_range(nature->starts, LIMIT_SPAWN_FAILURES, MOST_STARTS);
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_INTERNAL);
    queue('o');
    run_until_finished(2);
    assert_int_equal(scene.broken, 1);
    assert_int_equal(scene.idle, 0);
    close_scene();
}

// Goal: workers that die or lie before they are ready are not replaced for ever.
TEST(never_ready)
{
    check_bad_starts('x', 20);
    check_bad_starts('n', 20);
}

// Goal: some bad starts are survived.
TEST(some_bad_starts)
{
    *nature = (struct nature){.bad_starts = LIMIT_SPAWN_FAILURES - 1, .bad_start = 'x'};
    open_scene(1, 20);
    queue('o');
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_OK);
    assert_int_equal(scene.broken, 0);
    close_scene();
}

// Goal: a worker that hangs before it is ready is replaced.
TEST(hanging_start)
{
    *nature = (struct nature){.bad_starts = 1, .bad_start = 'h'};
    open_scene(1, 0.4); // waits.start rules
    queue('o');
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_OK);
    close_scene();
}

// Goal: a worker may take longer to start than --worker-timeout.
TEST(slow_start)
{
    *nature = (struct nature){.bad_starts = 1, .bad_start = 's'};
    open_scene(1, 0.05);
    queue('o');
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_OK);
    assert_int_equal(nature->starts, 1);
    close_scene();
}

static void allow_descriptors(rlim_t count)
{
    struct rlimit files;
    assert_int_equal(prlimit(nature->forkserver, RLIMIT_NOFILE, NULL, &files), 0);
    files.rlim_cur = count;
    assert_int_equal(prlimit(nature->forkserver, RLIMIT_NOFILE, &files, NULL), 0);
}

static void run_until_died(pid_t worker)
{
    while (kill(worker, 0) == 0)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
}

// Goal: while no worker can be started, the one that lives does the work, however long it takes.
TEST(no_replacement)
{
    open_scene(2, 20);
    run_until_idle(2);
    allow_descriptors(3);
    kill(nature->worker, SIGKILL);
    run_until_died(nature->worker);
    const int64_t end = clock_us() + (waits.without_workers + 2 * waits.respawn_most) * 1000;
    for (unsigned count = 1; count <= 20 || clock_us() < end; count++) {
        if (count <= 20)
            queue('o');
        feed();
        uv_run(&scene.loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    run_until_finished(20);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(scene.done[i]->status, EF_OK);
    assert_int_equal(scene.broken, 0);
    close_scene();
}

// Goal: a run without any worker waits for one.
TEST(no_worker_for_a_moment)
{
    open_scene(1, 20);
    run_until_idle(1);
    allow_descriptors(3);
    kill(nature->worker, SIGKILL);
    run_until_died(nature->worker);
    const int64_t end = clock_us() + waits.without_workers * 1000 / 3;
    queue('o');
    feed();
    while (clock_us() < end) {
        uv_run(&scene.loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    allow_descriptors(100);
    run_until_finished(1);
    assert_int_equal(scene.done[0]->status, EF_OK);
    assert_int_equal(scene.broken, 0);
    close_scene();
}

// Goal: without the fork server all jobs in the pool fail, and all later ones.
TEST(fork_server_killed)
{
    open_scene(2, 20);
    run_until_idle(2);
    queue('h');
    queue('h');
    feed();
    assert_int_equal(scene.given, 2);
    kill(nature->forkserver, SIGKILL);
    run_until_broken();
    run_until_finished(2);
    assert_int_equal(scene.done[0]->status, EF_WORKER_CRASHED);
    assert_int_equal(scene.done[1]->status, EF_WORKER_CRASHED);
    queue('o');
    run_until_finished(3);
    assert_int_equal(scene.done[2]->status, EF_INTERNAL);
    assert_int_equal(scene.broken, 1);
    close_scene();
}

// Goal: a submit that is the first to notice that all are dead says so by its answer: stages must
// not call back before they have returned (pipeline.h), for the pipeline would free this very job.
TEST(submit_never_calls_back)
{
    open_scene(1, 20);
    run_until_idle(1);
    kill(nature->forkserver, SIGKILL);
    assert_int_equal(waitpid(nature->forkserver, NULL, 0), nature->forkserver);
    assert_int_equal(waitpid(nature->worker, NULL, 0), nature->worker); // it dies with it
    queue('o');
    feed();
    run_until_broken();
    run_until_finished(1);
    assert_int_not_equal(scene.done[0]->status, EF_OK);
    close_scene();
}

// Goal: an abort gives every job back, as cancelled, and the pool can be used afterwards.
TEST(abort_jobs)
{
    open_scene(2, 20);
    run_until_idle(2);
    queue('h');
    queue('h');
    feed();
    scene.queued = 2;
    pool_abort(scene.pool);
    assert_int_equal(scene.finished, 2);
    assert_int_equal(scene.done[0]->status, EF_CANCELLED);
    assert_int_equal(scene.done[1]->status, EF_CANCELLED);
    queue('o');
    run_until_finished(3);
    assert_int_equal(scene.done[2]->status, EF_OK);
    close_scene();
}

// Goal: a worker that has a job ahead goes on with it at once; all come back, each with its own
// answer.
TEST(ahead)
{
    enum { JOBS = 40 };
    open_scene(2, 20);
    run_until_idle(2);
    scene.sends_ahead = true;
    for (size_t i = 0; i < JOBS; i++)
        queue('o');
    run_until_finished(JOBS);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(scene.done[i]->status, EF_OK);
        assert_int_equal(scene.done[i]->answer.id, scene.done[i]->index);
    }
    assert_in_range(scene.sent_ahead, 1, JOBS);
    assert_int_equal(scene.begun, scene.sent_ahead);
    assert_int_equal(scene.returned, 0);
    assert_int_equal(nature->starts, 2);
    close_scene();
}

// Goal: a job that was sent ahead to a worker that is lost comes back untouched, and is done by
// another.
TEST(ahead_of_a_lost_one)
{
    static const char lost[] = "cxhn2";
    for (const char *order = lost; *order != '\0'; order++) {
        open_scene(1, 0.4);
        run_until_idle(1);
        scene.sends_ahead = true;
        queue(*order);
        queue('o');
        kill(nature->worker, SIGSTOP); // so that it is not lost before both have been sent
        feed();
        assert_int_equal(scene.sent_ahead, 1);
        kill(nature->worker, SIGCONT);
        run_until_finished(2);
        assert_int_equal(scene.done[0]->index, 1);
        assert_int_equal(scene.done[0]->status == EF_OK, *order == '2');
        assert_int_equal(scene.done[1]->status == EF_OK, *order != '2');
        assert_int_equal(scene.returned, *order != '2'); // else it had begun
        close_scene();
    }
}

// Goal: what a worker has answered before it died counts, however much of it nobody has read yet;
// the job that it died of is the one that fails.
TEST(answers_then_death)
{
    static const char orders[] = "ooooooco";
    open_scene(1, 20);
    run_until_idle(1);
    scene.sends_ahead = true;
    for (const char *order = orders; *order != '\0'; order++)
        queue(*order);
    const pid_t worker = nature->worker;
    kill(worker, SIGSTOP);
    feed();
    assert_int_equal(scene.sent_ahead, LIMIT_AHEAD_JOBS);
    kill(worker, SIGCONT);
    while (kill(worker, 0) == 0)
        usleep(1000);
    run_until_finished(sizeof orders - 1);
    for (size_t i = 0; i < sizeof orders - 1; i++)
        assert_int_equal(scene.done[i]->status,
                         orders[scene.done[i]->index - 1] == 'c' ? EF_WORKER_CRASHED : EF_OK);
    assert_int_equal(nature->starts, 2);
    close_scene();
}

// Goal: an abort gives back what was sent ahead.
TEST(abort_ahead)
{
    open_scene(1, 20);
    run_until_idle(1);
    scene.sends_ahead = true;
    queue('h');
    queue('o');
    feed();
    pool_abort(scene.pool);
    assert_int_equal(scene.returned, 1);
    assert_int_equal(scene.done[0]->status, EF_CANCELLED);
    run_until_finished(2);
    assert_int_equal(scene.done[1]->status, EF_OK);
    close_scene();
}

// Goal: a large picture waits for an idle worker: it may be long.
TEST(not_ahead)
{
    open_scene(1, 20);
    run_until_idle(1);
    scene.sends_ahead = true;
    queue('h');
    queue('o');
    scene.queue[1]->body.bytes = LIMIT_AHEAD_BYTES + 1;
    feed();
    assert_int_equal(scene.sent_ahead, 0);
    scene.queue[0]->body.bytes = LIMIT_AHEAD_BYTES + 1;
    scene.queue[1]->body.bytes = LIMIT_AHEAD_BYTES;
    feed();
    assert_int_equal(scene.sent_ahead, 0);
    pool_abort(scene.pool);
    run_until_finished(2);
    close_scene();
}

// Goal: a pool can be closed at once, while its workers are still starting, or are hanging there.
TEST(close_while_starting)
{
    open_scene(4, 20);
    close_scene();
    *nature = (struct nature){.bad_starts = 100, .bad_start = 'h'};
    open_scene(2, 20);
    close_scene();
    pool_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(good_jobs),
        FRESH(liars),
        FRESH(deaths),
        FRESH(worn_out),
        FRESH(worn_out_at_once),
        FRESH(no_sandbox),
        FRESH(hanging),
        FRESH(answer_then_death),
        FRESH(answers_twice),
        FRESH(never_ready),
        FRESH(some_bad_starts),
        FRESH(hanging_start),
        FRESH(slow_start),
        FRESH(no_replacement),
        FRESH(no_worker_for_a_moment),
        FRESH(fork_server_killed),
        FRESH(submit_never_calls_back),
        FRESH(abort_jobs),
        FRESH(ahead),
        FRESH(ahead_of_a_lost_one),
        FRESH(answers_then_death),
        FRESH(abort_ahead),
        FRESH(not_ahead),
        FRESH(close_while_starting),
    };
    return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
