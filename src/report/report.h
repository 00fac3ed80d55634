// SPDX-License-Identifier: MIT
// --report: one file of HTML that shows a run, or several side by side, and replays it.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/kept.h"
#include "report/thumbnails.h"

#include <jansson.h>

struct report_run {
    const char *name;      // of the run, among others
    struct kept pictures;  // manifest lines, in the manifest's order; the newest about a URL counts
    json_t *options;       // an object of scalars and lists, or NULL: not known
    json_t *stats;         // of the run (stats_of()), or NULL: it did not end, or is not known
    int64_t started_us;    // since the epoch; 0: not known
    const char *directory; // whose files the lines tell of, for links and thumbnails; NULL: gone
};

struct report {
    const char *path; // of the page
    const char *title;
    struct report_run *runs;
    size_t run_count;
};

// How thumbnails are made; forkserver NULL: there will be none.
struct report_studio {
    const struct run_options *options;
    struct forkserver *forkserver;
};

// Writes the page, whole or not at all: an older one is replaced at the end. Takes thumbnails of
// pictures spread over the first run that has a directory. Blocking. Returns 0, or -1 after a
// message.
int report_write(const struct report *report, const struct report_studio *studio);

#endif
