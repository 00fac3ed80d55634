// SPDX-License-Identifier: MIT
// A list that several runs share: which of its URLs are this run's. It depends on the URL and the
// number of shards alone, and is the same on every machine and in every version.
#ifndef RUN_SHARD_H
#define RUN_SHARD_H

#include "run/table.h"

#include <stdbool.h>

struct shard {
    unsigned number, count; // from 1 to `count`; 0 of 0: the whole list is this run's
    bool by_host;           // all URLs of a host are in one shard
};

// By the first 64 bits of a SHA-256, that of the URL as it is shown or of its host in lower
// case, without a dot at its end, modulo `count`. Lines that no URL can be read from go by their
// number.
bool shard_has(const struct shard *shard, const struct list_entry *entry);

// What the directory of a shard is called: "shard-00003-of-00100".
#define SHARD_NAME_BYTES 32
void shard_name(const struct shard *shard, char name[SHARD_NAME_BYTES]);

// Which shard a directory is of by its name; 0 of 0 for any other name. It does not tell by_host.
struct shard shard_of_name(const char *name);

// Batch engines start a shard again, on another machine maybe, when it says that this may help.
#define SHARD_AGAIN_EXIT_CODE 75 // EX_TEMPFAIL of sysexits.h; Slurm's RequeueExit is set to it

// The exit code of a run that a signal has stopped: INTERRUPT_EXIT_CODE, or, for a shard and
// SIGTERM, which is how an engine takes a machine away, the one above.
int shard_interrupt_code(const struct shard *shard);

#endif
