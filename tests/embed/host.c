// SPDX-License-Identifier: MIT
// A program that embeds runs in ways that the example does not: each act is one of them, and ends
// with 0 when it went as it should. Driven by tests/e2e/test_library.py.
//     host ACT DIR LIST
#include <edgefetch/run.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// What has been told of a run.
struct told {
    unsigned finished, ended, errors;
    unsigned by_status[EF_STATUS_COUNT];
    struct ef_run_summary summary;
    struct ef_run *run; // to be cancelled by the first result that is ok; or NULL
    enum ef_run_how how;
};

static void on_finished(void *context, const struct ef_run_result *result)
{
    struct told *told = context;
    told->finished++;
    told->by_status[result->status]++;
    printf("%s %s %u %s\n", result->url, ef_status_name(result->status), result->map_count,
           result->original.path);
    if (told->run != NULL && result->status == EF_OK)
        ef_run_cancel(told->run, told->how);
}

static void on_message(void *context, enum ef_run_kind kind, const char *text)
{
    struct told *told = context;
    told->errors += kind == EF_RUN_ERROR;
    printf("message: %s\n", text);
}

static void on_ended(void *context, const struct ef_run_summary *summary)
{
    struct told *told = context;
    told->ended++;
    told->summary = *summary;
}

static const struct ef_run_callbacks callbacks = {
    .finished = on_finished, .message = on_message, .ended = on_ended};

static struct ef_run_options options_for(const char *directory, const char *const *list)
{
    struct ef_run_options options = ef_run_default_options();
    options.output = directory;
    options.lists = list;
    options.list_count = 1;
    options.allow_private = true;
    options.retries = 0;
    options.limit = 2;
    options.workers = 1;
    options.worker_program = getenv("EDGEFETCH_WORKER");
    return options;
}

static struct ef_run *start(const struct ef_run_options *options, struct told *told)
{
    struct ef_run_error error;
    struct ef_run *run = ef_run_start(options, &callbacks, told, &error);
    if (run == NULL)
        printf("not started: %s\n", error.text);
    return run;
}

// One turn of a loop that only waits for this run.
static bool go_on(struct ef_run *run)
{
    struct pollfd polled = {.fd = ef_run_descriptor(run), .events = POLLIN};
    while (poll(&polled, 1, -1) < 1)
        ;
    return ef_run_dispatch(run);
}

static bool adds_up(const struct told *told)
{
    const struct ef_run_summary *sum = &told->summary;
    return told->ended == 1 && told->finished == sum->distinct && sum->untold == 0 &&
           sum->ok + sum->failed + sum->skipped + sum->cancelled == sum->distinct;
}

// ---- acts ----

// Runs to the end, in one call; twice, so that the second finds everything done.
static int act_twice(const struct ef_run_options *options)
{
    struct told first = {0}, second = {0};
    struct ef_run_error error;
    const enum ef_run_end end = ef_run(options, &callbacks, &first, &error);
    if (end != EF_RUN_COMPLETE || !adds_up(&first) || ef_run(options, &callbacks, &second, &error))
        return 1;
    return !(adds_up(&second) && second.summary.skipped == first.summary.ok);
}

// Cancels at the first picture.
static int act_cancel(const struct ef_run_options *options, enum ef_run_how how)
{
    struct told told = {.how = how};
    struct ef_run *run = start(options, &told);
    if (run == NULL)
        return 1;
    told.run = run;
    while (go_on(run))
        ;
    ef_run_free(run);
    printf("%u cancelled\n", told.by_status[EF_CANCELLED]);
    return !(told.summary.end == EF_RUN_CANCELLED && adds_up(&told));
}

// Frees a run at its first picture; nothing more is told.
static int act_free(const struct ef_run_options *options)
{
    struct told told = {0};
    struct ef_run *run = start(options, &told);
    while (run != NULL && told.by_status[EF_OK] == 0 && go_on(run))
        ;
    ef_run_free(run);
    return !(told.by_status[EF_OK] > 0 && told.ended == 0);
}

// Reads nothing for a while: the run must neither forget anything nor hold it all in memory.
static int act_slow(const struct ef_run_options *options)
{
    struct told told = {0};
    struct ef_run *run = start(options, &told);
    struct pollfd polled;
    if (run == NULL)
        return 1;
    polled = (struct pollfd){.fd = ef_run_descriptor(run), .events = POLLIN};
    while (poll(&polled, 1, 0) == 0)
        ;
    usleep(300000);
    while (go_on(run))
        ;
    ef_run_free(run);
    return !(told.summary.end == EF_RUN_COMPLETE && adds_up(&told));
}

static void *run_in_thread(void *context)
{
    const struct ef_run_options *options = context;
    struct told told = {0};
    struct ef_run_error error;
    const enum ef_run_end end = ef_run(options, &callbacks, &told, &error);
    return end == EF_RUN_COMPLETE && adds_up(&told) ? context : NULL;
}

// Two threads with a run each, in a process with a signal handler, limits and open files of its
// own, which are as they were at the end.
static int act_threads(const struct ef_run_options *options)
{
    struct ef_run_options other = *options;
    struct sigaction before, after;
    struct rlimit files_before, files_after;
    pthread_t threads[2];
    void *good[2];
    char directory[4096];
    snprintf(directory, sizeof directory, "%s-2", options->output);
    other.output = directory;
    signal(SIGPIPE, SIG_DFL);
    sigaction(SIGTERM, NULL, &before);
    getrlimit(RLIMIT_NOFILE, &files_before);
    pthread_create(&threads[0], NULL, run_in_thread, (void *)(uintptr_t)options);
    pthread_create(&threads[1], NULL, run_in_thread, &other);
    pthread_join(threads[0], &good[0]);
    pthread_join(threads[1], &good[1]);
    sigaction(SIGTERM, NULL, &after);
    getrlimit(RLIMIT_NOFILE, &files_after);
    return !(good[0] != NULL && good[1] != NULL && before.sa_handler == after.sa_handler &&
             files_before.rlim_cur == files_after.rlim_cur);
}

static void spoil(char *text)
{
    memset(text, 'x', strlen(text));
    free(text);
}

// Whatever the options point to is the caller's again when the run has been started.
static int act_copies(const struct ef_run_options *options)
{
    struct ef_run_options copied = *options;
    char *output = strdup(options->output), *list = strdup(options->lists[0]);
    char *header = strdup("X-Own: 1"), *template = strdup("{index}");
    const char *lists[] = {list}, *headers[] = {header};
    struct told told = {0};
    copied.output = output;
    copied.lists = lists;
    copied.headers = headers;
    copied.header_count = 1;
    copied.name_template = template;
    struct ef_run *run = start(&copied, &told);
    spoil(output);
    spoil(list);
    spoil(header);
    spoil(template);
    lists[0] = headers[0] = NULL;
    while (run != NULL && go_on(run))
        ;
    ef_run_free(run);
    return !(told.summary.end == EF_RUN_COMPLETE && adds_up(&told) && told.by_status[EF_OK] > 0);
}

// A list by its descriptor; nothing is written.
static int act_discard(const struct ef_run_options *options)
{
    struct ef_run_options discard = *options;
    const int list = open(options->lists[0], O_RDONLY | O_CLOEXEC);
    struct told told = {0};
    struct ef_run_error error;
    discard.discard = true;
    discard.list_count = 0;
    discard.descriptors = &list;
    discard.descriptor_count = 1;
    const enum ef_run_end end = ef_run(&discard, &callbacks, &told, &error);
    return !(end == EF_RUN_COMPLETE && adds_up(&told) && access(options->output, F_OK) != 0 &&
             close(list) == 0);
}

// What cannot begin says why, through `ended` and its message.
static int act_refused(const struct ef_run_options *options)
{
    struct told told = {0};
    struct ef_run_error error;
    const enum ef_run_end end = ef_run(options, &callbacks, &told, &error);
    printf("error: %s\n", error.text);
    return !(end == EF_RUN_NOT_BEGUN && told.ended == 1 && told.errors > 0 &&
             error.text[0] != '\0');
}

// Options out of their ranges, one at a time; each is named.
static int act_options(const struct ef_run_options *options)
{
    static const char line_break[] = "X: 1\r\nY: 2";
    static const char *const header = line_break;
    struct ef_run_options wrong[12];
    const size_t count = sizeof wrong / sizeof *wrong;
    struct told told = {0};
    for (size_t i = 0; i < count; i++)
        wrong[i] = *options;
    wrong[0].limit = 4097;
    wrong[1].workers = 257;
    wrong[2].timeout = 0;
    wrong[3].timeout = 0.0 / 0.0;
    wrong[4].max_bytes = 0;
    wrong[5].picture.detector_count = 0;
    wrong[6].picture.quality = 101;
    wrong[7].output = "";
    wrong[8].name_template = "{nothing}";
    wrong[9].refresh = wrong[9].force = true;
    wrong[10].headers = &header;
    wrong[10].header_count = 1;
    wrong[11].sandbox = EF_RUN_SANDBOX_COUNT;
    for (size_t i = 0; i < count; i++) {
        struct ef_run *run = start(&wrong[i], &told);
        if (run != NULL) {
            printf("case %zu was started\n", i);
            ef_run_free(run);
            return 1;
        }
    }
    return told.ended != 0;
}

static int act_cancel_all(const struct ef_run_options *options)
{
    return act_cancel(options, EF_RUN_BREAK_OFF);
}

static int act_finish(const struct ef_run_options *options)
{
    return act_cancel(options, EF_RUN_FINISH);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*act)(const struct ef_run_options *options);
    } acts[] = {
        {"twice", act_twice},     {"finish", act_finish},   {"break-off", act_cancel_all},
        {"free", act_free},       {"slow", act_slow},       {"threads", act_threads},
        {"discard", act_discard}, {"refused", act_refused}, {"options", act_options},
        {"copies", act_copies},
    };
    const char *list[] = {argc == 4 ? argv[3] : ""};
    if (argc != 4)
        return 2;
    const struct ef_run_options options = options_for(argv[2], list);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, argv[1]) == 0)
            return acts[i].act(&options);
    return 2;
}
