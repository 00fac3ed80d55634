// SPDX-License-Identifier: MIT
// Whether what stands in an output directory is what its manifest says. Memory: 19 to 28 bytes a
// URL (newest.h) and 9 to 16 for each file that any line tells of.
#ifndef RUN_VERIFY_H
#define RUN_VERIFY_H

#include <jansson.h>

#include <stdbool.h>
#include <stdint.h>

enum verify_problem { VERIFY_MISSING, VERIFY_DIFFERENT, VERIFY_UNKNOWN, VERIFY_PROBLEM_COUNT };

// As the name of a problem stands in the output.
const char *verify_problem_name(enum verify_problem problem);

struct verify_finding {
    enum verify_problem problem;
    const char *path; // relative to the directory; foreign text
    const char *url;  // foreign text; NULL for VERIFY_UNKNOWN
    const char *why;  // NULL for VERIFY_UNKNOWN
};

struct verify_observer {
    void *context;
    void (*found)(void *context, const struct verify_finding *finding);
    // Behind the findings of a URL that had some: its line, and whether its original is there and
    // as recorded. False stops; may be NULL.
    bool (*broken)(void *context, const json_t *line, bool original_stands);
};

struct verify_counts {
    uint64_t verified; // files that are as recorded
    uint64_t problems[VERIFY_PROBLEM_COUNT];
    uint64_t not_done; // URLs that failed or were cancelled: nothing of theirs is checked
};

// Checks every file of the ok lines that count, in the manifest's order, and then looks for files
// that no line knows, old lines included; those of a merged manifest in all of its directories.
// Nothing is changed. False after a message when directory or manifest cannot be read, or when the
// observer stopped. Blocking.
bool verify(const char *directory, const struct verify_observer *observer,
            struct verify_counts *counts);

#endif
