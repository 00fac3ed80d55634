// SPDX-License-Identifier: MIT
// What --help and --version print.
#include "cli/classes.h"
#include "cli/tables.h"

#include "base/version.h"
#include "origin/origin.h"
#include "run/unpack.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static void print_options(unsigned commands, unsigned main)
{
    const struct option_set set = {
        .rows = cli_options, .count = cli_option_count, .command_name = cli_command_name};
    options_print(&set, commands, main);
}

static void print_commands(void)
{
    puts("\nCommands:");
    for (size_t i = 0; i < cli_command_count; i++)
        printf("  %-7s %-12s %s\n", cli_commands[i].name, cli_commands[i].arguments,
               cli_commands[i].summary);
}

static void print_lists(void)
{
    puts("\nLIST is a file of URLs, one a line, each optionally followed by a tab and a\n"
         "name; '-' is standard input; a URL may stand for itself.");
}

static void print_exit_codes(void)
{
    puts("\nExit: 0 all done, 1 some failed, 2 usage, 3 too many failed, 4 the surroundings\n"
         "failed, 130 interrupted; 75 a shard stopped for what another attempt may cure.");
}

static void print_classes(void)
{
    printf("\nClasses of failures, for --only:");
    classes_print();
}

static void print_verify_codes(void)
{
    puts("\nExit: 0 all files are right, or were repaired, 1 some are not, 2 usage, 4 the\n"
         "directory or its manifest cannot be read.");
}

static void print_merge_codes(void)
{
    puts("\nExit: 0 every URL of every shard is done, 1 some are not, or shards are missing\n"
         "or incomplete, 2 usage, or directories that do not belong together, 4 one cannot\n"
         "be read or written, 130 interrupted.");
}

// ---- a screen ----

static bool is_used_most(const struct option *option)
{
    static const char *const names[] = {"output",  "detector", "resize",  "format",  "limit",
                                        "workers", "json",     "dry-run", "verbose", "help"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (option->long_name != NULL && strcmp(option->long_name, names[i]) == 0)
            return (option->commands & COMMAND_RUN) != 0;
    return false;
}

static void print_used_most(void)
{
    puts("\nOptions that are used most:");
    for (size_t i = 0; i < cli_option_count; i++)
        if (is_used_most(&cli_options[i]))
            option_print(&cli_options[i], "");
}

static void print_screen(void)
{
    puts("edgefetch: pictures and their edge maps, from a list of URLs");
    puts("\nUsage: edgefetch [COMMAND] [OPTION...] LIST...");
    print_commands();
    print_used_most();
    puts("\nExamples:\n"
         "  edgefetch urls.txt                          pictures and edges below data/\n"
         "  edgefetch -d canny --resize 512x512 --save-resized -o pairs urls.txt\n"
         "  edgefetch edges -d canny,sobel photos       local pictures, no network\n"
         "  edgefetch retry --only 5xx,timeout data     what failed in these ways, again\n"
         "  zcat urls.gz | edgefetch --json -           a line of JSON for each URL\n"
         "\n"
         "'edgefetch COMMAND --help' has a command's options, 'edgefetch --help all' has\n"
         "every option.");
}

// ---- everything ----

static void print_everything(void)
{
    puts("edgefetch [COMMAND] [OPTION...] ARGUMENT...");
    print_commands();
    print_lists();
    print_options(~0u, COMMAND_RUN);
    print_classes();
    print_exit_codes();
}

// ---- a command ----

static const char *about(enum command command)
{
    switch (command) {
    case COMMAND_SERVE:
        return "Serves a folder over HTTP on loopback until interrupted.";
    case COMMAND_DEMO:
        return "Runs the twelve bundled pictures from a built-in server.";
    case COMMAND_BENCH:
        return "The same list in every mode, side by side; without a LIST from a simulated\n"
               "server.";
    case COMMAND_EDGES:
        return "Edge maps of local pictures: no network, the same options and results.";
    case COMMAND_RETRY:
        return "Does again what failed or was cancelled, from DIR's manifest and into DIR.\n"
               "\n"
               "Options are those of a run, and default as there: give what the run was given.\n"
               "A URL keeps its index, and the name of files that it had; a name that a list\n"
               "gave to a URL that has never been ok is not in the manifest, nor are user and\n"
               "password of a URL: run the list itself again for these.";
    case COMMAND_VERIFY:
        return "Whether every file is there with the size and SHA-256 that DIR's manifest says.\n"
               "\n"
               "A line for each that is 'missing' or 'different', and the counts. Options of a\n"
               "run are for --repair, and default as there: give what the run was given. Maps\n"
               "are made from the original where it stands as recorded; everything else is\n"
               "downloaded again.";
    case COMMAND_REPORT:
        return "A page that shows what DIR's manifest tells, and replays it: DIR/report.html.";
    case COMMAND_MERGE:
        return "One manifest, summary and report of all shards of a list, or of several runs.\n"
               "\n"
               "DIR holds the directories of shards, shard-00003-of-00100, or is that of a shard\n"
               "or run. The merged manifest stands above all of them, so that its paths hold\n"
               "there; 'verify' and 'report' take its directory. Shards that are missing or\n"
               "incomplete are named.";
    case COMMAND_RUN:
        return "Downloads the pictures of a list and finds their edges as they arrive.";
    }
    return "";
}

static void print_command(const struct command_row *row)
{
    printf("Usage: edgefetch %s [OPTION...] %s\n\n%s\n", row->name, row->arguments,
           about(row->command));
    if (row->command == COMMAND_RUN)
        print_lists();
    print_options((unsigned)row->command, 0);
    if (row->command == COMMAND_RETRY)
        print_classes();
    if (row->command == COMMAND_VERIFY)
        print_verify_codes();
    if (row->command == COMMAND_MERGE)
        print_merge_codes();
    if (row->command == COMMAND_RUN || row->command == COMMAND_RETRY)
        print_exit_codes();
}

// The command that is asked about: 'retry --help', '--help retry'; NULL: none in particular.
static const struct command_row *command_asked(const struct cli *cli)
{
    const bool by_argument = !cli->named && cli->argument_count == 1;
    for (size_t i = 0; i < cli_command_count; i++)
        if (cli->named ? cli_commands[i].command == cli->command
                       : by_argument && strcmp(cli_commands[i].name, cli->arguments[0]) == 0)
            return &cli_commands[i];
    return NULL;
}

void cli_print_help(const struct cli *cli)
{
    const struct command_row *row = command_asked(cli);
    if (cli->argument_count == 1 && strcmp(cli->arguments[0], "all") == 0)
        print_everything();
    else if (row != NULL)
        print_command(row);
    else
        print_screen();
}

void cli_print_version(const char *codecs)
{
    char walls[SANDBOX_NAMES_BYTES];
    const char *const server = origin_library(), *const packings = packings_built();
    printf("edgefetch " EDGEFETCH_VERSION "\n%s\nlibuv %s, jansson %s%s%s\n%s\n", curl_version(),
           uv_version_string(), JANSSON_VERSION, server[0] != '\0' ? ", " : "", server, codecs);
    printf("detectors: neighbor sobel scharr prewitt roberts laplacian canny\nlists: text%s%s\n"
           "sandbox: %s\n",
           packings[0] != '\0' ? " " : "", packings, sandbox_names(sandbox_built(), walls));
#ifdef EDGEFETCH_MISSING
    puts("missing: " EDGEFETCH_MISSING);
#endif
}
