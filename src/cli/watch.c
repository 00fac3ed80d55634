// SPDX-License-Identifier: MIT
#include "cli/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/block.h"
#include "cli/progress_plain.h"

#include <stdlib.h>
#include <unistd.h>

enum { URL_BYTES = 400 };

// ---- messages ----

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

// ---- progress ----

static bool can_show_block(const struct cli *cli)
{
    const bool shared = cli->json && isatty(STDOUT_FILENO) == 1; // with lines that we do not place
    return !shared && terminal_can_draw();
}

static enum progress_how how_to_show(const struct cli *cli)
{
    if (cli->progress == PROGRESS_JSON)
        return PROGRESS_JSON;
    if (cli->quiet)
        return PROGRESS_NONE;
    if (cli->progress == PROGRESS_AUTO || cli->progress == PROGRESS_BAR)
        return can_show_block(cli) ? PROGRESS_BAR : PROGRESS_PLAIN;
    return cli->progress;
}

static void show_block(struct watch *watch)
{
    const struct block_style style = terminal_style();
    block_lay_out(&watch->progress, &style, watch->block);
    terminal_show(watch->terminal, watch->block, &style);
}

static void on_tick(void *context, const struct pipeline *pipeline)
{
    struct watch *watch = context;
    const int64_t now = clock_us();
    progress_read(&watch->progress, &watch->pace, pipeline, now);
    if (watch->terminal != NULL)
        show_block(watch);
    else if (watch->how == PROGRESS_JSON)
        progress_json(&watch->told, &watch->progress, now, false);
    else
        progress_plain(&watch->progress);
}

static void on_ended(void *context, const struct pipeline *pipeline)
{
    struct watch *watch = context;
    const int64_t now = clock_us();
    if (watch->how == PROGRESS_JSON) {
        progress_read(&watch->progress, &watch->pace, pipeline, now);
        progress_json(&watch->told, &watch->progress, now, true);
    }
    watch_close(watch);
}

// Without memory for a block there are lines.
static void open_block(struct watch *watch)
{
    watch->block = malloc(sizeof *watch->block);
    if (watch->block != NULL)
        watch->terminal = terminal_open();
    if (watch->terminal == NULL)
        watch->how = PROGRESS_PLAIN;
}

struct run_observer watch_open(const struct cli *cli, struct watch *watch)
{
    *watch = (struct watch){.how = how_to_show(cli)};
    pace_begin(&watch->pace, clock_us());
    if (watch->how == PROGRESS_BAR)
        open_block(watch);
    const bool lines = watch->how == PROGRESS_PLAIN;
    // In sync mode there is no second look before the first transfer is over.
    const unsigned first = cli->run.mode == RUN_SYNC ? 0 : EVERY_FRAME_MS;
    return (struct run_observer){
        .context = watch,
        .json = cli->json ? STDOUT_FILENO : -1,
        .trace = -1,
        .first_tick_ms = lines ? EVERY_LINE_FIRST_MS : first,
        .tick_ms = watch->how == PROGRESS_NONE ? 0
                   : lines                     ? EVERY_LINE_MS
                                               : EVERY_FRAME_MS,
        .finished = on_finished,
        .skipped = on_skipped,
        .unchanged = on_unchanged,
        .tick = on_tick,
        .ended = on_ended,
    };
}

void watch_close(struct watch *watch)
{
    terminal_close(watch->terminal);
    free(watch->block);
    progress_free(&watch->progress);
    watch->terminal = NULL;
    watch->block = NULL;
}
