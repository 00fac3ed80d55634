// SPDX-License-Identifier: MIT
#include "run/meet.h"

#include "run/shard.h"

enum meeting meet(struct ledger *ledger, const struct run_options *options,
                  const struct list_entry *entry)
{
    if (!shard_has(&options->shard, entry)) // and nothing of it is remembered
        return MEETING_ELSEWHERE;
    switch (ledger_see(ledger, entry->url.shown != NULL ? entry->url.shown : "")) {
    case LEDGER_NEW:
        break;
    case LEDGER_DUPLICATE:
        return MEETING_DUPLICATE;
    case LEDGER_DONE:
        return options->refresh ? MEETING_AGAIN : options->force ? MEETING_NEW : MEETING_DONE;
    case LEDGER_FULL:
        return MEETING_FULL;
    }
    return MEETING_NEW;
}

uint64_t meet_index(const struct ledger *ledger, const struct list_entry *entry)
{
    return entry->index != 0 ? entry->index : ledger->distinct;
}

bool meet_name(struct ledger *ledger, const struct run_options *options, const struct url *url,
               const char *given, uint64_t index, char out[NAME_BYTES])
{
    char stem[NAME_BYTES];
    name_stem(url->segment, url->host, stem);
    const struct name_request request = {
        .url = url->shown,
        .stem = stem,
        .host = url->host,
        .given = given,
        .template = options->name_template,
        .index = index,
        .dotless = options->package,
    };
    return ledger_name(ledger, &request, out);
}
