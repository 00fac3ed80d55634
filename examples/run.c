// SPDX-License-Identifier: MIT
// Runs of edgefetch in a libuv program of its own, whose timer goes on while they work:
//     run [--allow-private] DIR URL... [, DIR URL...]
//     cc run.c $(pkg-config --cflags --libs edgefetch-run libuv) -o run
// Each group of URLs behind a comma is a run of its own; they go on at the same time. SIGINT
// finishes what is in hand.
#include <edgefetch/run.h>

#include <uv.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 16, EVERY_MS = 10 };

// The program: its loop, what else goes on there, and its runs.
struct program {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t signal;
    unsigned long ticks;
    struct embedded *runs;
    unsigned count, going_on;
    int failed;
};

struct embedded {
    struct program *program;
    const char *directory;
    struct ef_run *run;
    uv_poll_t poll;
};

static void on_finished(void *context, const struct ef_run_result *result)
{
    const struct embedded *embedded = context;
    printf("%s: %s: %s", embedded->directory, result->url, ef_status_name(result->status));
    for (unsigned i = 0; i < result->map_count; i++)
        printf(" %s", result->maps[i].file.path);
    printf("%s\n", result->done_before ? " before" : "");
}

static void on_message(void *context, enum ef_run_kind kind, const char *text)
{
    const struct embedded *embedded = context;
    if (kind <= EF_RUN_WARNING)
        fprintf(stderr, "%s: %s\n", embedded->directory, text);
}

static void on_closed(uv_handle_t *poll)
{
    struct embedded *embedded = poll->data;
    ef_run_free(embedded->run); // not before the loop has let go of its descriptor
    embedded->run = NULL;
}

static void on_ended(void *context, const struct ef_run_summary *summary)
{
    struct embedded *embedded = context;
    struct program *program = embedded->program;
    printf("%s: end %d, %" PRIu64 " ok, %" PRIu64 " failed, %" PRIu64 " skipped, %" PRIu64
           " cancelled of %" PRIu64 "\n",
           embedded->directory, (int)summary->end, summary->ok, summary->failed, summary->skipped,
           summary->cancelled, summary->distinct);
    program->failed |= summary->end != EF_RUN_COMPLETE || summary->failed > 0;
    uv_close((uv_handle_t *)&embedded->poll, on_closed);
    if (--program->going_on > 0)
        return;
    uv_close((uv_handle_t *)&program->timer, NULL);
    uv_close((uv_handle_t *)&program->signal, NULL);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct embedded *embedded = poll->data;
    (void)status;
    (void)events;
    ef_run_dispatch(embedded->run);
}

static void on_tick(uv_timer_t *timer)
{
    struct program *program = timer->data;
    program->ticks++;
}

static void on_interrupt(uv_signal_t *signal, int number)
{
    struct program *program = signal->data;
    (void)number;
    for (unsigned i = 0; i < program->count; i++)
        if (program->runs[i].run != NULL)
            ef_run_cancel(program->runs[i].run, EF_RUN_FINISH);
    uv_signal_stop(signal);
}

static int start(struct embedded *embedded, struct ef_run_options options, char **urls,
                 size_t count)
{
    static const struct ef_run_callbacks callbacks = {
        .finished = on_finished, .message = on_message, .ended = on_ended};
    struct ef_run_error error;
    options.output = embedded->directory;
    options.urls = (const char *const *)urls;
    options.url_count = count;
    embedded->run = ef_run_start(&options, &callbacks, embedded, &error);
    if (embedded->run == NULL)
        return fprintf(stderr, "%s: %s\n", embedded->directory, error.text), -1;
    uv_poll_init(&embedded->program->loop, &embedded->poll, ef_run_descriptor(embedded->run));
    embedded->poll.data = embedded;
    return uv_poll_start(&embedded->poll, UV_READABLE, on_readable);
}

// The groups of arguments between commas. Returns 0, or -1 after a message.
static int start_all(struct program *program, const struct ef_run_options *options, char **words)
{
    while (words[0] != NULL && program->count < MOST_RUNS) {
        struct embedded *embedded = &program->runs[program->count];
        size_t count = 0;
        *embedded = (struct embedded){.program = program, .directory = words[0]};
        while (words[count + 1] != NULL && strcmp(words[count + 1], ",") != 0)
            count++;
        if (start(embedded, *options, words + 1, count) != 0)
            return -1;
        program->count++;
        program->going_on++;
        words += count + 1 + (words[count + 1] != NULL);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct embedded runs[MOST_RUNS];
    struct program program = {.runs = runs};
    struct ef_run_options options = ef_run_default_options();
    options.allow_private = argc > 1 && strcmp(argv[1], "--allow-private") == 0;
    options.worker_program = getenv("EDGEFETCH_WORKER");
    char **words = argv + 1 + (options.allow_private ? 1 : 0);
    if (argc < 3)
        return fprintf(stderr, "usage: run [--allow-private] DIR URL... [, DIR URL...]\n"), 2;
    uv_loop_init(&program.loop);
    uv_timer_init(&program.loop, &program.timer);
    uv_signal_init(&program.loop, &program.signal);
    program.timer.data = program.signal.data = &program;
    uv_timer_start(&program.timer, on_tick, 0, EVERY_MS);
    uv_signal_start(&program.signal, on_interrupt, SIGINT);
    if (start_all(&program, &options, words) != 0)
        return 1; // what has begun ends with the process
    uv_run(&program.loop, UV_RUN_DEFAULT);
    uv_loop_close(&program.loop);
    printf("%lu ticks meanwhile\n", program.ticks);
    return program.failed;
}
