// SPDX-License-Identifier: MIT
#include "pool_scene.h"

#include "proc/fdpass.h"
#include "proc/wire.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MAX_PIXELS = 1000, SCENES = 60 };

// What bodies and outputs begin with; the order, or the output's number, comes behind it.
static const char png[] = "\x89PNG\r\n\x1a\n";
#define PNG_BYTES (sizeof png - 1)

// ---- the workers ----

struct nature *nature;
static unsigned own_wish; // of this worker
static unsigned served;   // by it

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
    case 'w': // wants a codec
        if (own_wish != WIRE_WISH_ALL_CODECS)
            return WIRE_EXIT_WANTS_CODEC;
        break;
    case 'W': // wants one that it should have
        return WIRE_EXIT_WANTS_CODEC;
    case 'O': // worn out, says one that has done nothing
        return WIRE_EXIT_WORN_OUT;
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

// One byte behind the signature for the first output, two for the second ... Returns how many bytes
// the answer tells of.
static ssize_t write_output(int output, size_t number, char order)
{
    char text[PNG_BYTES + EF_OUTPUT_MAX];
    const size_t size = PNG_BYTES + number;
    memcpy(text, order == 'f' ? "GIF89a__" : png, PNG_BYTES);
    memset(text + PNG_BYTES, '+', number);
    if (write(output, text, size) != (ssize_t)size)
        return -1;
    if (order == 'm' &&
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, output, 0) == MAP_FAILED)
        return -1;
    close(output);
    return (ssize_t)size + (order == '+') - (order == '-');
}

// Lies that only a look at the job, its outputs and the clock can tell.
static void falsify(struct wire_answer *answer, char order)
{
    if (order == 't')
        answer->result.type = EF_TYPE_JPEG;
    if (order == 'u')
        answer->result.encode_us = 100000000;
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
        pread(descriptors[0], &order, 1, PNG_BYTES) != 1)
        return 9;
    struct wire_answer answer = {
        .id = order == 'i' ? job.id + 1 : job.id,
        .status = EF_OK,
        .result = {.type = EF_TYPE_PNG, .width = order == 'p' ? MAX_PIXELS + 1 : 10, .height = 1}};
    if (order == 'T' && served > 0)
        return WIRE_EXIT_WORN_OUT;
    served++;
    while (--count > 0) {
        const ssize_t wrote = write_output(descriptors[count], count, order);
        if (wrote < 0)
            return 9;
        answer.output_bytes[count - 1] = (uint64_t)wrote;
    }
    falsify(&answer, order);
    close(descriptors[0]);
    return misbehave(socket, order, &answer);
}

static int child(int socket, unsigned wish, UNUSED const void *context)
{
    uint8_t message[WIRE_BYTES];
    int result = -1;
    own_wish = wish;
    nature->forkserver = getppid();
    nature->worker = getpid();
    const unsigned number = __atomic_fetch_add(&nature->starts, 1, __ATOMIC_SEQ_CST);
    const bool bad = number >= nature->good_starts && number < nature->bad_starts;
    if (bad && nature->bad_start == 'x')
        return 3;
    if (bad && nature->bad_start == 'l')
        return WIRE_EXIT_NO_SANDBOX;
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

struct scene scene;

static enum stage_answer give(struct job *job)
{
    scene.in_submit = true;
    enum stage_answer answer = pool_submit(scene.pool, job);
    if (answer == STAGE_BUSY && scene.sends_ahead && pool_send_ahead(scene.pool, job)) {
        scene.sent_ahead++;
        answer = STAGE_AHEAD;
    }
    scene.in_submit = false;
    return answer;
}

// Gives the pool what it takes, as the pipeline does.
void feed(void)
{
    while ((scene.back_count > 0 || scene.given < scene.queued) && !scene.in_submit) {
        const bool again = scene.back_count > 0;
        struct job *job = again ? scene.back[scene.back_count - 1] : scene.queue[scene.given];
        const enum stage_answer answer = give(job);
        if (answer == STAGE_BUSY)
            return;
        scene.back_count -= again;
        scene.given += !again;
        if (answer == STAGE_FAILED)
            scene.done[scene.finished++] = job;
    }
}

static void on_begun(UNUSED void *context, UNUSED struct job *job)
{
    scene.called_in_submit += scene.in_submit;
    scene.begun++;
}

static void on_returned(UNUSED void *context, struct job *job)
{
    scene.called_in_submit += scene.in_submit;
    assert_int_equal(job->status, EF_OK);
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++)
        assert_int_equal(job->outputs[i], -1);
    scene.returned++;
    scene.back[scene.back_count++] = job;
    feed();
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

const struct pool_waits waits = {1000, 1, 100, 300};

static const struct pool_callbacks callbacks = {.processed = on_processed,
                                                .idle = on_idle,
                                                .broken = on_broken,
                                                .begun = on_begun,
                                                .returned = on_returned};

// Fork servers come before the first loop, as in the program: libuv's own fork handler would close
// descriptors in the workers. So there is one for every scene, from the beginning.
static struct forkserver *servers[SCENES];
static size_t servers_used;
unsigned detectors = 1; // of the next scene

int start_servers(UNUSED void **state)
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

int stop_servers(UNUSED void **state)
{
    while (servers_used < SCENES)
        forkserver_stop(servers[servers_used++]);
    return 0;
}

void open_scene(unsigned workers, double timeout)
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

void close_scene(void)
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

void queue(char order)
{
    const uint64_t index = scene.queued + 1;
    struct job *job = job_made("h.example", "x", index);
    char body[PNG_BYTES + 1];
    memcpy(body, png, PNG_BYTES);
    body[PNG_BYTES] = order;
    job_give_body(job, body, sizeof body);
    scene.queue[scene.queued++] = job;
}

void run_until_finished(size_t count)
{
    feed();
    while (scene.finished < count)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_int_equal(scene.finished, count);
}

void run_until_broken(void)
{
    while (scene.broken == 0)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

void run_until_idle(unsigned count)
{
    while (scene.idle < count)
        uv_run(&scene.loop, UV_RUN_ONCE);
}
int reset_nature(UNUSED void **state)
{
    *nature = (struct nature){0};
    return 0;
}
