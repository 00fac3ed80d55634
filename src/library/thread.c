// SPDX-License-Identifier: MIT
// One run from its lists to its summary, in a thread of its own: the library's counterpart of
// cli/run.c. It may wait, for nobody waits for it.
#include "library/thread.h"

#include "library/result.h"
#include "library/worker_path.h"
#include "proc/launch.h"
#include "run/engine.h"

#include <locale.h>
#include <stdio.h>

// ---- what is told ----

// May come from libuv's threads, too, but what stops a run never does.
static void on_message(void *context, enum log_kind kind, const char *message)
{
    static const enum ef_run_kind kinds[] = {[LOG_ERROR] = EF_RUN_ERROR,
                                             [LOG_WARNING] = EF_RUN_WARNING,
                                             [LOG_INFO] = EF_RUN_INFO,
                                             [LOG_DETAIL] = EF_RUN_DETAIL};
    struct ef_run *run = context;
    struct news *news = news_text(NEWS_MESSAGE, message);
    if (kind == LOG_ERROR && run->failure[0] == '\0')
        snprintf(run->failure, sizeof run->failure, "%s", message);
    if (news == NULL)
        return;
    news->severity = kinds[kind];
    inbox_put(&run->inbox, news);
}

static void on_finished(void *context, const struct job *job)
{
    struct ef_run *run = context;
    inbox_put(&run->inbox, job->unchanged ? news_of_done(job->url.shown)
                                          : news_of_job(job, &run->order.run.picture));
}

static void on_done_before(void *context, const char *url)
{
    struct ef_run *run = context;
    inbox_put(&run->inbox, news_of_done(url));
}

static bool may_read(void *context)
{
    struct ef_run *run = context;
    return inbox_has_room(&run->inbox);
}

// ---- workers ----

static bool can_write_all(const struct ef_options *picture, unsigned formats)
{
    const enum ef_format wanted[] = {picture->format, picture->resized_format};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if ((unsigned)wanted[i] < EF_FORMAT_COUNT && (formats & 1u << wanted[i]) != 0)
            continue;
        log_error("%s cannot be written: the worker program has no library for it",
                  ef_format_name(wanted[i]));
        return false;
    }
    return true;
}

static bool sandbox_is_enough(enum sandbox_level level, const struct launch_answer *workers)
{
    char missing[SANDBOX_NAMES_BYTES], walls[SANDBOX_NAMES_BYTES];
    sandbox_names(workers->missing, missing);
    sandbox_names(workers->walls, walls);
    if (workers->missing == 0) {
        log_verbose("sandbox: %s", walls);
        return true;
    }
    if (level == SANDBOX_FULL)
        log_error("the sandbox cannot be had in full: this build or this system lacks %s", missing);
    else
        log_warning("the sandbox of the worker processes is without %s; in force: %s", missing,
                    walls);
    return level != SANDBOX_FULL;
}

// NULL after a message.
static struct forkserver *start_workers(const struct order *order)
{
    char path[LIMIT_PATH_BYTES], why[LIMIT_MESSAGE_BYTES];
    const struct run_options *options = &order->run;
    const struct launch_order launched = {.level = options->sandbox,
                                          .max_pixels = options->picture.max_pixels,
                                          .job_seconds = run_job_seconds(options),
                                          .cpu_seconds = LIMIT_WORKER_CPU_S};
    struct launch_answer workers;
    const char *program =
        order->worker_program != NULL ? order->worker_program : worker_path(path, sizeof path);
    struct forkserver *forkserver = launch(program, &launched, &workers, why, sizeof why);
    if (forkserver == NULL) {
        log_error("%s; install it, or name it with the option worker_program", why);
        return NULL;
    }
    if (can_write_all(&options->picture, workers.formats) &&
        sandbox_is_enough(options->sandbox, &workers))
        return forkserver;
    forkserver_stop(forkserver);
    return NULL;
}

// ---- the run ----

// Returns engine_run()'s 0 or -1, also when it came not so far.
static int do_run(struct ef_run *run, struct run_result *result)
{
    const struct run_observer observer = {.context = run,
                                          .json = -1,
                                          .trace = -1,
                                          .finished = on_finished,
                                          .skipped = on_done_before,
                                          .unchanged = on_done_before,
                                          .may_read = may_read};
    int begun = -1;
    if (order_open_lists(&run->order)) {
        struct forkserver *forkserver = start_workers(&run->order);
        if (forkserver != NULL)
            begun = engine_run(&run->order.run, forkserver, &observer, result);
        forkserver_stop(forkserver);
    }
    order_close_lists(&run->order);
    return begun;
}

static enum ef_run_end end_of(const struct ef_run *run, int begun, const struct run_result *result)
{
    const bool cancelled = interrupt_count(&run->interrupt) > 0;
    if (begun != 0)
        return cancelled && run->failure[0] == '\0' ? EF_RUN_CANCELLED : EF_RUN_NOT_BEGUN;
    if (result->surroundings)
        return EF_RUN_BROKEN;
    return result->interrupted ? EF_RUN_CANCELLED
           : result->gave_up   ? EF_RUN_GAVE_UP
                               : EF_RUN_COMPLETE;
}

static void tell_end(struct ef_run *run, enum ef_run_end end, const struct run_result *result,
                     struct news *news)
{
    const struct tally *tally = &result->tally;
    news->summary = (struct ef_run_summary){
        .end = end,
        .distinct = tally->distinct,
        .duplicates = tally->duplicates,
        .ok = tally->ok,
        .failed = tally->failed,
        .skipped = tally->skipped,
        .cancelled = tally->cancelled,
        .untold = run->inbox.untold,
        .bytes_in = tally->bytes_in,
        .bytes_out = tally->bytes_out,
        .us = tally->ended_us - tally->started_us,
    };
    if (end == EF_RUN_BROKEN || end == EF_RUN_NOT_BEGUN)
        snprintf(news->text, EF_RUN_ERROR_BYTES, "%s", run->failure);
    inbox_put(&run->inbox, news);
}

void *thread_main(void *context)
{
    struct ef_run *run = context;
    const struct log_sink sink = {on_message, run, run->order.level};
    struct run_result result = {0};
    // So that non-ASCII host names work and numbers have a point, whatever locale the process has.
    const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 != (locale_t)0)
        uselocale(utf8);
    log_use(&sink);
    const int begun = do_run(run, &result);
    log_use(NULL);
    if (utf8 != (locale_t)0) {
        uselocale(LC_GLOBAL_LOCALE);
        freelocale(utf8);
    }
    tell_end(run, end_of(run, begun, &result), &result, run->end);
    return NULL;
}
