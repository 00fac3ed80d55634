// SPDX-License-Identifier: MIT
#include "run/recount.h"

#include "base/text.h"
#include "run/manifest_lines.h"

#include <string.h>

// EF_OK when there is none of that name.
static enum ef_status status_of(const char *name)
{
    for (int i = EF_OK + 1; i < EF_STATUS_COUNT; i++)
        if (strcmp(ef_status_name((enum ef_status)i), name) == 0)
            return (enum ef_status)i;
    return EF_OK;
}

static void count_failure(struct recount *recount, const json_t *line)
{
    struct tally *tally = &recount->tally;
    const enum ef_status status = status_of(manifest_text(json_object_get(line, "error"), "code"));
    tally->failed++;
    if (status == EF_OK) {
        recount->unknown_codes++;
        return;
    }
    if (tally->by_status[status]++ == 0)
        text_printable(manifest_text(line, "url"), tally->example[status],
                       sizeof tally->example[status]);
}

// Foreign text may say less than nothing.
static uint64_t count_in(const json_t *object, const char *key)
{
    const json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? (uint64_t)value : 0;
}

static void count_ok(struct tally *tally, const json_t *line)
{
    const json_t *edges = json_object_get(line, "edges");
    tally->ok++;
    tally->bytes_in += count_in(json_object_get(line, "original"), "bytes");
    for (size_t i = 0; i < json_array_size(edges); i++)
        tally->bytes_out += count_in(json_array_get(edges, i), "bytes");
    tally->bytes_out += count_in(json_object_get(line, "resized"), "bytes");
    tally->pixels += count_in(line, "width") * count_in(line, "height");
}

static void note_times(struct tally *tally, const json_t *line)
{
    const double most_ms = 1e15; // some thirty thousand years
    const json_t *ms = json_object_get(line, "ms");
    const double at = json_number_value(json_object_get(ms, "at"));
    const double end = at + json_number_value(json_object_get(ms, "total"));
    if (!(at > 0 && at <= end && end < most_ms))
        return;
    const int64_t from_us = (int64_t)(at * 1000), to_us = (int64_t)(end * 1000);
    if (tally->started_us == 0 || from_us < tally->started_us)
        tally->started_us = from_us;
    if (to_us > tally->ended_us)
        tally->ended_us = to_us;
}

void recount_line(struct recount *recount, const json_t *line)
{
    struct tally *tally = &recount->tally;
    const char *status = manifest_text(line, "status");
    tally->distinct++;
    if (strcmp(status, "ok") == 0)
        count_ok(tally, line);
    else if (strcmp(status, "cancelled") == 0)
        tally->cancelled++;
    else
        count_failure(recount, line);
    note_times(tally, line);
}
