// SPDX-License-Identifier: MIT
// run, edges, demo and serve: the order in which processes, lists and the run begin and end.
#include "cli/cli.h"
#include "cli/lists.h"
#include "cli/pictures.h"
#include "cli/retry.h"
#include "cli/samples.h"
#include "cli/sandbox_choice.h"
#include "cli/stats.h"
#include "cli/summary.h"
#include "cli/usage.h"
#include "cli/verify.h"
#include "cli/watch.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "origin/origin.h"
#include "run/descriptors.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int exit_code_of(const struct run_result *result)
{
    if (interrupt_count() > 0) // also by a signal that came behind the run
        return EXIT_INTERRUPTED;
    if (result->surroundings || result->trace_failed)
        return EXIT_SURROUNDINGS;
    if (result->gave_up)
        return EXIT_GAVE_UP;
    return result->tally.failed + result->tally.cancelled > 0 ? EXIT_SOME_FAILED : EXIT_ALL_DONE;
}

// False after a message. The descriptor is -1 when no trace is wanted.
static bool open_trace(const char *path, int *descriptor)
{
    char shown[LIMIT_PATH_BYTES];
    *descriptor = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (path == NULL || *descriptor >= 0)
        return true;
    log_error("%s cannot be written:", text_printable(path, shown, sizeof shown));
    return false;
}

static int after_run(const struct cli *cli, const struct run_result *result)
{
    if (cli->stats != NULL && stats_write(result, cli->stats) != 0)
        return EXIT_SURROUNDINGS;
    if (!cli->quiet) {
        summary_print(cli->json ? stderr : stdout, result);
        if (fflush(stdout) != 0) {
            log_error("standard output:");
            return EXIT_SURROUNDINGS;
        }
    }
    return exit_code_of(result);
}

// The fork server comes first of all: it must be forked before curl, the loop or any thread exists.
int cli_run(const struct cli *cli, const struct cli_program *program)
{
    struct sandbox sandbox;
    const struct usage before = usage_now();
    signal(SIGCHLD, SIG_DFL); // some parents leave it ignored, and the fork server is waited for
    if (!sandbox_choose(&cli->run, &sandbox))
        return EXIT_SURROUNDINGS;
    struct forkserver *forkserver = forkserver_start(program->worker, &sandbox);
    struct watch watch;
    struct run_result result;
    int trace;
    if (forkserver == NULL) {
        log_error("the fork server cannot be started:");
        return EXIT_SURROUNDINGS;
    }
    if (!interrupt_catch()) {
        log_error("signals cannot be caught:");
        forkserver_stop(forkserver);
        return EXIT_SURROUNDINGS;
    }
    log_never_wait();
    signal(SIGXFSZ, SIG_IGN); // and a limit on file sizes
    signal(SIGPIPE, SIG_IGN); // a reader that leaves is an error of that write
    if (!open_trace(cli->trace, &trace)) {
        forkserver_stop(forkserver);
        return EXIT_SURROUNDINGS;
    }
    struct run_observer observer = watch_observer(cli, &watch);
    observer.trace = trace;
    observer.sample = cli->trace_sample;
    const int begun = engine_run(&cli->run, forkserver, &observer, &result);
    interrupt_may_exit();
    const struct forkserver_usage workers = forkserver_stop(forkserver);
    usage_note(&before, &workers, &result);
    result.sandbox = sandbox.walls;
    if (trace >= 0)
        close(trace);
    if (begun != 0 && interrupt_count() > 0) {
        log_info("stopped before anything was begun");
        return EXIT_INTERRUPTED;
    }
    if (begun != 0)
        return EXIT_SURROUNDINGS;
    return after_run(cli, &result);
}

static int command_run(struct cli *cli, const struct cli_program *program)
{
    descriptors_raise();
    if (lists_open(cli->arguments, cli->argument_count, &cli->run) != 0)
        return EXIT_USAGE;
    const int code = cli_run(cli, program);
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
    const int code = cli_run(cli, program);
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
        cli_print_help(cli->command);
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
    }
    return EXIT_USAGE;
}
