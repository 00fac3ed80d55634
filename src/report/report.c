// SPDX-License-Identifier: MIT
#include "report/report.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "report/gallery.h"
#include "report/links.h"
#include "report/machine.h"
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// JSON inside a script element: no "<" may end it, or begin a comment.
static void put_json(FILE *file, const char *text, size_t length)
{
    while (length > 0) {
        const char *mark = memchr(text, '<', length);
        const size_t plain = mark == NULL ? length : (size_t)(mark - text);
        fwrite(text, 1, plain, file);
        if (mark != NULL)
            fputs("\\u003c", file);
        text += plain + (mark != NULL);
        length -= plain + (mark != NULL);
    }
}

// A member of an object that has others before it; what could not be made is null.
static void put_member(FILE *file, const char *key, json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    fprintf(file, ",\"%s\":", key);
    if (text == NULL)
        fputs("null", file);
    else
        put_json(file, text, strlen(text));
    free(text);
}

static void put_new_member(FILE *file, const char *key, json_t *value)
{
    put_member(file, key, value);
    json_decref(value);
}

static void put_pictures(FILE *file, const struct kept *pictures)
{
    fputs(",\"pictures\":[", file);
    for (size_t i = 0; i < pictures->count; i++) {
        const char *line = pictures->lines[i];
        fputs(i > 0 ? ",\n" : "\n", file);
        put_json(file, line, strcspn(line, "\n"));
    }
    fputc(']', file);
}

static void put_run(FILE *file, const struct report *report, const struct report_run *run)
{
    char *base = run->directory == NULL ? NULL : links_base(report->path, run->directory);
    fprintf(file, "{\"started_ms\":%lld.%03d", (long long)(run->started_us / 1000),
            (int)(run->started_us % 1000));
    put_new_member(file, "name", json_string(run->name));
    put_new_member(file, "base", json_string(base == NULL ? "" : base));
    put_new_member(file, "machine", machine_of());
    put_member(file, "options", run->options);
    if (run->started_us == 0 && run->stats == NULL)
        fputs(",\"from_manifest\":true", file);
    put_member(file, "stats", run->stats);
    put_pictures(file, &run->pictures);
    fputc('}', file);
    free(base);
}

static json_t *now(void)
{
    char text[32];
    struct tm utc;
    const time_t seconds = time(NULL);
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return json_string(text);
}

static void put_page(FILE *file, const struct report *report, const struct gallery *gallery)
{
    uint64_t left_out = 0;
    for (size_t i = 0; i < report->run_count; i++)
        left_out += kept_left_out(&report->runs[i].pictures);
    fputs(report_page_head, file);
    fprintf(file, "{\"left_out\":%llu", (unsigned long long)left_out);
    put_new_member(file, "edgefetch", json_string(EDGEFETCH_VERSION));
    put_new_member(file, "generated", now());
    put_new_member(file, "title", json_string(report->title));
    fputs(",\"runs\":[", file);
    for (size_t i = 0; i < report->run_count; i++) {
        if (i > 0)
            fputc(',', file);
        put_run(file, report, &report->runs[i]);
    }
    fputs("],\"thumbnails\":", file);
    gallery_put(gallery, file);
    fputs("}", file);
    fputs(report_page_tail, file);
}

static int write_page(const struct report *report, const struct gallery *gallery,
                      const char *partial)
{
    FILE *file = fopen(partial, "wxe");
    if (file == NULL)
        return -1;
    put_page(file, report, gallery);
    const bool failed = ferror(file) != 0;
    if (fclose(file) == 0 && !failed && rename(partial, report->path) == 0)
        return 0;
    unlink(partial);
    return -1;
}

int report_write(const struct report *report, const struct report_studio *studio)
{
    char shown[LIMIT_PATH_BYTES];
    char *partial;
    struct gallery gallery = {0};
    for (size_t i = 0; i < report->run_count && gallery.count == 0; i++)
        gallery_make(&gallery, &report->runs[i], studio);
    int status = asprintf(&partial, "%s.partial-%ld", report->path, (long)getpid());
    if (status >= 0) {
        status = write_page(report, &gallery, partial);
        free(partial);
    }
    if (status < 0)
        log_error("report %s cannot be written:",
                  text_printable(report->path, shown, sizeof shown));
    gallery_free(&gallery);
    return status < 0 ? -1 : 0;
}
