// SPDX-License-Identifier: MIT
// The pool on a real loop with a real fork server, and workers that do what the first byte of their
// picture says: lie, crash, hang.
#include "jobs.h"
#include "support.h"

#include "base/clock.h"
#include "proc/fdpass.h"
#include "run/pool.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 64, MAX_PIXELS = 1000, SCENES = 32 };

// ---- the workers ----

// In memory that the test shares with the fork server and the workers.
struct nature {
    volatile pid_t forkserver, worker;
    volatile unsigned starts;     // so far
    volatile unsigned bad_starts; // how many of the first ones go wrong
    volatile char bad_start;      // how: 'x' exits, 'n' speaks nonsense, 'h' hangs, 's' is slow
};
static struct nature *nature;

static void hang(void)
{
    while (true)
        pause();
}

// Says what is no answer, or dies. Returns the exit status, or -1 to go on.
static int misbehave(int socket, char how, const struct wire_answer *answer)
{
    uint8_t message[WIRE_BYTES + 1] = {0};
    const int descriptors[2] = {socket, socket};
    wire_encode_answer(answer, message);
    switch (how) {
    case 'n': // nonsense
        memset(message, 0xA5, WIRE_BYTES);
        break;
    case 's': // too short
        return fdpass_send(socket, message, WIRE_BYTES - 1, NULL, 0);
    case 'l': // too long
        return fdpass_send(socket, message, WIRE_BYTES + 1, NULL, 0);
    case 'd': // with descriptors
        return fdpass_send(socket, message, WIRE_BYTES, descriptors, 2);
    case 'r': // ready, again
        wire_encode_ready(message);
        break;
    case 'c':
        raise(SIGUSR1);
        break;
    case 'x':
        return 5;
    case 'h':
        hang();
        break;
    case 'e': // ends after its answer
        return fdpass_send(socket, message, WIRE_BYTES, NULL, 0) == 0 ? 6 : 7;
    case '2': // says everything twice
        if (fdpass_send(socket, message, WIRE_BYTES, NULL, 0) != 0)
            return 0;
        break;
    default:
        break;
    }
    return fdpass_send(socket, message, WIRE_BYTES, NULL, 0) == 0 ? -1 : 0;
}

// One job. Returns the exit status, or -1 to go on.
static int serve(int socket)
{
    uint8_t message[WIRE_BYTES];
    int descriptors[FDPASS_MAX];
    size_t count;
    struct wire_job job;
    char order = 0;
    const ssize_t size = fdpass_receive(socket, message, sizeof message, descriptors, &count);
    if (size <= 0)
        return 0;
    if (!wire_decode_job(message, (size_t)size, &job) || count != 1 + job.options.detector_count ||
        pread(descriptors[0], &order, 1, 0) != 1)
        return 9;
    struct wire_answer answer = {
        .id = order == 'i' ? job.id + 1 : job.id,
        .status = EF_OK,
        .result = {.type = EF_TYPE_PNG, .width = order == 'p' ? MAX_PIXELS + 1 : 10, .height = 1}};
    while (--count > 0) { // 5 bytes to the first output, 6 to the second ...
        if (write(descriptors[count], "edges+1+2+3", 4 + count) != (ssize_t)(4 + count))
            return 9;
        answer.output_bytes[count - 1] = 4 + count;
        close(descriptors[count]);
    }
    close(descriptors[0]);
    return misbehave(socket, order, &answer);
}

static int child(int socket, UNUSED const void *context)
{
    uint8_t message[WIRE_BYTES];
    int result = -1;
    nature->forkserver = getppid();
    nature->worker = getpid();
    const bool bad = __atomic_fetch_add(&nature->starts, 1, __ATOMIC_SEQ_CST) < nature->bad_starts;
    if (bad && nature->bad_start == 'x')
        return 3;
    if (bad && nature->bad_start == 'h')
        hang();
    if (bad && nature->bad_start == 's')
        usleep(500000);
    wire_encode_ready(message);
    if (bad && nature->bad_start == 'n')
        memset(message, 0xA5, sizeof message);
    if (fdpass_send(socket, message, sizeof message, NULL, 0) != 0)
        return 0;
    while (result < 0)
        result = serve(socket);
    return result;
}

// ---- the scene: a pool and whoever uses it ----

static struct {
    uv_loop_t loop;
    struct forkserver *forkserver;
    struct run_options options;
    struct pool *pool;
    struct job *queue[MAX_JOBS], *done[MAX_JOBS];
    size_t queued, given, finished;
    unsigned idle, broken, called_in_submit;
    bool in_submit;
    size_t descriptors;
} scene;

// Gives the pool what it takes, as the pipeline does.
static void feed(void)
{
    while (scene.given < scene.queued && !scene.in_submit) {
        struct job *job = scene.queue[scene.given];
        scene.in_submit = true;
        const enum stage_answer answer = pool_submit(scene.pool, job);
        scene.in_submit = false;
        if (answer == STAGE_BUSY)
            return;
        scene.given++;
        if (answer == STAGE_FAILED)
            scene.done[scene.finished++] = job;
    }
}

static void on_processed(UNUSED void *context, struct job *job)
{
    assert_true(scene.finished < MAX_JOBS);
    scene.called_in_submit += scene.in_submit;
    scene.done[scene.finished++] = job;
    feed();
}

static void on_idle(UNUSED void *context)
{
    scene.called_in_submit += scene.in_submit;
    scene.idle++;
    feed();
}

static void on_broken(UNUSED void *context)
{
    scene.called_in_submit += scene.in_submit;
    scene.broken++;
}

// A tenth of what users have.
static const struct pool_waits waits = {1000, 1, 100, 300};

static const struct pool_callbacks callbacks = {on_processed, on_idle, on_broken};

// Fork servers come before the first loop, as in the program: libuv's own fork handler would close
// descriptors in the workers. So there is one for every scene, from the beginning.
static struct forkserver *servers[SCENES];
static size_t servers_used;
static unsigned detectors = 1; // of the next scene

static int start_servers(UNUSED void **state)
{
    uv_loop_t once; // the first loop opens descriptors that libuv never closes
    nature = mmap(NULL, sizeof *nature, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (nature == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < SCENES; i++)
        if ((servers[i] = forkserver_start(child, NULL)) == NULL)
            return -1;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return uv_loop_init(&once) == 0 && uv_loop_close(&once) == 0 ? 0 : -1;
}

static int stop_servers(UNUSED void **state)
{
    while (servers_used < SCENES)
        forkserver_stop(servers[servers_used++]);
    return 0;
}

static void open_scene(unsigned workers, double timeout)
{
    memset(&scene, 0, sizeof scene);
    scene.descriptors = open_descriptors();
    scene.options = (struct run_options){
        .workers = workers,
        .picture = {.detector_count = detectors, .threshold = 30, .max_pixels = MAX_PIXELS},
        .worker_timeout = timeout};
    assert_true(servers_used < SCENES);
    scene.forkserver = servers[servers_used++];
    assert_int_equal(uv_loop_init(&scene.loop), 0);
    scene.pool = pool_open(&scene.loop, scene.forkserver, &scene.options, &waits, &callbacks, NULL);
    assert_non_null(scene.pool);
    alarm(20); // ends the program instead of waiting for ever
}

static void close_scene(void)
{
    pool_close(scene.pool);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene.loop), 0);
    forkserver_stop(scene.forkserver);
    alarm(0);
    for (size_t i = 0; i < scene.finished; i++)
        job_free(scene.done[i]);
    assert_int_equal(open_descriptors(), scene.descriptors - 1); // without the fork server's
    assert_int_equal(scene.called_in_submit, 0);
}

static void queue(char order)
{
    const uint64_t index = scene.queued + 1;
    struct job *job = job_made("h.example", "x", index);
    job_give_body(job, &order, 1);
    scene.queue[scene.queued++] = job;
}

static void run_until_finished(size_t count)
{
    feed();
    while (scene.finished < count)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_int_equal(scene.finished, count);
}

static void run_until_broken(void)
{
    while (scene.broken == 0)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

static void run_until_idle(unsigned count)
{
    while (scene.idle < count)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

// ---- the tests ----

static int reset_nature(UNUSED void **state)
{
    *nature = (struct nature){0};
    return 0;
}

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
            assert_int_equal(pread(job->outputs[d], output, sizeof output, 0), 5 + d);
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
    for (const char *order = "nsldrip"; *order != '\0'; order++) {
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

#define FRESH(test) cmocka_unit_test_setup(test, reset_nature)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(good_jobs),
        FRESH(liars),
        FRESH(deaths),
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
        FRESH(close_while_starting),
    };
    return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
