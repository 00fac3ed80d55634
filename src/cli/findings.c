// SPDX-License-Identifier: MIT
#include "cli/findings.h"

#include "base/json_line.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ULL(value) ((unsigned long long)(value))

// Takes the object over. ASCII only, as in the manifest.
static void print_object(json_t *object)
{
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text != NULL)
        puts(text);
    free(text);
    json_decref(object);
}

static void print_finding(const struct verify_finding *finding)
{
    char shown[LIMIT_PATH_BYTES];
    struct json_line line = {0};
    const bool valid = utf8_valid(finding->path, strlen(finding->path));
    json_line_object(&line, NULL);
    json_line_string(&line, "problem", verify_problem_name(finding->problem));
    json_line_string(&line, "path",
                     valid ? finding->path : text_printable(finding->path, shown, sizeof shown));
    if (finding->url != NULL)
        json_line_string(&line, "url", finding->url);
    if (finding->why != NULL)
        json_line_string(&line, "why", finding->why);
    json_line_object_end(&line);
    char *text = json_line_finish(&line);
    if (text != NULL)
        fputs(text, stdout);
    free(text);
}

void finding_print(const struct verify_finding *finding, bool json)
{
    char path[LIMIT_PATH_BYTES], url[LIMIT_SHOWN_URL_BYTES];
    if (json) {
        print_finding(finding);
        return;
    }
    text_printable(finding->path, path, sizeof path);
    printf("%s %s", verify_problem_name(finding->problem), path);
    if (finding->url != NULL)
        printf(": %s (%s)", finding->why, text_printable(finding->url, url, sizeof url));
    printf("\n");
}

void findings_summary(const struct verify_counts *counts, bool json)
{
    const uint64_t *problems = counts->problems;
    if (json) {
        print_object(json_pack(
            "{s:I, s:I, s:I, s:I, s:I}", "verified", (json_int_t)counts->verified, "missing",
            (json_int_t)problems[VERIFY_MISSING], "different",
            (json_int_t)problems[VERIFY_DIFFERENT], "unknown", (json_int_t)problems[VERIFY_UNKNOWN],
            "not_done", (json_int_t)counts->not_done));
        return;
    }
    printf("%llu files verified, %llu missing, %llu different; %llu unknown", ULL(counts->verified),
           ULL(problems[VERIFY_MISSING]), ULL(problems[VERIFY_DIFFERENT]),
           ULL(problems[VERIFY_UNKNOWN]));
    if (counts->not_done > 0)
        printf("; %llu %s not done, see 'edgefetch retry'", ULL(counts->not_done),
               counts->not_done == 1 ? "URL is" : "URLs are");
    printf("\n");
}
