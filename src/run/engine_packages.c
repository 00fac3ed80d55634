// SPDX-License-Identifier: MIT
// The engine and --package: a package is made when the manifest tells of all that is in it.
#include "run/engine_parts.h"

#include "base/log.h"
#include "run/manifest_head.h"
#include "run/package.h"
#include "run/package_clean.h"
#include "run/packages.h"

#include <errno.h>
#include <string.h>

static uint64_t written(void *context)
{
    const struct engine *engine = context;
    return lines_written(engine->record.manifest);
}

static void on_failed(void *context, int error)
{
    struct engine *engine = context;
    log_error("packages cannot be made: %s; stopping", strerror(error));
    engine_give_up(engine);
}

static void on_ended(void *context)
{
    struct engine *engine = context;
    uv_timer_start(&engine->closer, engine_on_closer, 0, 0);
}

static void on_manifest_written(void *context)
{
    struct engine *engine = context;
    if (engine->packages != NULL)
        packages_go_on(engine->packages);
}

// Also of a run that is no shard itself but goes on in the directory of one, as retry does.
static unsigned shard_of(int manifest)
{
    json_t *head = manifest_head_read(manifest);
    const struct shard shard = manifest_head_shard(head);
    json_decref(head);
    return shard.number;
}

bool engine_open_packages(struct engine *engine, uint64_t most_held)
{
    if (!engine->options->package)
        return true;
    engine->outputs.shard = shard_of(engine->manifest);
    engine->packages = packages_open(&(struct packages_means){
        .loop = &engine->loop,
        .outputs = &engine->outputs,
        .options = engine->options,
        .most_held = most_held,
        .written = written,
        .stored = engine_on_stored,
        .failed = on_failed,
        .ended = on_ended,
        .context = engine,
    });
    if (engine->packages == NULL)
        return false;
    lines_tell(engine->record.manifest, on_manifest_written);
    return true;
}

void engine_note_sample(struct engine *engine, uint64_t index, bool cancelled)
{
    if (engine->packages == NULL)
        return;
    const uint64_t mark = lines_appended(engine->record.manifest);
    if (!packages_note(engine->packages, index, cancelled, mark)) {
        log_error("no memory left for packages; stopping");
        engine_give_up_soon(engine);
    }
}

bool engine_end_packages(struct engine *engine)
{
    if (engine->packages == NULL)
        return false;
    const bool whole = engine->pipeline.stop == PIPELINE_RUNNING && !engine->surroundings &&
                       !list_failed(engine->list);
    packages_end(engine->packages, whole, lines_appended(engine->record.manifest));
    return true;
}

static bool is_done(void *context, const char *url)
{
    return ledger_is_done(context, url);
}

bool engine_clean_packages(struct engine *engine)
{
    if (!engine->options->package ||
        package_clean(engine->outputs.directory, engine->outputs.partial, is_done,
                      &engine->pipeline.ledger) == 0)
        return true;
    log_error("what a killed run has left in " SPOOL_FOLDER " cannot be read:");
    return false;
}
