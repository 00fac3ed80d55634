// SPDX-License-Identifier: MIT
// The sandboxed side: job -> decode -> edges -> encode -> answer. This process parses bytes from
// strangers; whatever happens to it costs one picture.
#include "worker.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/sanitized.h"
#include "proc/fdpass.h"
#include "proc/sandbox.h"
#include "proc/wire.h"

#include <edgefetch/edges.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

// Whether this worker was started without the libraries that are loaded on demand.
static bool may_want_codecs;

// The output descriptor with a buffer before it: encoders write in small pieces.
struct output {
    int descriptor;
    int error; // errno of the first write that failed
    uint64_t bytes;
    size_t used;
    uint8_t buffer[64 * 1024];
};

static int output_flush(struct output *output)
{
    for (size_t done = 0; done < output->used;) {
        const ssize_t wrote = write(output->descriptor, output->buffer + done, output->used - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            output->error = wrote < 0 ? errno : EFBIG;
            return -1;
        }
        done += (size_t)wrote;
    }
    output->bytes += output->used;
    output->used = 0;
    return 0;
}

static int output_write(void *context, const void *data, size_t size)
{
    struct output *output = context;
    for (size_t done = 0; done < size;) {
        const size_t room = sizeof output->buffer - output->used;
        const size_t part = size - done < room ? size - done : room;
        memcpy(output->buffer + output->used, (const uint8_t *)data + done, part);
        output->used += part;
        done += part;
        if (output->used == sizeof output->buffer && output_flush(output) != 0)
            return -1;
    }
    return 0;
}

// What a worker may say of its outputs: that they did not fit.
static enum ef_status status_of_outputs(const struct output *outputs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (outputs[i].error == EFBIG)
            return EF_OUTPUT_TOO_LARGE;
    return EF_OUT_OF_MEMORY;
}

static void process(const struct wire_job *job, const uint8_t *data, size_t size,
                    struct output *outputs, struct wire_answer *answer)
{
    const unsigned count = ef_output_count(&job->options);
    struct ef_output writers[EF_OUTPUT_MAX];
    for (unsigned i = 0; i < count; i++)
        writers[i] = (struct ef_output){output_write, &outputs[i]};
    answer->status = ef_process(data, size, &job->options, writers, &answer->result);
    for (unsigned i = 0; i < count && answer->status == EF_OK; i++) {
        if (output_flush(&outputs[i]) != 0)
            answer->status = EF_OUTPUT_FAILED;
        answer->output_bytes[i] = outputs[i].bytes;
    }
    if (answer->status == EF_OUTPUT_FAILED)
        answer->status = status_of_outputs(outputs, count);
    if (answer->status != EF_OK) { // then only the type and the detail are news
        answer->result.width = answer->result.height = 0;
        memset(answer->result.edge_sum, 0, sizeof answer->result.edge_sum);
        memset(answer->output_bytes, 0, sizeof answer->output_bytes);
    }
}

// A picture's bytes. Those of a small one are copied: to map and unmap it takes longer than to
// decode it where another CPU, on which this process was a moment ago, has to forget the mapping.
struct input {
    void *data; // NULL: there is no memory
    size_t size;
    bool mapped;
};

static bool read_whole(int descriptor, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t got = pread(descriptor, to + done, size - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static struct input input_open(int descriptor, size_t size)
{
    struct input input = {.size = size, .mapped = size > LIMIT_WORKER_COPY_BYTES};
    if (input.mapped) {
        input.data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (input.data == MAP_FAILED)
            input.data = NULL;
        return input;
    }
    input.data = malloc(size);
    if (input.data != NULL && !read_whole(descriptor, input.data, size)) {
        free(input.data);
        input.data = NULL;
    }
    return input;
}

static void input_close(struct input *input)
{
    if (input->mapped)
        munmap(input->data, input->size);
    else
        free(input->data);
}

// Whether the picture's library is one that this process has not loaded and no longer can.
static bool wants_codec(const uint8_t *data, size_t size)
{
    return may_want_codecs && !ef_is_loaded(ef_probe(data, size));
}

// False when another worker must do the job.
static bool answer_job(const struct wire_job *job, const int *descriptors,
                       struct wire_answer *answer)
{
    static struct output outputs[EF_OUTPUT_MAX]; // with their buffers; one job at a time
    for (unsigned i = 0; i < ef_output_count(&job->options); i++) {
        outputs[i].descriptor = descriptors[1 + i];
        outputs[i].error = 0;
        outputs[i].bytes = 0;
        outputs[i].used = 0;
    }
    *answer = (struct wire_answer){.id = job->id, .status = EF_OUT_OF_MEMORY};
    // Not fstat(), which is the call for paths to the kernel, and which the sandbox has not.
    const off_t length = lseek(descriptors[0], 0, SEEK_END);
    if (length <= 0)
        return true;
    struct input input = input_open(descriptors[0], (size_t)length);
    if (input.data == NULL)
        return true;
    const bool able = !wants_codec(input.data, input.size);
    if (able)
        process(job, input.data, input.size, outputs, answer);
    input_close(&input);
    return able;
}

// Whether it has had its share of CPU time; see sandbox_limits.c.
static bool is_worn_out(const struct sandbox *sandbox)
{
    struct timespec used;
    return (sandbox->walls & SANDBOX_WALL_LIMITS) != 0 &&
           clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 &&
           (uint64_t)used.tv_sec >= sandbox->cpu_seconds;
}

// Receives and answers a job, whose number from 0 is `served`. False when there will be no more.
static bool serve(int socket, const struct sandbox *sandbox, uint64_t served, int *exit_status)
{
    uint8_t message[WIRE_BYTES];
    int descriptors[FDPASS_MAX];
    size_t count;
    struct wire_job job;
    struct wire_answer answer;

    const ssize_t size = fdpass_receive(socket, message, sizeof message, descriptors, &count);
    if (size <= 0)
        return false;
    if (!wire_decode_job(message, (size_t)size, &job) ||
        count != 1 + ef_output_count(&job.options)) {
        *exit_status = 1;
        return false;
    }
    if (served > 0 && is_worn_out(sandbox)) {
        *exit_status = WIRE_EXIT_WORN_OUT;
        return false;
    }
    const bool answered = answer_job(&job, descriptors, &answer);
    while (count > 0)
        close(descriptors[--count]);
    if (!answered) {
        *exit_status = WIRE_EXIT_WANTS_CODEC;
        return false;
    }
    wire_encode_answer(&answer, message);
    return fdpass_send(socket, message, sizeof message, NULL, 0) == 0;
}

// Large blocks come from the heap and stay there: fresh pages cost more than the decode itself when
// every picture maps and unmaps its own.
static void keep_memory_between_pictures(void)
{
    mallopt(M_MMAP_THRESHOLD, (int)MIB(32));
    mallopt(M_TRIM_THRESHOLD, (int)MIB(128));
    mallopt(M_TOP_PAD, (int)MIB(16));
    mallopt(M_ARENA_MAX, 1); // when memory is short, malloc() would ask how many CPUs there are
}

// A worker that was taken over must not write to a terminal or a log: whatever a library says goes
// nowhere. Sanitizers' reports stay.
static int silence(void)
{
    const int errors = SANITIZED ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (errors >= 0)
        dup2(STDIN_FILENO, STDERR_FILENO); // the fork server has put /dev/null there
    return errors;
}

// Returns 0 when the sandbox is closed behind this process.
static int lock_down(const struct sandbox *sandbox)
{
    const char *failed = "";
    const int errors = sandbox->walls != 0 ? silence() : -1;
    const int entered = sandbox_enter(sandbox, &failed);
    if (entered != 0) {
        const int error = errno;
        if (errors >= 0)
            dup2(errors, STDERR_FILENO);
        errno = error;
        log_error("a worker process cannot lock itself down: %s:", failed);
    }
    if (errors >= 0)
        close(errors);
    return entered;
}

// Later the sandbox is closed.
static void load_all_codecs(void)
{
    for (unsigned type = 0; type < EF_TYPE_COUNT; type++)
        (void)ef_load((enum ef_type)type); // without it, its pictures are reported as unsupported
}

int worker_main(int socket, unsigned wish, const void *context)
{
    const struct sandbox *sandbox = context;
    uint8_t message[WIRE_BYTES];
    uint64_t served = 0;
    int exit_status = 0;

    keep_memory_between_pictures();
    may_want_codecs = wish != WIRE_WISH_ALL_CODECS;
    if (!may_want_codecs)
        load_all_codecs();
    if (lock_down(sandbox) != 0)
        return WIRE_EXIT_NO_SANDBOX;
    wire_encode_ready(message);
    if (fdpass_send(socket, message, sizeof message, NULL, 0) != 0)
        return 0;
    while (serve(socket, sandbox, served, &exit_status))
        served++;
#if defined(__SANITIZE_ADDRESS__)
    __lsan_do_leak_check(); // a worker leaves with _exit, where nothing else would look
#endif
    return exit_status;
}
