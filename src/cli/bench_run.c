// SPDX-License-Identifier: MIT
#include "cli/bench_run.h"

#include "base/log.h"
#include "cli/bench_page.h"
#include "run/manifest.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

void remove_tree(const char *path)
{
    enum { DESCRIPTORS = 16 };
    nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

// In the child: the run, as the command line would have asked for it.
static int run_this_way(struct cli cli, const struct cli_program *program,
                        const struct bench_way *way, const char *output, const char *stats)
{
    cli.command = COMMAND_RUN;
    cli.run.mode = way->mode;
    cli.run.limit = way->limit;
    cli.run.workers = way->workers;
    cli.run.output = output;
    cli.stats = stats;
    cli.report = NULL; // that of the bench
    cli.quiet = true;
    return cli_execute(&cli, program);
}

static int wait_for(pid_t child, struct rusage *usage)
{
    int status;
    while (wait4(child, &status, 0, usage) < 0)
        if (errno != EINTR)
            return EXIT_SURROUNDINGS;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SURROUNDINGS;
}

static void count_failures(const char *output, json_t *failures)
{
    char *path = NULL, *line = NULL;
    size_t size = 0;
    if (asprintf(&path, "%s/" MANIFEST_NAME, output) < 0)
        return;
    FILE *file = fopen(path, "r");
    free(path);
    while (file != NULL && getline(&line, &size, file) > 0) {
        json_t *entry = json_loads(line, 0, NULL);
        const char *url = json_string_value(json_object_get(entry, "url"));
        const char *status = json_string_value(json_object_get(entry, "status"));
        if (url != NULL && status != NULL && strcmp(status, "ok") != 0)
            json_object_set_new(
                failures, url,
                json_integer(1 + json_integer_value(json_object_get(failures, url))));
        json_decref(entry);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

static double number(const json_t *stats, const char *stage, const char *key)
{
    return json_number_value(
        json_object_get(stage != NULL ? json_object_get(stats, stage) : stats, key));
}

static void copy_text(char *out, size_t size, const json_t *stats, const char *key)
{
    const char *text = json_string_value(json_object_get(stats, key));
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static bool read_stats(const char *path, struct bench_way *way, struct bench_sample *sample)
{
    json_t *stats = json_load_file(path, 0, NULL);
    if (stats == NULL)
        return false;
    sample->download_s = number(stats, "download", "busy_s");
    sample->process_s = number(stats, "process", "busy_s");
    sample->total_s = number(stats, NULL, "total_s");
    sample->most_at_once = (unsigned)number(stats, "download", "peak");
    sample->ok = (uint64_t)number(stats, NULL, "ok");
    sample->failed = (uint64_t)number(stats, NULL, "failed");
    copy_text(way->verdict, sizeof way->verdict, stats, "verdict");
    copy_text(way->advice, sizeof way->advice, stats, "advice");
    json_decref(stats);
    return true;
}

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static int run_and_read(const struct cli *cli, const struct cli_program *program,
                        struct bench_way *way, const char *output, const char *stats,
                        struct bench_sample *sample)
{
    struct rusage usage;
    const pid_t parent = getpid();
    fflush(NULL); // or the child would print it again
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(EXIT_SURROUNDINGS);
        exit(run_this_way(*cli, program, way, output, stats));
    }
    if (child < 0) {
        log_error("no process for a run:");
        return EXIT_SURROUNDINGS;
    }
    const int code = wait_for(child, &usage);
    if (code != EXIT_ALL_DONE && code != EXIT_SOME_FAILED)
        return code;
    sample->cpu_s = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
    sample->peak_mib = (double)usage.ru_maxrss / 1024;
    return read_stats(stats, way, sample) ? code : EXIT_SURROUNDINGS;
}

int bench_run(const struct cli *cli, const struct cli_program *program, struct bench_way *way,
              const char *scratch, json_t *failures, struct bench_sample *sample)
{
    char *output = NULL, *stats = NULL;
    int code = EXIT_SURROUNDINGS;
    if (asprintf(&output, "%s/out", scratch) < 0)
        output = NULL;
    if (asprintf(&stats, "%s/stats.json", scratch) < 0)
        stats = NULL;
    if (output != NULL && stats != NULL) {
        code = run_and_read(cli, program, way, output, stats, sample);
        if (code == EXIT_SOME_FAILED)
            count_failures(output, failures);
        if (cli->report != NULL && (code == EXIT_ALL_DONE || code == EXIT_SOME_FAILED))
            bench_page_keep(way, output, stats);
        remove_tree(output);
    }
    free(output);
    free(stats);
    return code;
}
