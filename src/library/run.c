// SPDX-License-Identifier: MIT
// include/edgefetch/run.h: starting, telling, cancelling, freeing. What the run's own thread does
// is in thread.c.
#include "library/thread.h"

#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Signals are for the threads of the user; SIGPIPE is for nobody.
static int start_thread(struct ef_run *run)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&run->thread, NULL, thread_main, run);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

// Returns 0, or an errno; then nothing is open.
static int open_and_start(struct ef_run *run)
{
    if (!interrupt_open(&run->interrupt))
        return errno;
    if (!inbox_open(&run->inbox)) {
        const int error = errno;
        interrupt_close(&run->interrupt);
        return error;
    }
    pthread_mutex_init(&run->asking, NULL);
    const int error = start_thread(run);
    if (error != 0) {
        pthread_mutex_destroy(&run->asking);
        inbox_free(&run->inbox);
        interrupt_close(&run->interrupt);
    }
    return error;
}

struct ef_run *ef_run_start(const struct ef_run_options *options,
                            const struct ef_run_callbacks *callbacks, void *context,
                            struct ef_run_error *error)
{
    struct ef_run *run = calloc(1, sizeof *run);
    error->text[0] = '\0';
    if (run == NULL) {
        snprintf(error->text, sizeof error->text, "no memory left to begin");
        return NULL;
    }
    run->callbacks = *callbacks;
    run->context = context;
    run->end = news_with_room(NEWS_END, EF_RUN_ERROR_BYTES);
    if (run->end == NULL)
        snprintf(error->text, sizeof error->text, "no memory left to begin");
    else if (order_take(&run->order, options, error)) {
        run->order.run.interrupt = &run->interrupt;
        const int failed = open_and_start(run);
        if (failed == 0)
            return run;
        snprintf(error->text, sizeof error->text, "the run's thread cannot be started: %s",
                 strerror(failed));
    }
    order_free(&run->order);
    free(run->end);
    free(run);
    return NULL;
}

int ef_run_descriptor(const struct ef_run *run)
{
    return run->inbox.descriptor;
}

// ---- telling ----

static void tell(const struct ef_run *run, struct news *news)
{
    const struct ef_run_callbacks *callbacks = &run->callbacks;
    switch (news->kind) {
    case NEWS_RESULT:
        if (callbacks->finished != NULL)
            callbacks->finished(run->context, &news->result);
        break;
    case NEWS_MESSAGE:
        if (callbacks->message != NULL)
            callbacks->message(run->context, news->severity, news->text);
        break;
    case NEWS_END:
        news->summary.message = news->text;
        if (callbacks->ended != NULL)
            callbacks->ended(run->context, &news->summary);
        break;
    }
}

bool ef_run_dispatch(struct ef_run *run)
{
    for (unsigned i = 0; i < LIMIT_DISPATCHED; i++) {
        bool has_room;
        struct news *news = inbox_take(&run->inbox, &has_room);
        if (has_room)
            interrupt_wake(&run->interrupt);
        if (news == NULL)
            return true;
        const bool ended = news->kind == NEWS_END;
        tell(run, news); // which may free the run when it has ended
        free(news);
        if (ended)
            return false;
    }
    return true;
}

// ---- ending ----

// A third request would end the process, as it ends the program.
static void ask_to_end(struct ef_run *run, unsigned requests)
{
    pthread_mutex_lock(&run->asking);
    while (interrupt_count(&run->interrupt) < requests)
        interrupt_raise(&run->interrupt);
    pthread_mutex_unlock(&run->asking);
}

void ef_run_cancel(struct ef_run *run, enum ef_run_how how)
{
    ask_to_end(run, how == EF_RUN_FINISH ? 1 : 2);
}

void ef_run_free(struct ef_run *run)
{
    if (run == NULL)
        return;
    inbox_close(&run->inbox);
    ask_to_end(run, 2);
    pthread_join(run->thread, NULL);
    pthread_mutex_destroy(&run->asking);
    inbox_free(&run->inbox);
    interrupt_close(&run->interrupt);
    order_free(&run->order);
    free(run);
}

// ---- all of it ----

// The user's callbacks, and what ef_run() wants to know itself.
struct waiting {
    const struct ef_run_callbacks *callbacks;
    void *context;
    struct ef_run_error *error;
    enum ef_run_end end;
};

static void on_finished(void *context, const struct ef_run_result *result)
{
    const struct waiting *waiting = context;
    if (waiting->callbacks->finished != NULL)
        waiting->callbacks->finished(waiting->context, result);
}

static void on_message(void *context, enum ef_run_kind kind, const char *text)
{
    const struct waiting *waiting = context;
    if (waiting->callbacks->message != NULL)
        waiting->callbacks->message(waiting->context, kind, text);
}

static void on_ended(void *context, const struct ef_run_summary *summary)
{
    struct waiting *waiting = context;
    waiting->end = summary->end;
    snprintf(waiting->error->text, sizeof waiting->error->text, "%s", summary->message);
    if (waiting->callbacks->ended != NULL)
        waiting->callbacks->ended(waiting->context, summary);
}

enum ef_run_end ef_run(const struct ef_run_options *options,
                       const struct ef_run_callbacks *callbacks, void *context,
                       struct ef_run_error *error)
{
    static const struct ef_run_callbacks own = {on_finished, on_message, on_ended};
    struct waiting waiting = {callbacks, context, error, EF_RUN_NOT_BEGUN};
    struct ef_run *run = ef_run_start(options, &own, &waiting, error);
    if (run == NULL)
        return EF_RUN_NOT_BEGUN;
    struct pollfd polled = {.fd = ef_run_descriptor(run), .events = POLLIN};
    do {
        poll(&polled, 1, -1);
    } while (ef_run_dispatch(run));
    ef_run_free(run);
    return waiting.end;
}
