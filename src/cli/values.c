// SPDX-License-Identifier: MIT
#include "cli/values.h"

#include "cli/bench_table.h"
#include "cli/classes.h"
#include "cli/cli.h"
#include "cli/shards.h"
#include "cli/simulate.h"
#include "run/names.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- sets of words ----

static const char *detector_word(size_t index)
{
    return index < EF_DETECTOR_COUNT ? ef_detector_name((enum ef_detector)index) : NULL;
}

static const char *format_word(size_t index)
{
    return index < EF_FORMAT_COUNT ? ef_format_name((enum ef_format)index) : NULL;
}

static const char *mode_word(size_t index)
{
    return index < RUN_MODE_COUNT ? bench_mode_name((enum run_mode)index) : NULL;
}

// Those of an enumeration stand in its order; of two that set a flag the second sets it.
WORDS(norm_word, "l1", "l2")
WORDS(codec_word, "auto", "stb")
WORDS(fit_word, "contain", "cover", "stretch")
WORDS(progress_word, "auto", "bar", "plain", "json", "none")
WORDS(stage_word, "both", "download", "process")
WORDS(package_word, "tar")
WORDS(on_error_word, "continue", "abort")
WORDS(sandbox_word, "full", "limits", "off")
WORDS(list_format_word, "auto", "text", "csv", "tsv", "jsonl")

static bool parse_flag_word(word_at *words, bool *flag, const char *value, char *why, size_t size)
{
    size_t index;
    const bool known = words_read_one(words, value, &index, why, size);
    *flag = known && index == 1;
    return known;
}

// "canny,sobel": one map each, in this order.
bool parse_detectors(void *target, const char *value, char *why, size_t size)
{
    struct ef_options *picture = target;
    size_t indexes[EF_DETECTOR_COUNT];
    unsigned count;
    if (!words_read_several(detector_word, value, indexes, &count, EF_DETECTOR_COUNT, why, size))
        return false;
    for (unsigned i = 0; i < count; i++)
        picture->detectors[i] = (enum ef_detector)indexes[i];
    picture->detector_count = count;
    return true;
}

bool parse_format(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    if (!words_read_one(format_word, value, &index, why, size))
        return false;
    *(enum ef_format *)target = (enum ef_format)index;
    return true;
}

bool parse_norm(void *target, const char *value, char *why, size_t size)
{
    return parse_flag_word(norm_word, target, value, why, size);
}

bool parse_codec(void *target, const char *value, char *why, size_t size)
{
    return parse_flag_word(codec_word, target, value, why, size);
}

bool parse_fit(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    if (!words_read_one(fit_word, value, &index, why, size))
        return false;
    *(enum ef_fit *)target = (enum ef_fit)index;
    return true;
}

bool parse_progress(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    if (!words_read_one(progress_word, value, &index, why, size))
        return false;
    *(enum progress_how *)target = (enum progress_how)index;
    return true;
}

bool parse_package(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    *(bool *)target = words_read_one(package_word, value, &index, why, size);
    return *(bool *)target;
}

bool parse_stage(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    size_t index;
    if (!words_read_one(stage_word, value, &index, why, size))
        return false;
    run->part = (enum run_part)index;
    return true;
}

bool parse_mode(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    if (!words_read_one(mode_word, value, &index, why, size))
        return false;
    *(enum run_mode *)target = (enum run_mode)index;
    return true;
}

bool parse_modes(void *target, const char *value, char *why, size_t size)
{
    struct bench_options *bench = target;
    size_t indexes[RUN_MODE_COUNT];
    unsigned count;
    if (!words_read_several(mode_word, value, indexes, &count, RUN_MODE_COUNT, why, size))
        return false;
    for (unsigned i = 0; i < count; i++)
        bench->modes[i] = (enum run_mode)indexes[i];
    bench->mode_count = count;
    return true;
}

bool parse_on_error(void *target, const char *value, char *why, size_t size)
{
    struct run_options *run = target;
    bool abort;
    const bool known = parse_flag_word(on_error_word, &abort, value, why, size);
    run->most_failures = abort ? 0 : UINT64_MAX;
    return known;
}

bool parse_sandbox(void *target, const char *value, char *why, size_t size)
{
    static const enum sandbox_level levels[] = {SANDBOX_FULL, SANDBOX_LIMITS, SANDBOX_OFF};
    size_t index;
    if (!words_read_one(sandbox_word, value, &index, why, size))
        return false;
    *(enum sandbox_level *)target = levels[index];
    return true;
}

bool parse_list_format(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    if (!words_read_one(list_format_word, value, &index, why, size))
        return false;
    *(enum list_format *)target = (enum list_format)index;
    return true;
}

const struct value_words *value_words(option_parse *parse)
{
    static const struct value_words all[] = {
        {parse_detectors, detector_word, true},
        {parse_format, format_word, false},
        {parse_norm, norm_word, false},
        {parse_codec, codec_word, false},
        {parse_fit, fit_word, false},
        {parse_progress, progress_word, false},
        {parse_package, package_word, false},
        {parse_stage, stage_word, false},
        {parse_mode, mode_word, false},
        {parse_modes, mode_word, true},
        {parse_on_error, on_error_word, false},
        {parse_sandbox, sandbox_word, false},
        {parse_list_format, list_format_word, false},
        {parse_classes, class_word, true},
        {parse_shard_by, shard_by_word, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].parse == parse)
            return &all[i];
    return NULL;
}

// ---- numbers ----

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

// ---- texts ----

bool parse_name(void *target, const char *value, char *why, size_t size)
{
    char error[128] = "";
    const bool usable = name_template_check(value, error, sizeof error);
    snprintf(why, size, "is not a usable template: %s", error);
    *(const char **)target = value;
    return usable;
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
