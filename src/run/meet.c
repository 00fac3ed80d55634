// SPDX-License-Identifier: MIT
#include "run/meet.h"

#include "run/shard.h"

enum meeting meet(struct ledger *ledger, const struct run_options *options,
                  const struct list_entry *entry)
{
    // Other shards' URLs are met too: so every shard counts and names them as the whole list does.
    const bool ours = shard_has(&options->shard, entry);
    const enum ledger_verdict verdict =
        ledger_see(ledger, entry->url.shown != NULL ? entry->url.shown : "");
    if (verdict == LEDGER_FULL)
        return MEETING_FULL;
    if (verdict == LEDGER_DUPLICATE)
        return ours ? MEETING_DUPLICATE : MEETING_NOTHING;
    if (!ours)
        return MEETING_ELSEWHERE;
    if (verdict == LEDGER_DONE && options->refresh)
        return MEETING_AGAIN;
    return verdict == LEDGER_DONE && !options->force ? MEETING_DONE : MEETING_NEW;
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
