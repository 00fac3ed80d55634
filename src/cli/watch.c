// SPDX-License-Identifier: MIT
#include "cli/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <stdio.h>
#include <unistd.h>

enum { TICK_TERMINAL_MS = 1000, TICK_PLAIN_MS = 5000, URL_BYTES = 400 };

static void show_failure(struct watch *watch, const struct job *job, const char *url)
{
    if (job->status == EF_CANCELLED) {
        log_verbose("cancelled  %s", url);
        return;
    }
    if (watch->failures_shown == LIMIT_FAILURE_LINES && log_level() < LOG_VERBOSE) {
        log_info("more failures are only in the manifest; -v shows all");
        watch->failures_shown++;
    }
    if (watch->failures_shown > LIMIT_FAILURE_LINES && log_level() < LOG_VERBOSE)
        return;
    watch->failures_shown++;
    const char *message = job->message[0] != '\0' ? job->message : ef_status_sentence(job->status);
    log_info("failed     %s: %s [%s]", url, message, ef_status_name(job->status));
}

static const char *path_of(const struct job *job)
{
    return job->edges[0].path != NULL   ? job->edges[0].path
           : job->original.path != NULL ? job->original.path
                                        : "discarded";
}

static void on_finished(void *context, const struct job *job)
{
    char url[URL_BYTES];
    text_printable(job->url.shown, url, sizeof url);
    if (job->status != EF_OK)
        show_failure(context, job, url);
    else
        log_verbose("ok         %s: %ux%u %s, %s", url, (unsigned)job->answer.result.width,
                    (unsigned)job->answer.result.height, ef_type_name(job->answer.result.type),
                    path_of(job));
}

static void on_skipped(void *context, const char *url)
{
    char shown[URL_BYTES];
    (void)context;
    log_verbose("done before %s", text_printable(url, shown, sizeof shown));
}

static void on_unchanged(void *context, const char *url)
{
    char shown[URL_BYTES];
    (void)context;
    log_verbose("unchanged  %s", text_printable(url, shown, sizeof shown));
}

static void on_tick(void *context, const struct pipeline *pipeline)
{
    const struct watch *watch = context;
    const struct tally *tally = &pipeline->tally;
    const uint64_t done = tally->ok + tally->failed + tally->skipped + tally->cancelled;
    const double seconds = (double)(clock_us() - watch->started_us) / 1e6;
    log_info("%llu of %llu%s done, %llu ok, %llu failed; %llu of %llu downloads, %u of %u workers, "
             "%.1f MiB held; %.1f/s",
             (unsigned long long)done, (unsigned long long)pipeline->ledger.distinct,
             pipeline->list_ended ? "" : "+", (unsigned long long)tally->ok,
             (unsigned long long)tally->failed, (unsigned long long)pipeline->transfers.held,
             (unsigned long long)pipeline->transfers.limit, pipeline->processing,
             pipeline->options->workers, (double)pipeline->budget.bytes.held / 1048576.0,
             (double)done / seconds);
}

struct run_observer watch_observer(const struct cli *cli, struct watch *watch)
{
    const bool terminal = isatty(STDERR_FILENO) == 1;
    *watch = (struct watch){.started_us = clock_us()};
    return (struct run_observer){
        .context = watch,
        .json = cli->json ? STDOUT_FILENO : -1,
        .trace = -1,
        .tick_ms = cli->progress == PROGRESS_NONE || cli->quiet ? 0
                   : terminal                                   ? TICK_TERMINAL_MS
                                                                : TICK_PLAIN_MS,
        .finished = on_finished,
        .skipped = on_skipped,
        .unchanged = on_unchanged,
        .tick = on_tick,
    };
}
