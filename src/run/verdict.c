// SPDX-License-Identifier: MIT
#include "run/verdict.h"

#include "base/cpus.h"

// Shares of the time.
static const double mostly = 0.7, hardly = 0.5, noticeable = 0.25;

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {
        [VERDICT_NETWORK] = "network-bound",
        [VERDICT_LIMIT] = "limit-bound",
        [VERDICT_CPU] = "CPU-bound",
        [VERDICT_BALANCED] = "balanced",
    };
    return names[verdict];
}

struct verdict_figures verdict_figures(const struct run_result *result)
{
    const struct tally *tally = &result->tally;
    const int64_t lasted = tally->ended_us - tally->started_us;
    const double wall = lasted > 0 ? (double)lasted : 1;
    return (struct verdict_figures){
        .downloads = (double)tally->download.job_us / wall,
        .workers = (double)tally->process.job_us / wall,
        .limit_full = (double)tally->download.full_us / wall,
        .workers_full = (double)tally->process.full_us / wall,
        .by_limit = (double)tally->held_back_us[HELD_BACK_BY_LIMIT] / wall,
        .by_host = (double)tally->held_back_us[HELD_BACK_BY_HOST] / wall,
        .by_memory = (double)tally->held_back_us[HELD_BACK_BY_MEMORY] / wall,
        .main_cpu = (double)result->main_cpu_us / wall,
        .worker_cpu = (double)result->worker_cpu_us / wall,
        .mode = result->mode,
        .limit = result->limit,
        .worker_count = result->workers,
        .cpus = cpus_allowed(),
    };
}

enum verdict verdict_of(const struct verdict_figures *figures)
{
    const double load = figures->worker_count > 0 ? figures->workers / figures->worker_count : 0;
    const bool cpus_are_out = figures->main_cpu + figures->worker_cpu >= mostly * figures->cpus;
    if (load >= mostly || cpus_are_out)
        return VERDICT_CPU;
    if (load >= hardly)
        return VERDICT_BALANCED;
    // Memory that is held back by pictures waiting for workers is the workers' doing.
    if (figures->by_host + figures->by_memory >= noticeable &&
        figures->by_limit < figures->by_host + figures->by_memory)
        return VERDICT_LIMIT;
    return VERDICT_NETWORK;
}

const char *verdict_advice(enum verdict verdict, const struct verdict_figures *figures)
{
    switch (verdict) {
    case VERDICT_NETWORK:
        if (figures->mode == RUN_SYNC)
            return "one at a time is what --mode sync is; --mode async waits for many at once";
        return figures->by_limit >= noticeable ? "a higher --limit would download more at a time"
                                               : "there was nothing more to ask for at a time; "
                                                 "the servers decide";
    case VERDICT_LIMIT:
        return figures->by_host >= figures->by_memory
                   ? "more downloads from one host at a time need a higher --per-host"
                   : "more downloads at a time need a higher --max-memory";
    case VERDICT_CPU:
        if (figures->worker_count == 0)
            return "downloading alone keeps the CPUs busy; only more or faster ones would help";
        return figures->worker_count < figures->cpus
                   ? "more --workers would use the CPUs that are idle"
                   : "every CPU has its worker; only more or faster CPUs would help";
    default:
        return "downloads and workers keep each other busy; nothing needs to change";
    }
}
