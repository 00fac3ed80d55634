// SPDX-License-Identifier: MIT
#include "cli/bench.h"

#include "base/log.h"
#include "cli/bench_page.h"
#include "cli/bench_run.h"
#include "cli/bench_table.h"
#include "cli/simulate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Everything of one bench.
struct bench {
    const struct cli *cli; // as the runs get it
    const struct cli_program *program;
    char scratch[128];
    struct bench_way *ways;
    size_t count;
    json_t *failures; // URL: in how many runs
    unsigned runs;    // made, the warm-up included
};

struct bench_options bench_default_options(void)
{
    return (struct bench_options){
        .modes = {RUN_SYNC, RUN_THREADS, RUN_ASYNC},
        .mode_count = 3,
        .limits = {1, 4, 16},
        .limit_count = 3,
        .runs = 3,
        .simulation = {.images = 12, .width = 1920, .height = 1080, .latency_s = 1},
    };
}

// ---- the ways ----

static bool add_way(struct bench *bench, enum run_mode mode, unsigned limit, unsigned workers)
{
    const unsigned runs = bench->cli->bench.runs;
    struct bench_way *way = &bench->ways[bench->count];
    *way = (struct bench_way){.mode = mode, .limit = limit, .workers = workers};
    way->samples = calloc(runs, sizeof *way->samples);
    if (way->samples == NULL)
        return false;
    bench->count++;
    return true;
}

// sync has one way, whatever the limits.
static bool make_ways(struct bench *bench)
{
    const struct bench_options *options = &bench->cli->bench;
    const unsigned worker_count = options->worker_count > 0 ? options->worker_count : 1;
    bool good = true;
    bench->ways =
        calloc((size_t)RUN_MODE_COUNT * BENCH_VALUES_MAX * BENCH_VALUES_MAX, sizeof *bench->ways);
    for (unsigned m = 0; m < options->mode_count && bench->ways != NULL; m++) {
        if (options->modes[m] == RUN_SYNC) {
            good = good && add_way(bench, RUN_SYNC, 1, 1);
            continue;
        }
        for (unsigned l = 0; l < options->limit_count; l++)
            for (unsigned w = 0; w < worker_count; w++)
                good = good && add_way(bench, options->modes[m], options->limits[l],
                                       options->worker_count > 0 ? options->workers[w]
                                                                 : bench->cli->run.workers);
    }
    return good && bench->ways != NULL;
}

// ---- the runs ----

static void show_progress(const struct bench *bench, const struct bench_way *way, unsigned round)
{
    if (bench->cli->quiet)
        return;
    char what[24] = "warm-up";
    if (round > 0)
        snprintf(what, sizeof what, "run %u of %u", round, bench->cli->bench.runs);
    log_info("%s: %s, limit %u, %u worker%s", what, bench_mode_name(way->mode), way->limit,
             way->workers, way->workers == 1 ? "" : "s");
}

static int make_run(struct bench *bench, struct bench_way *way, unsigned round)
{
    struct bench_sample sample = {0};
    show_progress(bench, way, round);
    const int code =
        bench_run(bench->cli, bench->program, way, bench->scratch, bench->failures, &sample);
    if (code != EXIT_ALL_DONE && code != EXIT_SOME_FAILED) {
        log_error("a run ended with exit code %d; the bench cannot go on", code);
        return code;
    }
    bench->runs++;
    if (round > 0)
        way->samples[way->sample_count++] = sample;
    return EXIT_ALL_DONE;
}

// A warm-up of the last way, then the ways in turn, beginning with another one in every round, so
// that none always comes first or behind the same one.
static int make_runs(struct bench *bench)
{
    int code = make_run(bench, &bench->ways[bench->count - 1], 0);
    for (unsigned round = 1; round <= bench->cli->bench.runs && code == EXIT_ALL_DONE; round++)
        for (size_t i = 0; i < bench->count && code == EXIT_ALL_DONE; i++)
            code = make_run(bench, &bench->ways[(i + round - 1) % bench->count], round);
    return code;
}

// URLs that failed in some runs and not in others: what was measured is not comparable.
static int compare_failures(const struct bench *bench)
{
    const char *url;
    json_t *count;
    int code = EXIT_ALL_DONE;
    json_object_foreach(bench->failures, url, count)
    {
        const unsigned failed = (unsigned)json_integer_value(count);
        if (failed == bench->runs)
            continue;
        log_error("%s failed in %u of %u runs", url, failed, bench->runs);
        code = EXIT_SOME_FAILED;
    }
    return code;
}

static int report(const struct bench *bench)
{
    const struct bench_options *options = &bench->cli->bench;
    bench_print(stdout, bench->ways, bench->count);
    if (options->json != NULL && bench_write_json(options->json, bench->ways, bench->count) != 0)
        return EXIT_SURROUNDINGS;
    if (options->csv != NULL && bench_write_csv(options->csv, bench->ways, bench->count) != 0)
        return EXIT_SURROUNDINGS;
    if (bench->cli->report != NULL &&
        bench_page_write(bench->cli->report, bench->ways, bench->count) != 0)
        return EXIT_SURROUNDINGS;
    if (fflush(stdout) != 0) {
        log_error("standard output:");
        return EXIT_SURROUNDINGS;
    }
    return compare_failures(bench);
}

static int run_bench(struct bench *bench)
{
    int code = EXIT_SURROUNDINGS;
    bench->failures = json_object();
    if (bench->failures == NULL || !make_ways(bench))
        log_error("no memory left for a bench");
    else if ((code = make_runs(bench)) == EXIT_ALL_DONE)
        code = report(bench);
    for (size_t i = 0; i < bench->count; i++) {
        free(bench->ways[i].samples);
        bench_page_free(&bench->ways[i]);
    }
    free(bench->ways);
    json_decref(bench->failures);
    return code;
}

// ---- the list ----

static int bench_simulated(struct bench *bench, struct cli *cli)
{
    struct simulated simulated;
    if (simulate_start(cli, bench->program, bench->scratch, &simulated) != 0)
        return EXIT_SURROUNDINGS;
    cli->run.connect_to = simulated.connect_to;
    cli->run.allow_private = true;
    cli->run.proxy = ""; // whatever the environment says
    cli->arguments = &simulated.list;
    cli->argument_count = 1;
    const int code = run_bench(bench);
    simulate_stop(&simulated);
    return code;
}

static bool reads_standard_input(const struct cli *cli)
{
    for (size_t i = 0; i < cli->argument_count; i++)
        if (strcmp(cli->arguments[i], "-") == 0)
            return true;
    return false;
}

int command_bench(struct cli *cli, const struct cli_program *program)
{
    struct bench bench = {.cli = cli, .program = program};
    const char *temporary = getenv("TMPDIR");
    if (reads_standard_input(cli)) {
        log_error("a bench reads its list again and again: name a file instead of '-'");
        return EXIT_USAGE;
    }
    snprintf(bench.scratch, sizeof bench.scratch, "%.80s/edgefetch-bench-XXXXXX",
             temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (mkdtemp(bench.scratch) == NULL) {
        log_error("no scratch folder can be made as %s:", bench.scratch);
        return EXIT_SURROUNDINGS;
    }
    signal(SIGINT, SIG_IGN); // the run in hand gets it too, and its exit code says so
    const int code = cli->argument_count > 0 ? run_bench(&bench) : bench_simulated(&bench, cli);
    remove_tree(bench.scratch);
    return code;
}
