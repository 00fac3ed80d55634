// SPDX-License-Identifier: MIT
#include "cli/summary.h"

#include "base/text.h"
#include "run/verdict.h"

#define ULL(value) ((unsigned long long)(value))

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void print_times(FILE *out, const struct tally *tally)
{
    const int64_t total = tally->ended_us - tally->started_us;
    fprintf(out, "%-14s %10s %12s %8s\n", "", "count", "time", "share");
    fprintf(out, "%-14s %10llu %10.2f s %6.0f %%\n", "downloads", ULL(tally->download.count),
            seconds(tally->download.busy_us), share(tally->download.busy_us, total));
    fprintf(out, "%-14s %10llu %10.2f s %6.0f %%\n", "processing", ULL(tally->process.count),
            seconds(tally->process.busy_us), share(tally->process.busy_us, total));
    fprintf(out, "%-14s %10s %10.2f s %6.0f %%\n", "  overlapping", "", seconds(tally->overlap_us),
            share(tally->overlap_us, total));
    fprintf(out, "%-14s %10llu %10.2f s %6.0f %%\n", "total", ULL(tally->distinct), seconds(total),
            100.0);
}

void summary_counts(FILE *out, const struct tally *tally)
{
    fprintf(out, "\n%llu ok, %llu failed, %llu skipped, %llu cancelled", ULL(tally->ok),
            ULL(tally->failed), ULL(tally->skipped), ULL(tally->cancelled));
    if (tally->unchanged > 0)
        fprintf(out, "; %llu of the skipped asked for and unchanged", ULL(tally->unchanged));
    if (tally->duplicates > 0)
        fprintf(out, "; %llu %s in the list more than once", ULL(tally->duplicates),
                tally->duplicates == 1 ? "URL was" : "repeated URLs were");
    if (tally->elsewhere > 0)
        fprintf(out, "; %llu in other shards", ULL(tally->elsewhere));
    fprintf(out, "\n");
}

static void print_amounts(FILE *out, const struct tally *tally)
{
    const double mib = 1024.0 * 1024.0;
    fprintf(out,
            "%.1f MiB in, %.1f megapixels, %.1f MiB out; at most %u downloads at once and "
            "%.1f MiB held\n",
            (double)tally->bytes_in / mib, (double)tally->pixels / 1e6,
            (double)tally->bytes_out / mib, tally->download.peak,
            (double)tally->peak_bytes_held / mib);
}

void summary_failures(FILE *out, const struct tally *tally)
{
    for (int status = EF_OK + 1; status < EF_STATUS_COUNT; status++) {
        if (tally->by_status[status] == 0 || status == EF_CANCELLED)
            continue;
        fprintf(out, "%8llu %-18s %s\n", ULL(tally->by_status[status]),
                ef_status_name((enum ef_status)status), ef_status_sentence((enum ef_status)status));
        fprintf(out, "%27s such as %s\n", "", tally->example[status]);
    }
}

static void print_quarantine(FILE *out, const struct run_result *result)
{
    char shown[LIMIT_PATH_BYTES];
    if (result->tally.quarantined > 0)
        fprintf(out, "%llu %s in %s/quarantine, each with a command that does it again\n",
                ULL(result->tally.quarantined),
                result->tally.quarantined == 1 ? "picture is kept" : "pictures are kept",
                text_printable(result->output, shown, sizeof shown));
}

static void print_network(FILE *out, const struct tally *tally)
{
    if (tally->retries > 0)
        fprintf(out, "%llu %s again what had failed for a moment\n", ULL(tally->retries),
                tally->retries == 1 ? "attempt was to try" : "attempts were to try");
    if (tally_resolver_is_in_trouble(tally))
        fprintf(out,
                "the name service is the trouble rather than the hosts: of %llu first lookups %llu "
                "failed and %llu took longer than a second; a caching resolver helps, or a lower "
                "--resolvers\n",
                ULL(tally->lookups), ULL(tally->lookups_failed), ULL(tally->lookups_slow));
}

static void print_verdict(FILE *out, const struct run_result *result)
{
    const struct verdict_figures figures = verdict_figures(result);
    const enum verdict verdict = verdict_of(&figures);
    fprintf(out,
            "%s: on average %.1f of %u downloads were in flight (the limit was full %.0f %% of the "
            "time)",
            verdict_name(verdict), figures.downloads, figures.limit, 100 * figures.limit_full);
    if (figures.worker_count > 0)
        fprintf(out, " and %.1f of %u workers busy", figures.workers, figures.worker_count);
    fprintf(out, "; %s\n", verdict_advice(verdict, &figures));
}

void summary_print(FILE *out, const struct run_result *result)
{
    const struct tally *tally = &result->tally;
    if (tally->distinct == 0) {
        fprintf(out, result->surroundings || result->interrupted ? "nothing was begun\n"
                     : tally->elsewhere > 0 ? "nothing to do: no URL of the list is in this shard\n"
                                            : "nothing to do: there is no URL "
                                              "in the list\n");
        return;
    }
    print_times(out, tally);
    summary_counts(out, tally);
    if (tally->ok > 0)
        print_amounts(out, tally);
    summary_failures(out, tally);
    print_quarantine(out, result);
    print_network(out, tally);
    if (tally->unchanged > 0 && tally->skipped == tally->distinct)
        fprintf(out, "nothing to do: everything is as it was\n");
    else if (tally->skipped == tally->distinct)
        fprintf(out, "nothing to do: every URL was done before; --force does them again\n");
    else if (tally->download.count > 0 && tally->ok > 0) // failures alone tell nothing of speed
        print_verdict(out, result);
}
