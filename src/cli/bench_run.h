// SPDX-License-Identifier: MIT
// One run of a bench: in a process of its own, so that its CPU time and memory are its own too.
#ifndef CLI_BENCH_RUN_H
#define CLI_BENCH_RUN_H

#include "cli/cli.h"
#include "report/report.h"

#include <jansson.h>

// One way to do the list, and what came of it.
struct bench_way {
    enum run_mode mode;
    unsigned limit, workers;
    struct bench_sample *samples; // one for each run
    unsigned sample_count;
    char verdict[32], advice[160]; // of the last run
    struct report_run *shown;      // the last run, for a page; NULL: there is none. Owned
};

struct bench_sample {
    double download_s, process_s, total_s; // with at least one download, one picture; in all
    double cpu_s;                          // of all its processes
    double peak_mib;                       // resident, of the largest of its processes
    unsigned most_at_once;                 // downloads
    uint64_t ok, failed;                   // URLs
};

// Runs the list of `cli` this way, with its outputs below `scratch`, which it removes again, and
// counts the URLs that failed in `failures` (an object: URL to number of runs). Returns the run's
// exit code; `sample` is filled when that is EXIT_ALL_DONE or EXIT_SOME_FAILED.
int bench_run(const struct cli *cli, const struct cli_program *program, struct bench_way *way,
              const char *scratch, json_t *failures, struct bench_sample *sample);

// Removes a folder and all that is in it.
void remove_tree(const char *path);

#endif
