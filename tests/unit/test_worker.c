// SPDX-License-Identifier: MIT
// The real worker in a process of its own, spoken to as main does.
#include "pictures.h"
#include "support.h"

#include "image/encoder.h"

#include "proc/fdpass.h"
#include "proc/sandbox.h"
#include "proc/wire.h"
#include "worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_PIXELS = 1000000 };

static pid_t worker;
static int to_worker;

static int start_worker_in(const struct sandbox *sandbox)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    worker = fork();
    if (worker == 0) {
        close(ends[0]);
        _exit(worker_main(ends[1], WIRE_WISH_NOTHING, sandbox));
    }
    close(ends[1]);
    to_worker = ends[0];
    return worker > 0 ? 0 : -1;
}

static struct sandbox sandbox_made(void)
{
    struct sandbox sandbox = {.max_pixels = MAX_PIXELS, .job_seconds = 60, .cpu_seconds = 60};
    if (!SANITIZED)
        sandbox_prepare(&sandbox, SANDBOX_BEST);
    return sandbox;
}

static int start_worker(UNUSED void **state)
{
    const struct sandbox sandbox = sandbox_made();
    return start_worker_in(&sandbox);
}

// One that has had its share of CPU time from the beginning.
static int start_worn_out(UNUSED void **state)
{
    struct sandbox sandbox = sandbox_made();
    sandbox.cpu_seconds = 0;
    return start_worker_in(&sandbox);
}

// One that cannot lock itself down: its list of system calls is no program.
static int start_unlocked(UNUSED void **state)
{
    const struct sandbox sandbox = {.walls = SANDBOX_WALL_SECCOMP, .max_pixels = MAX_PIXELS};
    return start_worker_in(&sandbox);
}

static int reap_worker(UNUSED void **state)
{
    if (to_worker >= 0)
        close(to_worker);
    if (worker > 0)
        waitpid(worker, NULL, 0);
    return 0;
}

static int exit_status(void)
{
    int status;
    assert_int_equal(waitpid(worker, &status, 0), worker);
    worker = 0;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static size_t receive(uint8_t message[WIRE_BYTES])
{
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size = fdpass_receive(to_worker, message, WIRE_BYTES, descriptors, &count);
    assert_true(size >= 0);
    assert_int_equal(count, 0);
    return (size_t)size;
}

static void await_ready(void)
{
    uint8_t message[WIRE_BYTES];
    assert_true(wire_decode_ready(message, receive(message)));
}

static int memory_with(const void *bytes, size_t size)
{
    const int file = memfd_create("unit-test", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, size), size);
    return file;
}

static void send_job(const struct wire_job *job, int input, const int *outputs, size_t count)
{
    uint8_t message[WIRE_BYTES];
    int descriptors[FDPASS_MAX] = {input};
    memcpy(descriptors + 1, outputs, count * sizeof *outputs);
    wire_encode_job(job, message);
    assert_int_equal(fdpass_send(to_worker, message, sizeof message, descriptors, 1 + count), 0);
}

// Gives a picture to the worker. Returns its answer; its maps are in `outputs`, one a detector.
static struct wire_answer do_job_with(const struct wire_job *job, const void *bytes, size_t size,
                                      const int *outputs)
{
    uint8_t message[WIRE_BYTES];
    struct wire_answer answer;
    const int input = memory_with(bytes, size);
    send_job(job, input, outputs, job->options.detector_count);
    close(input);
    assert_true(wire_decode_answer(message, receive(message), &job->options, &answer));
    assert_int_equal(answer.id, job->id);
    return answer;
}

static struct wire_answer do_job(const struct wire_job *job, const void *bytes, size_t size,
                                 int output)
{
    return do_job_with(job, bytes, size, &output);
}

static int add(void *context, const void *data, size_t size)
{
    bytes_add(context, data, size);
    return 0;
}

// Output `i` as ef_process() makes it here, with that detector alone.
static void check_output(int output, unsigned i, const struct wire_job *job,
                         const struct bytes *picture, const struct wire_answer *answer)
{
    struct ef_options options = job->options;
    struct bytes expected = {0};
    const struct ef_output into = {add, &expected};
    struct ef_result result;
    struct stat status;
    options.detectors[0] = job->options.detectors[i];
    options.detector_count = 1;
    assert_int_equal(ef_process(picture->bytes, picture->size, &options, &into, &result), EF_OK);
    assert_int_equal(fstat(output, &status), 0);
    assert_int_equal(status.st_size, expected.size);
    assert_int_equal(answer->output_bytes[i], expected.size);
    assert_int_equal(answer->result.edge_sum[i], result.edge_sum[0]);
    assert_int_equal(answer->result.type, result.type);
    assert_true(answer->result.width == result.width && answer->result.height == result.height);
    uint8_t *written = malloc(expected.size);
    assert_non_null(written);
    assert_int_equal(pread(output, written, expected.size, 0), expected.size);
    assert_memory_equal(written, expected.bytes, expected.size);
    free(written);
    free(expected.bytes);
}

static struct wire_job make_job(uint64_t id, uint64_t max_pixels)
{
    struct wire_job job = {.id = id, .options = ef_default_options()};
    job.options.max_pixels = max_pixels;
    return job;
}

// Goal: ready, then job after job in every format, then the end of the socket and exit status 0.
TEST(good_jobs)
{
    struct picture map = map_made(300, 200, 1); // noise: more output than the worker's buffer
    struct bytes picture = encoded(&map, EF_FORMAT_PNG);
    await_ready();
    for (unsigned format = 0; format < EF_FORMAT_COUNT; format++) {
        struct wire_job job = make_job(100 + format, MAX_PIXELS);
        if (encoder_for((enum ef_format)format) == NULL)
            continue; // not in this build
        job.options.format = (enum ef_format)format;
        const int output = memory_with("", 0);
        const struct wire_answer answer = do_job(&job, picture.bytes, picture.size, output);
        assert_int_equal(answer.status, EF_OK);
        check_output(output, 0, &job, &picture, &answer);
        close(output);
    }
    close(to_worker);
    to_worker = -1;
    assert_int_equal(exit_status(), 0);
    free(picture.bytes);
    picture_free(&map);
}

// Goal: all detectors at once, an output each.
TEST(several_outputs)
{
    struct picture map = map_made(50, 40, 3);
    struct bytes picture = encoded(&map, EF_FORMAT_PNG);
    struct wire_job job = make_job(9, MAX_PIXELS);
    int outputs[EF_DETECTOR_COUNT];
    job.options.detector_count = EF_DETECTOR_COUNT;
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        job.options.detectors[i] = (enum ef_detector)(EF_DETECTOR_COUNT - 1 - i);
        outputs[i] = memory_with("", 0);
    }
    await_ready();
    const struct wire_answer answer = do_job_with(&job, picture.bytes, picture.size, outputs);
    assert_int_equal(answer.status, EF_OK);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        check_output(outputs[i], i, &job, &picture, &answer);
        close(outputs[i]);
    }
    free(picture.bytes);
    picture_free(&map);
}

// Goal: pictures that cannot be done are answered with why, and the worker goes on.
TEST(failed_jobs)
{
    struct picture map = map_made(40, 30, 2);
    struct bytes picture = encoded(&map, EF_FORMAT_PNG);
    const struct wire_job job = make_job(1, 40 * 30);
    const struct wire_job tight = make_job(2, 40 * 30 - 1);
    const int output = memory_with("", 0);
    await_ready();
    struct wire_answer answer = do_job(&job, picture.bytes, picture.size / 2, output);
    assert_int_equal(answer.status, EF_IMAGE_TRUNCATED);
    assert_int_equal(answer.result.type, EF_TYPE_PNG);
    answer = do_job(&tight, picture.bytes, picture.size, output);
    assert_int_equal(answer.status, EF_IMAGE_TOO_LARGE);
    assert_string_equal(answer.result.detail.text, "40x30 pixels, the limit is 1199");
    answer = do_job(&job, "<html>", 6, output);
    assert_int_equal(answer.status, EF_NOT_AN_IMAGE);
    memset(picture.bytes + 50, 0xA5, 100);
    answer = do_job(&job, picture.bytes, picture.size, output);
    assert_int_equal(answer.status, EF_IMAGE_CORRUPT);
    answer = do_job(&job, "", 0, output);
    assert_int_not_equal(answer.status, EF_OK);
    answer = do_job(&job, tiny_gif, sizeof tiny_gif, output);
    assert_int_equal(answer.status, EF_OK);
    close(output);
    close(to_worker);
    to_worker = -1;
    assert_int_equal(exit_status(), 0);
    free(picture.bytes);
    picture_free(&map);
}

// Goal: an output that cannot be written is an answer, not a death.
TEST(unwritable_output)
{
    const struct wire_job job = make_job(1, MAX_PIXELS);
    const int output = memory_with("", 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", output);
    const int read_only = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(read_only >= 0);
    await_ready();
    assert_int_not_equal(do_job(&job, tiny_gif, sizeof tiny_gif, read_only).status, EF_OK);
    assert_int_equal(do_job(&job, tiny_gif, sizeof tiny_gif, output).status, EF_OK);
    close(read_only);
    close(output);
}

// Goal: a worker that has had its share of CPU time does its first picture and leaves the next one.
TEST(worn_out)
{
    const struct wire_job job = make_job(1, MAX_PIXELS);
    if (SANITIZED)
        skip();
    const int input = memory_with(tiny_gif, sizeof tiny_gif), output = memory_with("", 0);
    await_ready();
    assert_int_equal(do_job(&job, tiny_gif, sizeof tiny_gif, output).status, EF_OK);
    send_job(&job, input, &output, 1);
    assert_int_equal(exit_status(), WIRE_EXIT_WORN_OUT);
    close(input);
    close(output);
}

// Goal: a worker that cannot lock itself down never says that it is ready.
TEST(no_sandbox)
{
    uint8_t message[WIRE_BYTES];
    assert_int_equal(receive(message), 0);
    assert_int_equal(exit_status(), WIRE_EXIT_NO_SANDBOX);
}

// Goal: a message that is no job ends the worker with status 1.
TEST(nonsense_message)
{
    await_ready();
    assert_int_equal(fdpass_send(to_worker, "nonsense", 8, NULL, 0), 0);
    assert_int_equal(exit_status(), 1);
}

// Goal: so does a job without its two descriptors.
TEST(missing_descriptors)
{
    const struct wire_job job = make_job(1, MAX_PIXELS);
    uint8_t message[WIRE_BYTES];
    const int input = memory_with(tiny_gif, sizeof tiny_gif);
    await_ready();
    wire_encode_job(&job, message);
    assert_int_equal(fdpass_send(to_worker, message, sizeof message, &input, 1), 0);
    assert_int_equal(exit_status(), 1);
    close(input);
}

// Goal: main's end is no failure, even before the first word.
TEST(end_of_socket)
{
    close(to_worker);
    to_worker = -1;
    assert_int_equal(exit_status(), 0);
}

#define WITH_WORKER(test) cmocka_unit_test_setup_teardown(test, start_worker, reap_worker)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORKER(several_outputs),
        WITH_WORKER(good_jobs),
        WITH_WORKER(failed_jobs),
        WITH_WORKER(unwritable_output),
        WITH_WORKER(nonsense_message),
        WITH_WORKER(missing_descriptors),
        WITH_WORKER(end_of_socket),
        cmocka_unit_test_setup_teardown(worn_out, start_worn_out, reap_worker),
        cmocka_unit_test_setup_teardown(no_sandbox, start_unlocked, reap_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
