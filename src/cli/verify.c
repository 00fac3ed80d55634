// SPDX-License-Identifier: MIT
// Verifying, and with --repair one or two runs behind it: where an original stands as recorded the
// maps are made from it, and everything else is downloaded again. What was found wrong is not done,
// whatever its size says, so both runs do all of their list.
#include "cli/verify.h"

#include "base/log.h"
#include "cli/child.h"
#include "cli/findings.h"
#include "run/descriptors.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"
#include "run/parameters.h"
#include "run/todo.h"

#include <stdio.h>
#include <unistd.h>

struct repair {
    const struct cli *cli;
    struct todo process, download; // by what has to be done
    uint64_t left;                 // URLs that --stage leaves out
    uint64_t otherwise;            // whose maps other options have made
};

// ---- what is to be done again ----

static bool is_made_so(const struct ef_options *picture, const json_t *entry)
{
    bool same = false;
    for (unsigned i = 0; i < picture->detector_count && !same; i++) {
        json_t *parameters = parameters_of(picture, picture->detectors[i]);
        same = parameters_equal(parameters, entry);
        json_decref(parameters);
    }
    return same;
}

static bool all_are_made_so(const struct ef_options *picture, const json_t *line)
{
    const json_t *edges = json_object_get(line, "edges");
    bool same = true;
    for (size_t i = 0; i < json_array_size(edges) && same; i++)
        same = is_made_so(picture, json_array_get(edges, i));
    return same;
}

static bool add(struct repair *repair, struct todo *todo, const json_t *line)
{
    repair->otherwise += !all_are_made_so(&repair->cli->run.picture, line);
    return (todo->file != NULL || todo_open(todo, repair->cli->run.output)) &&
           todo_add(todo, line, line);
}

static bool on_broken(void *context, const json_t *line, bool original_stands)
{
    struct repair *repair = context;
    const enum run_part part = repair->cli->run.part;
    if (part == (original_stands ? PART_DOWNLOAD : PART_PROCESS)) {
        repair->left++;
        return true;
    }
    const bool process = original_stands && !repair->cli->run.package; // a sample is made in one go
    return add(repair, process ? &repair->process : &repair->download, line);
}

static void on_found(void *context, const struct verify_finding *finding)
{
    const struct repair *repair = context;
    if (finding->problem != VERIFY_UNKNOWN || repair->cli->strict)
        finding_print(finding, repair->cli->json);
}

// ---- doing it ----

// A run as child_run() takes it.
struct list_run {
    const struct cli *cli;
    const struct cli_program *program;
    struct todo *todo;
    enum run_part part;
};

static int run_list(void *context)
{
    static char label[] = "the list of what is to be repaired";
    const struct list_run *run = context;
    struct list_source source;
    struct cli again = *run->cli;
    if (!todo_source(run->todo, label, &source))
        return EXIT_SURROUNDINGS;
    again.run.lists = &source;
    again.run.list_count = 1;
    again.run.part = run->part;
    again.run.force = true;
    return cli_run(&again, run->program);
}

// A run starts threads, behind which there can be no other one in the same process.
static int run_lists(struct repair *repair, const struct cli_program *program)
{
    struct list_run process = {repair->cli, program, &repair->process, PART_PROCESS};
    struct list_run download = {repair->cli, program, &repair->download, repair->cli->run.part};
    if (repair->download.count == 0)
        return run_list(&process);
    if (repair->process.count == 0)
        return run_list(&download);
    const int first = child_run(run_list, &process);
    if (first != EXIT_ALL_DONE && first != EXIT_SOME_FAILED)
        return first;
    const int second = run_list(&download);
    return second == EXIT_ALL_DONE ? first : second;
}

static void say_what_is_done(const struct repair *repair)
{
    const uint64_t unusable = repair->process.unusable + repair->download.unusable;
    log_info("repairing: %llu %s from the original that stands, %llu by downloading again",
             (unsigned long long)repair->process.count, repair->process.count == 1 ? "URL" : "URLs",
             (unsigned long long)repair->download.count);
    if (repair->left > 0)
        log_warning("%llu URLs are left: this --stage cannot repair them",
                    (unsigned long long)repair->left);
    if (unusable > 0)
        log_warning("%llu URLs are left: they cannot be downloaded; 'edgefetch edges' does local "
                    "pictures again",
                    (unsigned long long)unusable);
    if (repair->otherwise > 0)
        log_warning("%llu URLs have maps that were made with other options; what is repaired is "
                    "made with those of this command line",
                    (unsigned long long)repair->otherwise);
}

static bool has_problems(const struct cli *cli, const struct verify_counts *counts)
{
    return counts->problems[VERIFY_MISSING] + counts->problems[VERIFY_DIFFERENT] > 0 ||
           (cli->strict && counts->problems[VERIFY_UNKNOWN] > 0);
}

static int mend(struct repair *repair, const struct cli_program *program,
                const struct verify_counts *counts)
{
    const struct todo *process = &repair->process, *download = &repair->download;
    const bool stays = repair->left + process->unusable + download->unusable > 0 ||
                       (repair->cli->strict && counts->problems[VERIFY_UNKNOWN] > 0);
    int code = EXIT_ALL_DONE;
    say_what_is_done(repair);
    if (process->count + download->count > 0)
        code = run_lists(repair, program);
    return code == EXIT_ALL_DONE && stays ? EXIT_SOME_FAILED : code;
}

static int verify_and_mend(struct repair *repair, const struct cli_program *program)
{
    const struct cli *cli = repair->cli;
    const struct verify_observer observer = {repair, on_found, cli->repair ? on_broken : NULL};
    struct verify_counts counts;
    const bool read = verify(cli->run.output, &observer, &counts);
    if (read && (cli->json || !cli->quiet))
        findings_summary(&counts, cli->json);
    if (fflush(stdout) != 0) {
        log_error("standard output:");
        return EXIT_SURROUNDINGS;
    }
    if (!read)
        return EXIT_SURROUNDINGS;
    if (cli->repair && counts.problems[VERIFY_MISSING] + counts.problems[VERIFY_DIFFERENT] > 0)
        return mend(repair, program, &counts);
    return has_problems(cli, &counts) ? EXIT_SOME_FAILED : EXIT_ALL_DONE;
}

static bool may_repair(const struct cli *cli)
{
    int directory, manifest;
    if (!manifest_find(cli->run.output, &directory, &manifest))
        return false;
    const bool may = manifest_may_grow(manifest, cli->run.output);
    close(manifest);
    close(directory);
    return may;
}

int command_verify(struct cli *cli, const struct cli_program *program)
{
    struct repair repair = {.cli = cli};
    if (cli->argument_count > 1) {
        log_error("verify takes one directory: 'edgefetch verify DIR'");
        return EXIT_USAGE;
    }
    descriptors_raise();
    cli->run.output = cli->arguments[0];
    const int code =
        cli->repair && !may_repair(cli) ? EXIT_SURROUNDINGS : verify_and_mend(&repair, program);
    todo_close(&repair.process);
    todo_close(&repair.download);
    return code;
}
