// SPDX-License-Identifier: MIT
#include "cli/merge.h"

#include "base/interrupt.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/merge_told.h"
#include "cli/sandbox_choice.h"
#include "cli/stats.h"
#include "report/report.h"

#include <signal.h>
#include <stdio.h>

struct merging {
    const struct cli *cli;
    struct merge_sources sources;
    struct merge_told told;
    struct report_run page; // only with --report
};

// ---- what comes of the lines ----

static bool take_line(void *context, const char *text, size_t length, const json_t *line)
{
    struct merging *merging = context;
    recount_line(&merging->told.recount, line);
    if (merging->cli->json && fwrite(text, 1, length, stdout) != length) {
        log_error("standard output:");
        return false;
    }
    if (merging->cli->report == NULL || kept_add(&merging->page.pictures, text, length))
        return true;
    log_error("no memory left for the report");
    return false;
}

static void note_incomplete(void *context, const struct merge_source *source, const char *why)
{
    char shown[LIMIT_PATH_BYTES];
    struct merging *merging = context;
    json_t *numbers = merging->told.incomplete;
    json_array_append_new(numbers, json_integer(source->shard.number));
    const size_t count = json_array_size(numbers);
    if (count <= LIMIT_FAILURE_LINES || merging->cli->verbose)
        log_warning("%s is incomplete: %s", text_printable(source->path, shown, sizeof shown), why);
    else if (count == LIMIT_FAILURE_LINES + 1)
        log_warning("more shards are incomplete; see the summary, or use -v");
}

static void say_misplaced(const struct merge_counts *counts)
{
    if (counts->misplaced > 0)
        log_warning("%llu URLs stand in shards that they do not belong to, and may be in the "
                    "manifest twice: was something else run into these directories?",
                    (unsigned long long)counts->misplaced);
}

// ---- telling ----

static bool tell(const struct merging *merging)
{
    const struct cli *cli = merging->cli;
    bool ok = true;
    say_misplaced(&merging->told.counts);
    if (!cli->quiet)
        merge_print(cli->json ? stderr : stdout, &merging->told);
    if (fflush(stdout) != 0) {
        log_error("standard output:");
        return false;
    }
    if (cli->stats != NULL) {
        json_t *stats = merge_stats(&merging->told);
        ok = stats_dump(stats, cli->stats) == 0;
        json_decref(stats);
    }
    return ok;
}

static bool write_page(struct merging *merging, struct forkserver *artist)
{
    char shown[LIMIT_PATH_BYTES];
    const struct cli *cli = merging->cli;
    if (cli->report == NULL)
        return true;
    merging->page.name = "";
    merging->page.directory = merging->sources.directory;
    const struct report report = {.path = cli->report,
                                  .title = merging->sources.directory,
                                  .runs = &merging->page,
                                  .run_count = 1};
    const struct report_studio studio = {&cli->run, artist};
    const bool ok = report_write(&report, &studio) == 0;
    if (ok && !cli->quiet)
        log_info("report: %s", text_printable(cli->report, shown, sizeof shown));
    return ok;
}

static int code_of(const struct merge_told *told)
{
    const struct tally *tally = &told->recount.tally;
    const bool lacks = tally->failed + tally->cancelled > 0 ||
                       json_array_size(told->missing) + json_array_size(told->incomplete) > 0;
    return lacks ? EXIT_SOME_FAILED : EXIT_ALL_DONE;
}

// ---- doing it ----

static enum merge_result merge(struct merging *merging)
{
    struct merge_told *told = &merging->told;
    const struct merge_observer observer = {merging, take_line, note_incomplete};
    const enum merge_result found =
        merge_sources_find(&merging->sources, merging->cli->arguments, merging->cli->argument_count,
                           merging->cli->merged);
    if (found != MERGE_DONE)
        return found;
    told->sources = &merging->sources;
    told->missing = merge_missing(&merging->sources);
    told->incomplete = json_array();
    return merge_write(&merging->sources, &observer, &told->counts);
}

static int merge_and_tell(struct merging *merging, struct forkserver *artist)
{
    switch (merge(merging)) {
    case MERGE_DONE:
        break;
    case MERGE_REFUSED:
        return EXIT_USAGE;
    case MERGE_FAILED:
        return EXIT_SURROUNDINGS;
    case MERGE_INTERRUPTED:
        log_info("stopped; nothing was merged");
        return EXIT_INTERRUPTED;
    }
    return tell(merging) && write_page(merging, artist) ? code_of(&merging->told)
                                                        : EXIT_SURROUNDINGS;
}

int command_merge(struct cli *cli, const struct cli_program *program)
{
    struct sandbox sandbox;
    struct merging merging = {.cli = cli};
    struct forkserver *artist = NULL;
    signal(SIGPIPE, SIG_IGN); // a reader that leaves is an error of that write
    if (!sandbox_choose(&cli->run, &sandbox))
        return EXIT_SURROUNDINGS;
    if (cli->report != NULL)
        artist = forkserver_start(program->worker, &sandbox);
    const int code = interrupt_catch() ? merge_and_tell(&merging, artist) : EXIT_SURROUNDINGS;
    forkserver_stop(artist);
    json_decref(merging.told.missing);
    json_decref(merging.told.incomplete);
    kept_free(&merging.page.pictures);
    merge_sources_free(&merging.sources);
    return code;
}
