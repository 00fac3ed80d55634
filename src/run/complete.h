// SPDX-License-Identifier: MIT
// DIR/complete.json of a shard: its list was read to its end, and the manifest tells of every URL
// of it that is the shard's. A run over a list removes it at its beginning and writes it at its
// end, unless it was stopped; what a kill leaves does not have it. Retry and repair leave it as it
// is: they do no more of the list.
#ifndef RUN_COMPLETE_H
#define RUN_COMPLETE_H

#include <stdbool.h>
#include <stdint.h>

#define COMPLETE_NAME "complete.json"

struct complete {
    uint64_t listed; // rows of the whole list, of all shards
    uint64_t urls;   // distinct ones of the shard; 0: not known, with --no-dedupe
};

// All of them block, take the output directory's descriptor, and return 0, or -1 with errno.
int complete_remove(int directory);

// Whole or not at all, by a file in the directory `partial`; with `sync` it is on the disk by then.
int complete_write(int directory, int partial, const struct complete *complete, bool sync);

// False when there is none, or none that can be understood.
bool complete_read(int directory, struct complete *complete);

#endif
