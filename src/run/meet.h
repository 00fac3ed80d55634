// SPDX-License-Identifier: MIT
// What becomes of a list's entry, before anything is begun: the same for a run and for a preview of
// one.
#ifndef RUN_MEET_H
#define RUN_MEET_H

#include "run/ledger.h"
#include "run/options.h"
#include "run/table.h"

enum meeting {
    MEETING_NEW,       // to be done
    MEETING_AGAIN,     // done before, and to be asked for whether it has changed
    MEETING_DONE,      // by an earlier run
    MEETING_DUPLICATE, // seen before in this run
    MEETING_ELSEWHERE, // another shard's
    MEETING_FULL,      // out of memory
};

// Counts the entry's URL as distinct when it is seen for the first time.
enum meeting meet(struct ledger *ledger, const struct run_options *options,
                  const struct list_entry *entry);

// Its index among the run's distinct URLs, behind meet().
uint64_t meet_index(const struct ledger *ledger, const struct list_entry *entry);

// The name of its outputs, which is then taken. False when out of memory.
bool meet_name(struct ledger *ledger, const struct run_options *options, const struct url *url,
               const char *given, uint64_t index, char out[NAME_BYTES]);

#endif
