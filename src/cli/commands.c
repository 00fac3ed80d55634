// SPDX-License-Identifier: MIT
// run, edges, demo and serve: what stands before and behind the run itself; and which command is
// which.
#include "cli/cli.h"
#include "cli/dry_run.h"
#include "cli/lists.h"
#include "cli/merge.h"
#include "cli/page.h"
#include "cli/pictures.h"
#include "cli/retry.h"
#include "cli/samples.h"
#include "cli/shards.h"
#include "cli/verify.h"

#include "base/log.h"
#include "origin/origin.h"
#include "run/descriptors.h"

#include <stdio.h>
#include <stdlib.h>

static int command_run(struct cli *cli, const struct cli_program *program)
{
    char *directory;
    descriptors_raise();
    if (lists_open(cli->arguments, cli->argument_count, &cli->run) != 0)
        return EXIT_USAGE;
    int code = EXIT_SURROUNDINGS;
    if (shard_directory(&cli->run, &directory))
        code = cli->dry_run ? dry_run(cli) : cli_run(cli, program);
    free(directory);
    lists_close(&cli->run);
    return code;
}

static int command_edges(struct cli *cli, const struct cli_program *program)
{
    descriptors_raise();
    if (pictures_find(cli->arguments, cli->argument_count, &cli->run) != 0)
        return EXIT_USAGE;
    cli->run.local = true;
    cli->run.no_originals = true; // they are where they are
    const int code = cli->dry_run ? dry_run(cli) : cli_run(cli, program);
    pictures_free(&cli->run);
    return code;
}

static struct origin_options origin_options(const struct cli *cli, const char *directory)
{
    return (struct origin_options){
        .directory = directory,
        .port = (uint16_t)cli->port,
        .latency_s = cli->latency,
        .rate_bytes_per_s = cli->rate,
        .max_parallel = cli->parallel,
    };
}

// The pictures have the same URLs, and so the same names, whatever port the system has chosen: the
// host is one that exists nowhere, and is connected to the origin.
static int run_on_origin(struct cli *cli, const struct cli_program *program, struct origin *origin)
{
    char connect_to[32];
    snprintf(connect_to, sizeof connect_to, "::127.0.0.1:%u", (unsigned)origin_port(origin));
    cli->run.connect_to = connect_to;
    cli->run.allow_private = true;
    cli->run.proxy = ""; // whatever the environment says
    cli->run.force = true;
    return cli_run(cli, program);
}

static int command_demo(struct cli *cli, const struct cli_program *program)
{
    descriptors_raise();
    struct samples samples;
    struct origin_report report = {0};
    if (cli->argument_count > 0) {
        log_error("demo takes no list; 'edgefetch LIST' does");
        return EXIT_USAGE;
    }
    if (samples_find(&samples, cli->samples, "http://edgefetch.localhost/") != 0)
        return EXIT_SURROUNDINGS;
    const struct origin_options options = origin_options(cli, samples.directory);
    struct origin *origin = origin_start(&options);
    int code = EXIT_SURROUNDINGS;
    if (origin != NULL) {
        cli->run.lists = samples.sources;
        cli->run.list_count = samples.count;
        code = run_on_origin(cli, program, origin);
        if (origin_stop(origin, &report) == 0)
            log_info("the server answered %llu requests, at most %u at once",
                     (unsigned long long)report.requests, report.most_at_once);
    }
    samples_free(&samples);
    return code;
}

static int command_serve(const struct cli *cli)
{
    if (cli->argument_count > 1) {
        log_error("serve takes one directory");
        return EXIT_USAGE;
    }
    const struct origin_options options = origin_options(cli, cli->arguments[0]);
    return origin_serve(&options, stdout) == 0 ? EXIT_ALL_DONE : EXIT_SURROUNDINGS;
}

int cli_execute(struct cli *cli, const struct cli_program *program)
{
    if (cli->quiet)
        log_set_level(LOG_QUIET);
    else if (cli->verbose)
        log_set_level(LOG_VERBOSE);
    if (cli->help) {
        cli_print_help(cli);
        return EXIT_ALL_DONE;
    }
    if (cli->version) {
        cli_print_version(program->codecs);
        return EXIT_ALL_DONE;
    }
    switch (cli->command) {
    case COMMAND_RUN:
        return command_run(cli, program);
    case COMMAND_DEMO:
        return command_demo(cli, program);
    case COMMAND_SERVE:
        return command_serve(cli);
    case COMMAND_EDGES:
        return command_edges(cli, program);
    case COMMAND_BENCH:
        return command_bench(cli, program);
    case COMMAND_RETRY:
        return command_retry(cli, program);
    case COMMAND_VERIFY:
        return command_verify(cli, program);
    case COMMAND_REPORT:
        return command_report(cli, program);
    case COMMAND_MERGE:
        return command_merge(cli, program);
    }
    return EXIT_USAGE;
}
