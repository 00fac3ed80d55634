// SPDX-License-Identifier: MIT
// What a run would do with each URL of its lists. Nothing is fetched and nothing is written.
#ifndef RUN_PREVIEW_H
#define RUN_PREVIEW_H

#include "run/options.h"

enum preview_what {
    PREVIEW_DO,
    PREVIEW_REFRESH, // done before, and asked for whether it has changed
    PREVIEW_SKIP,    // done before
    PREVIEW_FAIL,    // the line cannot be used
    PREVIEW_WHATS
};

struct preview_line {
    enum preview_what what;
    const char *url; // printable
    uint64_t index;
    const char *name;    // of its files, without extension; "" where none would be made
    const char *message; // why it fails; "" otherwise
};

struct preview_sums {
    uint64_t count[PREVIEW_WHATS];
    uint64_t duplicates, elsewhere;
    bool list_failed; // it could not be read to its end; after a message
};

// Reads the lists and, where there is one, the manifest, and tells of every distinct URL in its
// order. Returns 0, or -1 after a message.
int preview(const struct run_options *options,
            void (*tell)(void *context, const struct preview_line *line), void *context,
            struct preview_sums *sums);

#endif
