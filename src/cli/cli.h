// SPDX-License-Identifier: MIT
// The command line as a whole: what was asked for.
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/interrupt.h"
#include "cli/bench.h"
#include "cli/classes.h"
#include "cli/config.h"
#include "cli/settings.h"
#include "proc/forkserver.h"
#include "run/options.h"

enum command {
    COMMAND_RUN = 1 << 0,
    COMMAND_DEMO = 1 << 1,
    COMMAND_SERVE = 1 << 2,
    COMMAND_EDGES = 1 << 3,
    COMMAND_BENCH = 1 << 4,
    COMMAND_RETRY = 1 << 5,
    COMMAND_VERIFY = 1 << 6,
    COMMAND_REPORT = 1 << 7,
    COMMAND_MERGE = 1 << 8,
};

enum progress_how {
    PROGRESS_AUTO,
    PROGRESS_BAR,
    PROGRESS_PLAIN,
    PROGRESS_JSON,
    PROGRESS_NONE,
};

struct cli {
    enum command command;
    bool named;       // it stands in the command line
    char **arguments; // what is not an option
    size_t argument_count;

    struct config_files files; // which the options may point into
    struct settings settings;  // that were made, by whichever
    bool no_config, dry_run;

    struct run_options run;
    enum progress_how progress;
    const char *stats;  // file for the summary as JSON, or NULL
    const char *trace;  // file for trace events, or NULL
    const char *report; // file for the page, or NULL
    unsigned trace_sample;
    bool quiet, verbose, json, debug, help, version;

    struct bench_options bench;
    classes only;        // of retry
    const char *merged;  // of merge: file or directory, or NULL
    bool strict, repair; // of verify

    // serve and demo
    double latency;      // seconds before the first byte of each answer
    uint64_t rate;       // bytes a second of each answer, 0: unlimited
    unsigned parallel;   // requests answered at once, 0: unlimited
    unsigned port;       // 0: the system chooses
    const char *samples; // directory, or NULL
};

// Exit codes; DESIGN section 5.
enum exit_code {
    EXIT_ALL_DONE = 0,
    EXIT_SOME_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_GAVE_UP = 3,
    EXIT_SURROUNDINGS = 4,
    EXIT_TRY_AGAIN = SHARD_AGAIN_EXIT_CODE,
    EXIT_INTERRUPTED = INTERRUPT_EXIT_CODE,
};

// What this side must not link: the sandboxed half, by reference.
struct cli_program {
    forkserver_child *worker;                 // what worker processes run
    const char *codecs;                       // of --version
    bool (*can_write)(enum ef_format format); // in this build
};

// Reads the command line, and before it the files and variables that it overrules. False after a
// message: EXIT_USAGE, and nothing was started. cli_free() has to follow in any case.
bool cli_read(int argc, char **argv, const struct cli_program *program, struct cli *cli);
void cli_free(struct cli *cli);

// What was asked for with --help: of a command, of everything, or what fits a screen.
void cli_print_help(const struct cli *cli);
void cli_print_version(const char *codecs);

// Does what was asked for and returns the exit code. Must be called while the process has a single
// thread.
int cli_execute(struct cli *cli, const struct cli_program *program);

// Does the run of cli->run, whose lists are open, and returns the exit code. It must be the first
// in its process, which must have a single thread.
int cli_run(const struct cli *cli, const struct cli_program *program);

// The command that a word was probably meant to be, or NULL.
const char *cli_nearest_command(const char *word);

#endif
