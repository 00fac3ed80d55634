// SPDX-License-Identifier: MIT
#include "cli/values.h"

#include "cli/bench_table.h"
#include "cli/cli.h"
#include "cli/simulate.h"
#include "run/names.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// "canny,sobel": one map each, in this order.
bool parse_detectors(void *target, const char *value, char *why, size_t size)
{
    struct ef_options *picture = target;
    char name[32];
    unsigned count = 0;
    const char *at = value;
    snprintf(why, size,
             "must be one or more, with commas, of: neighbor sobel scharr prewitt roberts "
             "laplacian canny");
    for (bool more = true; more; at += strlen(name) + 1) {
        const size_t length = strcspn(at, ",");
        enum ef_detector detector;
        more = at[length] == ',';
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : 0), at);
        if (!ef_detector_from_name(name, &detector) || count == EF_DETECTOR_COUNT)
            return false;
        for (unsigned i = 0; i < count; i++)
            if (picture->detectors[i] == detector)
                return false;
        picture->detectors[count++] = detector;
    }
    picture->detector_count = count;
    return true;
}

static bool parse_integer(const char *text, long most, int *value, const char **rest)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    const long parsed = strtol(text, &end, 10);
    *value = (int)parsed;
    *rest = end;
    return parsed <= most;
}

// "T", or "LO,HI" for canny; given twice, both.
bool parse_threshold(void *target, const char *value, char *why, size_t size)
{
    struct ef_options *picture = target;
    const char *rest;
    snprintf(why, size, "must be a whole number from 0 to 765, or LO,HI from 0 to 65535 for canny");
    if (strchr(value, ',') == NULL)
        return parse_integer(value, 765, &picture->threshold, &rest) && *rest == '\0';
    return parse_integer(value, 65535, &picture->low, &rest) && *rest == ',' &&
           parse_integer(rest + 1, 65535, &picture->high, &rest) && *rest == '\0';
}

bool parse_format(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "must be one of:");
    for (int i = 0; i < EF_FORMAT_COUNT; i++)
        snprintf(why + strlen(why), size - strlen(why), " %s", ef_format_name((enum ef_format)i));
    return ef_format_from_name(value, target);
}

// One of two words; the second sets the flag.
static bool parse_flag_word(bool *flag, const char *value, const char *off, const char *on)
{
    *flag = strcmp(value, on) == 0;
    return *flag || strcmp(value, off) == 0;
}

bool parse_norm(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "must be l1 or l2");
    return parse_flag_word(target, value, "l1", "l2");
}

bool parse_codec(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "must be auto or stb");
    return parse_flag_word(target, value, "auto", "stb");
}

bool parse_blur(void *target, const char *value, char *why, size_t size)
{
    char *rest;
    const double sigma = strtod(value, &rest);
    snprintf(why, size, "must be 0, or a number of pixels from 0.1 to 20");
    *(double *)target = floor(sigma * 1e6 + 0.5) / 1e6;
    return value[0] >= '0' && value[0] <= '9' && *rest == '\0' &&
           (sigma == 0 || (sigma >= 0.1 && sigma <= 20));
}

bool parse_size(void *target, const char *value, char *why, size_t size)
{
    struct ef_options *picture = target;
    int width, height;
    const char *rest;
    snprintf(why, size, "must be WIDTHxHEIGHT, 1 to 65535 each and 500 million pixels at most");
    if (!parse_integer(value, 65535, &width, &rest) || *rest != 'x' ||
        !parse_integer(rest + 1, 65535, &height, &rest) || *rest != '\0' || width < 1 ||
        height < 1 || (double)width * height > 500e6)
        return false;
    picture->resize_width = (uint32_t)width;
    picture->resize_height = (uint32_t)height;
    return true;
}

bool parse_fit(void *target, const char *value, char *why, size_t size)
{
    static const char *const names[EF_FIT_COUNT] = {"contain", "cover", "stretch"};
    snprintf(why, size, "must be contain, cover or stretch");
    for (int i = 0; i < EF_FIT_COUNT; i++)
        if (strcmp(value, names[i]) == 0) {
            *(enum ef_fit *)target = (enum ef_fit)i;
            return true;
        }
    return false;
}

bool parse_name(void *target, const char *value, char *why, size_t size)
{
    char error[128] = "";
    const bool usable = name_template_check(value, error, sizeof error);
    snprintf(why, size, "is not a usable template: %s", error);
    *(const char **)target = value;
    return usable;
}

bool parse_progress(void *target, const char *value, char *why, size_t size)
{
    static const char *const names[] = {[PROGRESS_AUTO] = "auto",
                                        [PROGRESS_BAR] = "bar",
                                        [PROGRESS_PLAIN] = "plain",
                                        [PROGRESS_JSON] = "json",
                                        [PROGRESS_NONE] = "none"};
    snprintf(why, size, "must be auto, bar, plain, json or none");
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(value, names[i]) == 0) {
            *(enum progress_how *)target = (enum progress_how)i;
            return true;
        }
    return false;
}

static bool mode_from_name(const char *name, enum run_mode *mode)
{
    for (int i = 0; i < RUN_MODE_COUNT; i++)
        if (strcmp(name, bench_mode_name((enum run_mode)i)) == 0) {
            *mode = (enum run_mode)i;
            return true;
        }
    return false;
}

// "5", "5/s", "10/min", "600/h"
bool parse_rate(void *target, const char *value, char *why, size_t size)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1}, {"/s", 1}, {"/min", 60}, {"/h", 3600}};
    static const double least = 1e-6, most = 1e6; // a second: one in 12 days
    char *end;
    const double number = strtod(value, &end);
    snprintf(why, size,
             "must be a number above 0, such as 5, 5/s, 10/min or 600/h, and come to 0.000001/s to "
             "1000000/s");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].name) == 0) {
            const double rate = number / units[i].seconds;
            *(double *)target = rate;
            return end != value && rate >= least && rate <= most;
        }
    return false;
}

bool parse_package(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "must be tar");
    *(bool *)target = true;
    return strcmp(value, "tar") == 0;
}

bool parse_stage(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    const bool download = strcmp(value, "download") == 0;
    const bool process = strcmp(value, "process") == 0;
    snprintf(why, size, "must be download, process or both");
    run->part = download ? PART_DOWNLOAD : process ? PART_PROCESS : PART_BOTH;
    return download || process || strcmp(value, "both") == 0;
}

bool parse_mode(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "must be async, threads or sync");
    return mode_from_name(value, target);
}

bool parse_modes(void *target, const char *value, char *why, size_t size)
{
    struct bench_options *bench = target;
    char name[16];
    const char *at = value;
    snprintf(why, size, "must be one or more, with commas, of: sync threads async");
    bench->mode_count = 0;
    for (bool more = true; more; at += strlen(name) + 1) {
        const size_t length = strcspn(at, ",");
        more = at[length] == ',';
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : 0), at);
        if (bench->mode_count == RUN_MODE_COUNT ||
            !mode_from_name(name, &bench->modes[bench->mode_count]))
            return false;
        for (unsigned i = 0; i < bench->mode_count; i++)
            if (bench->modes[i] == bench->modes[bench->mode_count])
                return false;
        bench->mode_count++;
    }
    return true;
}

// "1,4,16": BENCH_VALUES_MAX numbers from 1 to `most`.
static bool parse_values(const char *value, long most, unsigned *values, unsigned *count)
{
    const char *at = value;
    for (*count = 0; *count < BENCH_VALUES_MAX; at++) {
        int number;
        if (!parse_integer(at, most, &number, &at) || number < 1)
            return false;
        values[(*count)++] = (unsigned)number;
        if (*at != ',')
            return *at == '\0';
    }
    return false;
}

bool parse_limits(void *target, const char *value, char *why, size_t size)
{
    struct bench_options *bench = target;
    snprintf(why, size, "must be 1 to %d numbers with commas, as in 1,4,16", BENCH_VALUES_MAX);
    return parse_values(value, LIMIT_TRANSFERS, bench->limits, &bench->limit_count);
}

bool parse_workers(void *target, const char *value, char *why, size_t size)
{
    struct bench_options *bench = target;
    snprintf(why, size, "must be 1 to %d numbers with commas, as in 1,2", BENCH_VALUES_MAX);
    return parse_values(value, LIMIT_WORKERS, bench->workers, &bench->worker_count);
}

bool parse_simulation(void *target, const char *value, char *why, size_t size)
{
    return simulation_parse(value, target, why, size);
}

bool parse_on_error(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    snprintf(why, size, "must be continue or abort");
    run->most_failures = strcmp(value, "abort") == 0 ? 0 : UINT64_MAX;
    return strcmp(value, "abort") == 0 || strcmp(value, "continue") == 0;
}

// "N", or "P%" of the URLs that are finished.
bool parse_max_failures(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    const char *rest;
    int number;
    snprintf(why, size, "must be a whole number, or 0%% to 100%%");
    if (!parse_integer(value, 1000000000, &number, &rest))
        return false;
    if (*rest == '\0') {
        run->most_failures = (uint64_t)number;
        return true;
    }
    run->most_failed_share = number / 100.0;
    return strcmp(rest, "%") == 0 && number <= 100;
}

bool parse_sandbox(void *target, const char *value, char *why, size_t size)
{
    static const struct {
        const char *name;
        enum sandbox_level level;
    } levels[] = {{"full", SANDBOX_FULL}, {"limits", SANDBOX_LIMITS}, {"off", SANDBOX_OFF}};
    snprintf(why, size, "must be full, limits or off");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(value, levels[i].name) == 0) {
            *(enum sandbox_level *)target = levels[i].level;
            return true;
        }
    return false;
}

bool parse_header(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    if (strpbrk(value, "\r\n") != NULL || strpbrk(value, ":;") == NULL) {
        snprintf(why, size, "must be one header line, as in 'Name: value'");
        return false;
    }
    if (run->header_count == LIMIT_REQUEST_HEADERS) {
        snprintf(why, size, "is one too many; %d headers are the most", LIMIT_REQUEST_HEADERS);
        return false;
    }
    run->headers[run->header_count++] = value;
    return true;
}

bool parse_cacert(void *target, const char *value, char *why, size_t size)
{
    snprintf(why, size, "cannot be read");
    *(const char **)target = value;
    return access(value, R_OK) == 0;
}

bool parse_proxy(void *target, const char *value, char *why, size_t size)
{
    CURLU *url = curl_url();
    const bool usable =
        value[0] == '\0' ||
        (url != NULL && curl_url_set(url, CURLUPART_URL, value,
                                     CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK);
    snprintf(why, size, "is not a proxy; write [http://]host[:port]");
    curl_url_cleanup(url);
    *(const char **)target = value;
    return usable;
}

// Of commands that go on with a directory.
bool parse_no_output(void *target, const char *value, char *why, size_t size)
{
    (void)target;
    (void)value;
    snprintf(why, size, "is one too many: results go into the DIR whose manifest is read");
    return false;
}

bool parse_column(void *target, const char *value, char *why, size_t size)
{
    const char **column = target;
    *column = value;
    snprintf(why, size, "must be the name of a column");
    return value[0] != '\0';
}

bool parse_list_format(void *target, const char *value, char *why, size_t size)
{
    static const char *const names[] = {[LIST_AUTO] = "auto",
                                        [LIST_TEXT] = "text",
                                        [LIST_CSV] = "csv",
                                        [LIST_TSV] = "tsv",
                                        [LIST_JSONL] = "jsonl"};
    enum list_format *format = target;
    snprintf(why, size, "must be auto, text, csv, tsv or jsonl");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            *format = (enum list_format)i;
            return true;
        }
    return false;
}
