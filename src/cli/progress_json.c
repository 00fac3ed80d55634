// SPDX-License-Identifier: MIT
#include "cli/progress_json.h"

#include "base/json_line.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static bool is_news(const struct progress_told *told, const struct progress *progress,
                    int64_t now_us)
{
    return told->us == 0 || now_us - told->us >= EVERY_NEWS_MS * 1000 ||
           told->total != progress->total || told->done != progress->done ||
           told->downloads != progress->downloads || told->held != progress->held ||
           told->busy != progress->busy;
}

static void counts(struct json_line *line, const struct progress *progress)
{
    json_line_integer(line, "done", (int64_t)progress->done);
    json_line_integer(line, "total", (int64_t)progress->total);
    json_line_boolean(line, "total_known", progress->total_known);
    json_line_integer(line, "ok", (int64_t)progress->ok);
    json_line_integer(line, "failed", (int64_t)progress->failed);
    json_line_integer(line, "skipped", (int64_t)progress->skipped);
    json_line_integer(line, "cancelled", (int64_t)progress->cancelled);
}

// What will still be found in the list is not known, and so neither is the time left.
static void rates(struct json_line *line, const struct progress *progress)
{
    json_line_real(line, "rate_per_s", progress->pictures_per_s);
    json_line_real(line, "bytes_per_s", progress->bytes_per_s);
    if (progress->total_known && progress->left_s >= 0)
        json_line_real(line, "eta_s", progress->left_s);
    else
        json_line_null(line, "eta_s");
}

static void in_hand(struct json_line *line, const struct progress *progress)
{
    json_line_integer(line, "downloads", (int64_t)progress->downloads);
    json_line_integer(line, "limit", (int64_t)progress->limit);
    json_line_integer(line, "workers_busy", progress->busy);
    json_line_integer(line, "workers", progress->workers);
    json_line_integer(line, "bytes_held", (int64_t)progress->held);
    json_line_integer(line, "max_memory", (int64_t)progress->most_held);
    json_line_real(line, "elapsed_s", progress->elapsed_s);
}

void progress_json(struct progress_told *told, const struct progress *progress, int64_t now_us,
                   bool ended)
{
    struct json_line line = {0};
    if (!ended && !is_news(told, progress, now_us))
        return;
    *told =
        (struct progress_told){now_us,         progress->total, progress->done, progress->downloads,
                               progress->held, progress->busy};
    json_line_object(&line, NULL);
    counts(&line, progress);
    rates(&line, progress);
    in_hand(&line, progress);
    json_line_boolean(&line, "ended", ended);
    json_line_object_end(&line);
    char *text = json_line_finish(&line);
    if (text != NULL)
        log_line(text, strlen(text));
    free(text);
}
