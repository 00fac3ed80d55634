// SPDX-License-Identifier: MIT
#include "cli/merge_told.h"

#include "base/text.h"
#include "cli/stats.h"
#include "cli/summary.h"

#include <time.h>

#define ULL(value) ((unsigned long long)(value))

json_t *merge_missing(const struct merge_sources *sources)
{
    json_t *missing = json_array();
    size_t next = 0;
    for (unsigned number = 1; number <= sources->shard.count; number++) {
        if (next < sources->count && sources->items[next].shard.number == number)
            next++;
        else
            json_array_append_new(missing, json_integer(number));
    }
    return missing;
}

static json_int_t number_at(const json_t *numbers, size_t i)
{
    return json_integer_value(json_array_get(numbers, i));
}

// "3, 7-9", of rising numbers.
static void print_numbers(FILE *out, const json_t *numbers)
{
    const size_t count = json_array_size(numbers);
    for (size_t i = 0, last; i < count; i = last + 1) {
        for (last = i;
             last + 1 < count && number_at(numbers, last + 1) == number_at(numbers, last) + 1;
             last++)
            ;
        fprintf(out, "%s%lld", i > 0 ? ", " : "", (long long)number_at(numbers, i));
        if (last > i)
            fprintf(out, "-%lld", (long long)number_at(numbers, last));
    }
}

static void print_shards(FILE *out, const char *what, const json_t *numbers, unsigned count)
{
    if (json_array_size(numbers) == 0)
        return;
    fprintf(out, "%s of %u shards: ", what, count);
    print_numbers(out, numbers);
    fputc('\n', out);
}

static void print_sources(FILE *out, const struct merge_told *told)
{
    char shown[LIMIT_PATH_BYTES];
    const struct merge_sources *sources = told->sources;
    text_printable(sources->target, shown, sizeof shown);
    if (sources->shard.count == 0) {
        fprintf(out, "%zu %s in %s\n", sources->count,
                sources->count == 1 ? "directory" : "directories", shown);
        return;
    }
    fprintf(out, "%zu of %u shards in %s\n", sources->count, sources->shard.count, shown);
    print_shards(out, "missing", told->missing, sources->shard.count);
    print_shards(out, "incomplete", told->incomplete, sources->shard.count);
}

static void print_time(FILE *out, int64_t us)
{
    char text[32];
    struct tm utc;
    const time_t seconds = (time_t)(us / 1000000);
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    fputs(text, out);
}

static double seconds_of(const struct tally *tally)
{
    return (double)(tally->ended_us - tally->started_us) / 1e6;
}

static void print_amounts(FILE *out, const struct tally *tally)
{
    const double mib = 1024.0 * 1024.0;
    fprintf(out, "%.1f MiB of originals, %.1f megapixels, %.1f MiB out\n",
            (double)tally->bytes_in / mib, (double)tally->pixels / 1e6,
            (double)tally->bytes_out / mib);
}

void merge_print(FILE *out, const struct merge_told *told)
{
    const struct tally *tally = &told->recount.tally;
    print_sources(out, told);
    summary_counts(out, tally);
    if (told->counts.repeated > 0)
        fprintf(out, "%llu %s in several directories: the line of the first one is taken\n",
                ULL(told->counts.repeated), told->counts.repeated == 1 ? "URL is" : "URLs are");
    if (tally->ok > 0)
        print_amounts(out, tally);
    if (tally->started_us > 0) {
        fputs("from ", out);
        print_time(out, tally->started_us);
        fputs(" to ", out);
        print_time(out, tally->ended_us);
        fprintf(out, ": %.2f s\n", seconds_of(tally));
    }
    summary_failures(out, tally);
    if (told->recount.unknown_codes > 0)
        fprintf(out, "%8llu with codes that this version does not know\n",
                ULL(told->recount.unknown_codes));
}

json_t *merge_stats(const struct merge_told *told)
{
    const struct tally *tally = &told->recount.tally;
    json_t *stats = json_pack("{s:I, s:I, s:I, s:i, s:I, s:I, s:I, s:I, s:f}", "distinct",
                              (json_int_t)tally->distinct, "ok", (json_int_t)tally->ok, "failed",
                              (json_int_t)tally->failed, "skipped", 0, "cancelled",
                              (json_int_t)tally->cancelled, "bytes_in", (json_int_t)tally->bytes_in,
                              "bytes_out", (json_int_t)tally->bytes_out, "pixels",
                              (json_int_t)tally->pixels, "total_s", seconds_of(tally));
    if (stats == NULL)
        return NULL;
    json_object_set_new(stats, "failures", stats_failures(tally));
    json_object_set_new(stats, "directories", json_integer((json_int_t)told->sources->count));
    json_object_set_new(stats, "repeated", json_integer((json_int_t)told->counts.repeated));
    if (told->sources->shard.count == 0)
        return stats;
    json_object_set_new(stats, "shards", json_integer(told->sources->shard.count));
    json_object_set(stats, "missing", told->missing);
    json_object_set(stats, "incomplete", told->incomplete);
    json_object_set_new(stats, "misplaced", json_integer((json_int_t)told->counts.misplaced));
    return stats;
}
