// SPDX-License-Identifier: MIT
// --report of a run, and `edgefetch report DIR`.
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli/cli.h"
#include "proc/sandbox.h"
#include "report/report.h"
#include "run/engine.h"

// What a run keeps for its page. All zero: no page is wanted.
struct page {
    bool wanted;
    struct forkserver *artist; // of the workers that make thumbnails
    struct report_run run;
    bool incomplete; // there was no memory for some lines
};

// Prepares for the page that cli->report asks for. As for every fork server, the process must have
// a single thread.
struct page page_begin(const struct cli *cli, const struct cli_program *program,
                       const struct sandbox *sandbox);

// Has the observer keep lines in the page, which has to stay where it is.
void page_observe(struct page *page, struct run_observer *observer);

// Writes the page if one is wanted. Returns 0, or -1 after a message.
int page_write(struct page *page, const struct cli *cli, const struct run_result *result);

void page_end(struct page *page);

// Makes the page of an output directory from its manifest.
int command_report(struct cli *cli, const struct cli_program *program);

#endif
