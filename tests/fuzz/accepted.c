// SPDX-License-Identifier: MIT
#include "accepted.h"
#include "shown.h"

#include "proc/wire.h"
#include "run/names.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SMALL_SIDE = 64, MESSAGE_BYTES = 8192 };

unsigned fuzz_messages;

// Linked in the place of log_error().
void __wrap_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void __wrap_log_error(const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && length < MESSAGE_BYTES);
    fuzz_check_shown(text);
    fuzz_messages++;
}

static bool is_between(double value, double least, double most)
{
    return value >= least && value <= most; // and no NaN
}

static void check_run(const struct run_options *run)
{
    char error[128];
    CHECK(run->limit <= LIMIT_TRANSFERS && run->per_host <= LIMIT_TRANSFERS);
    CHECK(run->workers >= 1 && run->workers <= LIMIT_WORKERS && run->retries <= LIMIT_RETRIES);
    CHECK(run->resolvers >= 1 && run->resolvers <= LIMIT_TRANSFERS);
    CHECK(is_between(run->retry_wait, 0, 3600) && is_between(run->max_retry_after, 0, 86400));
    CHECK(is_between(run->connect_timeout, 0.001, 86400) && is_between(run->timeout, 0.001, 86400));
    CHECK(is_between(run->stall_timeout, 0.001, 86400) &&
          is_between(run->worker_timeout, 0.001, 86400));
    CHECK(run->rate == 0 || is_between(run->rate, 1e-6, 1e6));
    CHECK(run->host_rate == 0 || is_between(run->host_rate, 1e-6, 1e6));
    CHECK(is_between(run->most_failed_share, 0, 1) && is_between(run->slow_callback, 0, 3600));
    CHECK(run->max_bytes >= 1 && run->max_bytes <= INT32_MAX && run->max_memory >= 1);
    CHECK(run->mode < RUN_MODE_COUNT && run->part <= PART_PROCESS);
    CHECK(run->name_template == NULL ||
          name_template_check(run->name_template, error, sizeof error));
    CHECK(run->header_count <= LIMIT_REQUEST_HEADERS);
    for (size_t i = 0; i < run->header_count; i++)
        CHECK(strpbrk(run->headers[i], "\r\n") == NULL);
}

static int drop(void *context, const void *data, size_t size)
{
    (void)context;
    (void)data;
    (void)size;
    return 0;
}

// A worker gets the same, and finds nothing wrong with it.
static void check_picture(const struct ef_options *picture)
{
    static const uint8_t pixels[] = "P6 3 2 255\n\1\2\3\4\5\6abcdefghijkl";
    struct wire_job job = {.id = 7, .options = *picture}, received;
    uint8_t message[WIRE_BYTES], again[WIRE_BYTES];
    wire_encode_job(&job, message);
    CHECK(wire_decode_job(message, sizeof message, &received));
    wire_encode_job(&received, again);
    CHECK(memcmp(message, again, sizeof message) == 0);
    CHECK(received.options.detector_count == picture->detector_count &&
          fabs(received.options.blur - picture->blur) < 1e-9 &&
          received.options.max_pixels == picture->max_pixels);
    if (picture->resize_width > SMALL_SIDE || picture->resize_height > SMALL_SIDE)
        return; // it would only take long
    struct ef_output outputs[EF_OUTPUT_MAX];
    struct ef_result result = {0};
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++)
        outputs[i] = (struct ef_output){drop, NULL};
    CHECK(ef_process(pixels, sizeof pixels - 1, &received.options, outputs, &result) !=
          EF_INTERNAL);
}

static void check_bench(const struct bench_options *bench)
{
    const struct simulation *const simulation = &bench->simulation;
    CHECK(bench->mode_count >= 1 && bench->mode_count <= RUN_MODE_COUNT);
    CHECK(bench->limit_count <= BENCH_VALUES_MAX && bench->worker_count <= BENCH_VALUES_MAX);
    for (unsigned i = 0; i < bench->limit_count; i++)
        CHECK(bench->limits[i] >= 1 && bench->limits[i] <= LIMIT_TRANSFERS);
    for (unsigned i = 0; i < bench->worker_count; i++)
        CHECK(bench->workers[i] >= 1 && bench->workers[i] <= LIMIT_WORKERS);
    CHECK(bench->runs >= 1 && bench->runs <= 1000 && simulation->images >= 1);
    CHECK(simulation->width >= 1 && simulation->width <= 65535 && simulation->height >= 1 &&
          simulation->height <= 65535);
    CHECK(is_between(simulation->latency_s, 0, 600) && is_between(simulation->jitter_s, 0, 600) &&
          is_between(simulation->fail, 0, 1));
}

void fuzz_check_accepted(const struct cli *cli)
{
    fuzz_check_ranges(cli);
    check_picture(&cli->run.picture);
}

void fuzz_check_ranges(const struct cli *cli)
{
    check_run(&cli->run);
    check_bench(&cli->bench);
    // Below 0 is what each command has by default.
    CHECK(cli->latency == -1 || is_between(cli->latency, 0, 600));
    CHECK(cli->parallel <= 65535 && cli->port <= 65535);
}
