// SPDX-License-Identifier: MIT
#include "cli/page.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/bench_table.h"
#include "cli/sandbox_choice.h"
#include "cli/stats.h"
#include "run/manifest_lines.h"
#include "run/newest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// ---- the page of a run ----

struct page page_begin(const struct cli *cli, const struct cli_program *program,
                       const struct sandbox *sandbox)
{
    struct page page = {.wanted = cli->report != NULL};
    if (page.wanted)
        page.artist = forkserver_start(program->worker, sandbox);
    return page;
}

static void keep_line(void *context, const char *line)
{
    struct page *page = context;
    if (!kept_add(&page->run.pictures, line, strlen(line)))
        page->incomplete = true;
}

void page_observe(struct page *page, struct run_observer *observer)
{
    if (!page->wanted)
        return;
    observer->line = keep_line;
    observer->line_context = page;
    page->run.started_us = clock_us() + clock_to_epoch_us();
}

static json_t *detectors_of(const struct ef_options *picture)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < picture->detector_count; i++)
        json_array_append_new(list, json_string(ef_detector_name(picture->detectors[i])));
    return list;
}

// What somebody wants to know who compares two pages.
static json_t *options_of(const struct run_options *run, const struct run_result *result)
{
    json_t *options = json_pack("{s:s, s:i, s:i}", "mode", bench_mode_name(run->mode), "limit",
                                (int)result->limit, "workers", (int)result->workers);
    if (options == NULL)
        return NULL;
    if (run->per_host > 0)
        json_object_set_new(options, "per_host", json_integer((json_int_t)run->per_host));
    json_object_set_new(options, "retries", json_integer((json_int_t)run->retries));
    json_object_set_new(options, "detectors", detectors_of(&run->picture));
    return options;
}

int page_write(struct page *page, const struct cli *cli, const struct run_result *result)
{
    char shown[LIMIT_PATH_BYTES];
    if (!page->wanted)
        return 0;
    page->run.name = "";
    page->run.directory = cli->run.discard ? NULL : cli->run.output;
    page->run.stats = stats_of(result);
    page->run.options = options_of(&cli->run, result);
    const struct report report = {
        .path = cli->report, .title = cli->run.output, .runs = &page->run, .run_count = 1};
    const struct report_studio studio = {&cli->run, page->artist};
    if (page->incomplete)
        log_warning("some pictures are not in the report: there was no memory left for them");
    const int status = report_write(&report, &studio);
    if (status == 0 && !cli->quiet)
        log_info("report: %s", text_printable(cli->report, shown, sizeof shown));
    json_decref(page->run.stats);
    json_decref(page->run.options);
    return status;
}

void page_end(struct page *page)
{
    forkserver_stop(page->artist);
    kept_free(&page->run.pictures);
}

// ---- the page of a directory ----

static bool want_all(void *context, const json_t *line, bool *wanted)
{
    (void)context;
    (void)line;
    *wanted = true;
    return true;
}

static bool keep_place(struct kept *kept, int manifest, struct line_place place)
{
    json_t *line = manifest_line_at(manifest, place);
    char *text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
    const bool ok = text != NULL && kept_add(kept, text, strlen(text));
    free(text);
    json_decref(line);
    return ok;
}

// False after a message.
static bool keep_newest(struct kept *kept, int manifest)
{
    struct newest newest = {0};
    bool ok = newest_read(&newest, manifest, want_all, NULL);
    if (ok) {
        const size_t count = newest_choose(&newest);
        for (size_t i = 0; i < count && ok; i++)
            ok = keep_place(kept, manifest, newest_place(&newest, i));
        if (!ok)
            log_error("no memory left for the report");
    }
    newest_free(&newest);
    return ok;
}

static int write_page_of(struct cli *cli, struct forkserver *artist)
{
    struct report_run run = {.name = "", .directory = cli->run.output};
    int directory, manifest;
    if (!manifest_find(cli->run.output, &directory, &manifest))
        return EXIT_SURROUNDINGS;
    close(directory);
    const bool read = keep_newest(&run.pictures, manifest);
    close(manifest);
    const struct report report = {
        .path = cli->report, .title = cli->run.output, .runs = &run, .run_count = 1};
    const struct report_studio studio = {&cli->run, artist};
    const bool written = read && report_write(&report, &studio) == 0;
    kept_free(&run.pictures);
    return written ? EXIT_ALL_DONE : EXIT_SURROUNDINGS;
}

int command_report(struct cli *cli, const struct cli_program *program)
{
    struct sandbox sandbox;
    char shown[LIMIT_PATH_BYTES];
    char *beside = NULL;
    if (cli->argument_count > 1) {
        log_error("report takes one directory: 'edgefetch report DIR'");
        return EXIT_USAGE;
    }
    if (!sandbox_choose(&cli->run, &sandbox))
        return EXIT_SURROUNDINGS;
    cli->run.output = cli->arguments[0];
    if (cli->report == NULL && asprintf(&beside, "%s/report.html", cli->run.output) >= 0)
        cli->report = beside;
    struct forkserver *artist = forkserver_start(program->worker, &sandbox);
    const int code =
        cli->report != NULL && interrupt_catch() ? write_page_of(cli, artist) : EXIT_SURROUNDINGS;
    if (code == EXIT_ALL_DONE && !cli->quiet)
        printf("%s\n", text_printable(cli->report, shown, sizeof shown));
    forkserver_stop(artist);
    free(beside);
    return fflush(stdout) == 0 ? code : EXIT_SURROUNDINGS;
}
