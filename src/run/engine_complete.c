// SPDX-License-Identifier: MIT
// The engine and a shard's complete.json.
#include "run/engine_parts.h"

#include "base/interrupt.h"
#include "base/log.h"
#include "run/complete.h"

static bool is_noted(const struct engine *engine)
{
    return engine->options->shard.count > 0 && !engine->options->discard;
}

bool engine_begin_list(const struct engine *engine)
{
    if (!is_noted(engine) || complete_remove(engine->outputs.directory) == 0)
        return true;
    log_error(COMPLETE_NAME " of an earlier run cannot be removed:");
    return false;
}

void engine_end_list(struct engine *engine)
{
    const struct tally *tally = &engine->pipeline.tally;
    const struct complete complete = {tally->distinct + tally->duplicates + tally->elsewhere,
                                      engine->options->no_dedupe ? 0 : tally->distinct};
    const bool stopped = engine->surroundings || engine->pipeline.gave_up ||
                         interrupt_count(engine->options->interrupt) > 0;
    if (!is_noted(engine) || stopped ||
        complete_write(engine->outputs.directory, engine->outputs.partial, &complete,
                       engine->options->fsync) == 0)
        return;
    log_error(COMPLETE_NAME " cannot be written:");
    engine->surroundings = true;
}
