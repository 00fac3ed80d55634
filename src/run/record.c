// SPDX-License-Identifier: MIT
#include "run/record.h"

#include "base/log.h"
#include "run/durable.h"
#include "run/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int record_open_manifest(int directory, const struct run_options *options, struct ledger *ledger)
{
    const int manifest = manifest_open(directory, options, ledger);
    if (manifest < 0 || !options->fsync || durable_sync_made(manifest, directory) == 0)
        return manifest;
    log_error("%s cannot be written to the disk:", MANIFEST_NAME);
    const int why = errno;
    close(manifest);
    errno = why;
    return -1;
}

bool record_open(struct record *record, uv_loop_t *loop, int manifest,
                 const struct lines_callbacks *to_manifest, const struct lines_callbacks *to_json,
                 const struct lines_callbacks *to_trace, void *context)
{
    const bool keeps = !record->options->discard;
    const bool shows = record->observer->json >= 0;
    const bool traces = record->observer->trace >= 0;
    if (keeps)
        record->manifest = lines_open(loop, manifest, to_manifest, context);
    if (shows)
        record->json = lines_open(loop, record->observer->json, to_json, context);
    if (traces)
        record->trace =
            trace_open(loop, record->observer->trace, record->observer->sample, to_trace, context);
    // A job's line comes behind its files, which are on the disk by then (outputs.c). Every write
    // is waited for, not one a second: the commits beside it wait far more often, and meanwhile
    // lines gather.
    if (record->manifest != NULL && record->options->fsync)
        lines_sync(record->manifest);
    return (!keeps || record->manifest != NULL) && (!shows || record->json != NULL) &&
           (!traces || record->trace != NULL);
}

void record_close(struct record *record)
{
    lines_close(record->manifest);
    lines_close(record->json);
    trace_close(record->trace);
    record->trace = NULL; // the loop may turn once more
}

bool record_finished(const struct record *record, const struct job *job)
{
    char *line = manifest_line(job, record->options, record->to_epoch_us);
    const bool ok = line != NULL;
    if (ok && record->manifest != NULL)
        lines_append(record->manifest, line);
    if (ok && record->json != NULL)
        lines_append(record->json, line);
    if (ok && record->observer->line != NULL)
        record->observer->line(record->observer->line_context, line);
    free(line);
    if (record->trace != NULL)
        trace_job(record->trace, job);
    if (record->observer->finished != NULL)
        record->observer->finished(record->observer->context, job);
    return ok;
}

// Only for --json: a line in the manifest would have to tell of files again.
static void show(const struct record *record, char *line)
{
    if (line != NULL && record->json != NULL)
        lines_append(record->json, line);
    free(line);
}

void record_skipped(const struct record *record, const char *url)
{
    if (record->json != NULL)
        show(record, manifest_skipped_line(url, false));
    if (record->observer->skipped != NULL)
        record->observer->skipped(record->observer->context, url);
}

void record_unchanged(const struct record *record, const char *url)
{
    if (record->json != NULL)
        show(record, manifest_skipped_line(url, true));
    if (record->observer->unchanged != NULL)
        record->observer->unchanged(record->observer->context, url);
}

bool record_may_go_on(const struct record *record)
{
    // All are asked: each calls back when it has caught up only if it was.
    const bool manifest_behind = record->manifest != NULL && lines_are_behind(record->manifest);
    const bool json_behind = record->json != NULL && lines_are_behind(record->json);
    const bool trace_behind = record->trace != NULL && trace_is_behind(record->trace);
    const struct run_observer *observer = record->observer;
    const bool observer_behind =
        observer->may_read != NULL && !observer->may_read(observer->context);
    return !observer_behind && !manifest_behind && !json_behind && !trace_behind;
}
