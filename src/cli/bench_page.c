// SPDX-License-Identifier: MIT
#include "cli/bench_page.h"

#include "base/log.h"
#include "cli/bench_table.h"
#include "report/report.h"
#include "run/manifest.h"

#include <stdio.h>
#include <stdlib.h>

static bool keep_lines(struct kept *kept, const char *output)
{
    char *path = NULL, *line = NULL;
    size_t size = 0;
    bool ok = true;
    if (asprintf(&path, "%s/" MANIFEST_NAME, output) < 0)
        return false;
    FILE *file = fopen(path, "re");
    free(path);
    if (file == NULL)
        return false;
    ssize_t length = getline(&line, &size, file); // the header
    while (ok && length > 0 && (length = getline(&line, &size, file)) > 0)
        ok = kept_add(kept, line, (size_t)length);
    free(line);
    fclose(file);
    return ok;
}

void bench_page_keep(struct bench_way *way, const char *output, const char *stats)
{
    bench_page_free(way);
    way->shown = calloc(1, sizeof *way->shown);
    if (way->shown == NULL || !keep_lines(&way->shown->pictures, output))
        log_warning("a run will be missing in the report: there was no memory left for it");
    if (way->shown != NULL)
        way->shown->stats = json_load_file(stats, 0, NULL);
}

void bench_page_free(struct bench_way *way)
{
    if (way->shown == NULL)
        return;
    kept_free(&way->shown->pictures);
    json_decref(way->shown->stats);
    json_decref(way->shown->options);
    free(way->shown);
    way->shown = NULL;
}

static const struct bench_way *fastest_of(enum run_mode mode, const struct bench_way *ways,
                                          size_t count)
{
    const struct bench_way *fastest = NULL;
    for (size_t i = 0; i < count; i++)
        if (ways[i].mode == mode && ways[i].shown != NULL &&
            (fastest == NULL || bench_median_s(&ways[i]) < bench_median_s(fastest)))
            fastest = &ways[i];
    return fastest;
}

int bench_page_write(const char *path, struct bench_way *ways, size_t count)
{
    static const enum run_mode order[] = {RUN_SYNC, RUN_THREADS, RUN_ASYNC};
    struct report_run runs[RUN_MODE_COUNT];
    char names[RUN_MODE_COUNT][64];
    struct report report = {.path = path, .title = "bench", .runs = runs};
    for (size_t i = 0; i < RUN_MODE_COUNT; i++) {
        const struct bench_way *way = fastest_of(order[i], ways, count);
        if (way == NULL)
            continue;
        snprintf(names[i], sizeof names[i], "%s, limit %u, %u worker%s", bench_mode_name(order[i]),
                 way->limit, way->workers, way->workers == 1 ? "" : "s");
        if (way->shown->options == NULL)
            way->shown->options = json_pack("{s:s, s:i, s:i}", "mode", bench_mode_name(order[i]),
                                            "limit", (int)way->limit, "workers", (int)way->workers);
        runs[report.run_count] = *way->shown;
        runs[report.run_count++].name = names[i];
    }
    return report_write(&report, &(struct report_studio){0});
}
