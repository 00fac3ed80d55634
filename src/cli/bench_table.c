// SPDX-License-Identifier: MIT
#include "cli/bench_table.h"

#include "base/log.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { BAR = 48 }; // characters of the slowest way

const char *bench_mode_name(enum run_mode mode)
{
    static const char *const names[RUN_MODE_COUNT] = {
        [RUN_ASYNC] = "async", [RUN_THREADS] = "threads", [RUN_SYNC] = "sync"};
    return names[mode];
}

// ---- figures ----

struct spread {
    double least, median, most;
};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Of one field of all samples of a way, which is a double at `offset`.
static struct spread spread_of(const struct bench_way *way, size_t offset)
{
    enum { MOST = 1000 };
    double values[MOST];
    const size_t count = way->sample_count < MOST ? way->sample_count : MOST;
    for (size_t i = 0; i < count; i++)
        memcpy(&values[i], (const char *)&way->samples[i] + offset, sizeof values[i]);
    if (count == 0)
        return (struct spread){0};
    qsort(values, count, sizeof *values, compare);
    return (struct spread){values[0], (values[(count - 1) / 2] + values[count / 2]) / 2,
                           values[count - 1]};
}

static double median_of(const struct bench_way *way, size_t offset)
{
    return spread_of(way, offset).median;
}

#define MEDIAN(way, field) median_of((way), offsetof(struct bench_sample, field))

double bench_median_s(const struct bench_way *way)
{
    return MEDIAN(way, total_s);
}

const struct bench_way *bench_fastest(const struct bench_way *ways, size_t count)
{
    const struct bench_way *fastest = ways;
    for (size_t i = 1; i < count; i++)
        if (bench_median_s(&ways[i]) < bench_median_s(fastest))
            fastest = &ways[i];
    return fastest;
}

// What speed-ups are measured against: sync, or the first way.
static const struct bench_way *reference_of(const struct bench_way *ways, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ways[i].mode == RUN_SYNC)
            return &ways[i];
    return ways;
}

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

// ---- for people ----

static void print_row(FILE *out, const struct bench_way *way, const struct bench_way *reference)
{
    const struct spread total = spread_of(way, offsetof(struct bench_sample, total_s));
    const struct bench_sample *last = &way->samples[way->sample_count - 1];
    const double download = MEDIAN(way, download_s), process = MEDIAN(way, process_s);
    char shown[64];
    snprintf(shown, sizeof shown, "%.2f (%.2f-%.2f)", total.median, total.least, total.most);
    fprintf(out, "%-8s %5u %7u  %7.2f %3.0f%%  %7.2f %3.0f%%  %21s %6.1fx %10.1f",
            bench_mode_name(way->mode), way->limit, way->workers, download,
            share(download, total.median), process, share(process, total.median), shown,
            bench_median_s(reference) / total.median, (double)last->ok / total.median);
    fprintf(out, " %7.2f %6.1f %7u %6llu  %s\n", MEDIAN(way, cpu_s), MEDIAN(way, peak_mib),
            last->most_at_once, (unsigned long long)last->failed, way->verdict);
}

// Length of a bar for a time.
static int bar_of(double seconds, double slowest)
{
    const int length = slowest > 0 ? (int)(seconds / slowest * BAR + 0.5) : 0;
    return length > 0 ? length : 1;
}

// Two lines a way: '#' while something was downloaded, '=' while something was processed.
static void print_bars(FILE *out, const struct bench_way *ways, size_t count)
{
    double slowest = 0;
    for (size_t i = 0; i < count; i++)
        slowest = bench_median_s(&ways[i]) > slowest ? bench_median_s(&ways[i]) : slowest;
    fprintf(out, "\ntime in all ('.'), with downloads going on ('#'), with pictures in work "
                 "('=')\n");
    for (size_t i = 0; i < count; i++) {
        const struct bench_way *way = &ways[i];
        const double times[] = {bench_median_s(way), MEDIAN(way, download_s),
                                MEDIAN(way, process_s)};
        static const char marks[] = ".#=";
        for (int line = 0; line < 3; line++) {
            char bar[BAR + 2];
            const int length = bar_of(times[line], slowest);
            memset(bar, marks[line], (size_t)length);
            bar[length] = '\0';
            if (line == 0)
                fprintf(out, "%-8s %5u %7u  %s %.2f s\n", bench_mode_name(way->mode), way->limit,
                        way->workers, bar, times[line]);
            else
                fprintf(out, "%22s  %s\n", "", bar);
        }
    }
}

void bench_print(FILE *out, const struct bench_way *ways, size_t count)
{
    const struct bench_way *reference = reference_of(ways, count);
    const struct bench_way *fastest = bench_fastest(ways, count);
    fprintf(out, "%-8s %5s %7s  %12s  %12s  %21s %7s %10s %7s %6s %7s %6s\n", "mode", "limit",
            "workers", "download s", "process s", "total s (min-max)", "speed", "pictures/s",
            "CPU s", "MiB", "at once", "failed");
    for (size_t i = 0; i < count; i++)
        print_row(out, &ways[i], reference);
    print_bars(out, ways, count);
    fprintf(out,
            "\n%s: the fastest was %s with limit %u and %u worker%s, %.1f times as fast as %s; "
            "%s\n",
            fastest->verdict, bench_mode_name(fastest->mode), fastest->limit, fastest->workers,
            fastest->workers == 1 ? "" : "s", bench_median_s(reference) / bench_median_s(fastest),
            bench_mode_name(reference->mode), fastest->advice);
}

// ---- for programs ----

static json_t *json_of(const struct bench_way *way)
{
    json_t *samples = json_array();
    for (unsigned i = 0; i < way->sample_count; i++) {
        const struct bench_sample *s = &way->samples[i];
        json_array_append_new(samples,
                              json_pack("{s:f, s:f, s:f, s:f, s:f, s:i, s:I, s:I}", "download_s",
                                        s->download_s, "process_s", s->process_s, "total_s",
                                        s->total_s, "cpu_s", s->cpu_s, "peak_mib", s->peak_mib,
                                        "most_at_once", (int)s->most_at_once, "ok",
                                        (json_int_t)s->ok, "failed", (json_int_t)s->failed));
    }
    return json_pack("{s:s, s:i, s:i, s:f, s:f, s:f, s:s, s:s, s:o}", "mode",
                     bench_mode_name(way->mode), "limit", (int)way->limit, "workers",
                     (int)way->workers, "download_s", MEDIAN(way, download_s), "process_s",
                     MEDIAN(way, process_s), "total_s", bench_median_s(way), "verdict",
                     way->verdict, "advice", way->advice, "runs", samples);
}

int bench_write_json(const char *path, const struct bench_way *ways, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_of(&ways[i]));
    json_t *all = json_pack("{s:s, s:s, s:o}", "edgefetch", EDGEFETCH_VERSION, "verdict",
                            bench_fastest(ways, count)->verdict, "ways", list);
    const int failed =
        all == NULL || json_dump_file(all, path, JSON_INDENT(2) | JSON_ENSURE_ASCII) != 0;
    json_decref(all);
    if (failed)
        log_error("%s cannot be written:", path);
    return failed ? -1 : 0;
}

int bench_write_csv(const char *path, const struct bench_way *ways, size_t count)
{
    FILE *file = fopen(path, "w");
    int failed = file == NULL;
    if (file != NULL) {
        fprintf(file, "mode,limit,workers,run,download_s,process_s,total_s,cpu_s,peak_mib,"
                      "most_at_once,ok,failed\n");
        for (size_t i = 0; i < count; i++)
            for (unsigned run = 0; run < ways[i].sample_count; run++) {
                const struct bench_sample *s = &ways[i].samples[run];
                fprintf(file, "%s,%u,%u,%u,%.6f,%.6f,%.6f,%.6f,%.2f,%u,%llu,%llu\n",
                        bench_mode_name(ways[i].mode), ways[i].limit, ways[i].workers, run + 1,
                        s->download_s, s->process_s, s->total_s, s->cpu_s, s->peak_mib,
                        s->most_at_once, (unsigned long long)s->ok, (unsigned long long)s->failed);
            }
        failed = ferror(file);
        failed = fclose(file) != 0 || failed;
    }
    if (failed)
        log_error("%s cannot be written:", path);
    return failed ? -1 : 0;
}
