// SPDX-License-Identifier: MIT
#include "cli/stats.h"

#include "base/log.h"
#include "base/text.h"
#include "run/verdict.h"

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static json_t *stage_of(const struct stage_time *stage)
{
    return json_pack("{s:I, s:i, s:f, s:f, s:f}", "count", (json_int_t)stage->count, "peak",
                     (int)stage->peak, "busy_s", seconds(stage->busy_us), "sum_s",
                     seconds(stage->job_us), "full_s", seconds(stage->full_us));
}

json_t *stats_failures(const struct tally *tally)
{
    json_t *failures = json_object();
    for (int status = EF_OK + 1; status < EF_STATUS_COUNT; status++)
        if (tally->by_status[status] > 0)
            json_object_set_new(failures, ef_status_name((enum ef_status)status),
                                json_integer((json_int_t)tally->by_status[status]));
    return failures;
}

json_t *stats_of(const struct run_result *result)
{
    const struct tally *tally = &result->tally;
    const struct verdict_figures figures = verdict_figures(result);
    const enum verdict verdict = verdict_of(&figures);
    char sandbox[SANDBOX_NAMES_BYTES];
    json_t *stats = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}", "distinct",
        (json_int_t)tally->distinct, "ok", (json_int_t)tally->ok, "failed",
        (json_int_t)tally->failed, "skipped", (json_int_t)tally->skipped, "cancelled",
        (json_int_t)tally->cancelled, "bytes_in", (json_int_t)tally->bytes_in, "bytes_out",
        (json_int_t)tally->bytes_out, "pixels", (json_int_t)tally->pixels, "peak_bytes_held",
        (json_int_t)tally->peak_bytes_held, "total_s", seconds(tally->ended_us - tally->started_us),
        "overlap_s", seconds(tally->overlap_us));
    if (stats == NULL)
        return NULL;
    json_object_set_new(stats, "unchanged", json_integer((json_int_t)tally->unchanged));
    json_object_set_new(stats, "quarantined", json_integer((json_int_t)tally->quarantined));
    json_object_set_new(stats, "limit", json_integer(result->limit));
    json_object_set_new(stats, "workers", json_integer(result->workers));
    json_object_set_new(stats, "sandbox", json_string(sandbox_names(result->sandbox, sandbox)));
    json_object_set_new(stats, "download", stage_of(&tally->download));
    json_object_set_new(stats, "process", stage_of(&tally->process));
    json_object_set_new(stats, "failures", stats_failures(tally));
    json_object_set_new(stats, "held_back_by_limit_s",
                        json_real(seconds(tally->held_back_us[HELD_BACK_BY_LIMIT])));
    json_object_set_new(stats, "held_back_by_host_s",
                        json_real(seconds(tally->held_back_us[HELD_BACK_BY_HOST])));
    json_object_set_new(stats, "held_back_by_memory_s",
                        json_real(seconds(tally->held_back_us[HELD_BACK_BY_MEMORY])));
    json_object_set_new(stats, "main_cpu_s", json_real(seconds(result->main_cpu_us)));
    json_object_set_new(stats, "worker_cpu_s", json_real(seconds(result->worker_cpu_us)));
    json_object_set_new(stats, "main_peak_bytes",
                        json_integer((json_int_t)result->main_peak_bytes));
    json_object_set_new(stats, "worker_peak_bytes",
                        json_integer((json_int_t)result->worker_peak_bytes));
    json_object_set_new(stats, "verdict", json_string(verdict_name(verdict)));
    json_object_set_new(stats, "advice", json_string(verdict_advice(verdict, &figures)));
    return stats;
}

int stats_dump(const json_t *stats, const char *path)
{
    char shown[LIMIT_PATH_BYTES];
    if (stats != NULL && json_dump_file(stats, path, JSON_INDENT(2)) == 0)
        return 0;
    log_error("%s cannot be written:", text_printable(path, shown, sizeof shown));
    return -1;
}

int stats_write(const struct run_result *result, const char *path)
{
    json_t *stats = stats_of(result);
    const int status = stats_dump(stats, path);
    json_decref(stats);
    return status;
}
