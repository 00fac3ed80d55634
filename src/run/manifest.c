// SPDX-License-Identifier: MIT
// Writing lines; reading them back is manifest_read.c.
#include "run/manifest.h"

#include "base/version.h"
#include "run/parameters.h"

#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *dump(json_t *object)
{
    char *line = NULL;
    // ASCII only: with --json these lines may go to a terminal, and URLs are foreign text.
    const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9);
    char *text = object == NULL ? NULL : json_dumps(object, flags);
    if (text != NULL) {
        const size_t length = strlen(text);
        line = realloc(text, length + 2);
        if (line != NULL)
            memcpy(line + length, "\n", 2);
        else
            free(text);
    }
    json_decref(object);
    return line;
}

char *manifest_header(void)
{
    char started[32];
    const time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return dump(json_pack("{s:s, s:i, s:s}", "edgefetch", EDGEFETCH_VERSION, "schema",
                          MANIFEST_SCHEMA, "started", started));
}

char *manifest_skipped_line(const char *url)
{
    return dump(json_pack("{s:s, s:s}", "url", url, "status", "skipped"));
}

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        json_object_set_new(object, key, json_string(value));
}

static json_t *http_of(const struct job *job)
{
    const struct job_http *http = &job->http;
    json_t *object = json_object();
    if (http->status != 0)
        json_object_set_new(object, "status", json_integer(http->status));
    set_text(object, "version", http->version);
    set_text(object, "final_url", http->final_url);
    set_text(object, "address", http->address);
    set_text(object, "type", http->type);
    set_text(object, "etag", http->etag);
    set_text(object, "last_modified", http->last_modified);
    return object;
}

static json_t *file_of(const struct job_file *file)
{
    if (file->path == NULL) // with --discard
        return json_pack("{s:I}", "bytes", (json_int_t)file->bytes);
    return json_pack("{s:s, s:I, s:s}", "path", file->path, "bytes", (json_int_t)file->bytes,
                     "sha256", file->sha256);
}

static json_t *resized_of(const struct job *job, const struct ef_options *options)
{
    json_t *entry = parameters_of_resized(options);
    json_t *file = file_of(&job->resized);
    json_object_update(entry, file);
    json_decref(file);
    return entry;
}

static json_t *edges_of(const struct job *job, const struct ef_options *options)
{
    const struct ef_result *result = &job->answer.result;
    const double full = 255.0 * result->width * result->height;
    json_t *list = json_array();
    for (unsigned i = 0; i < options->detector_count; i++) {
        json_t *entry = parameters_of(options, options->detectors[i]);
        json_t *file = file_of(&job->edges[i]);
        json_object_update(entry, file);
        json_decref(file);
        json_object_set_new(entry, "density", json_real((double)result->edge_sum[i] / full));
        json_array_append_new(list, entry);
    }
    return list;
}

static void set_ms(json_t *object, const char *key, double ms)
{
    if (ms >= 0)
        json_object_set_new(object, key, json_real(round(ms * 1000) / 1000));
}

static void set_span_us(json_t *object, const char *key, int64_t from, int64_t to)
{
    if (from >= 0 && to >= from)
        set_ms(object, key, (double)(to - from) / 1000.0);
}

static json_t *times_of(const struct job *job)
{
    const struct job_http *http = &job->http;
    json_t *ms = json_object();
    set_ms(ms, "queued", job_ms_between(job, JOB_QUEUED, JOB_DOWNLOADING));
    set_span_us(ms, "dns", 0, http->dns_us);
    set_span_us(ms, "connect", http->dns_us, http->connect_us);
    set_span_us(ms, "tls", http->connect_us, http->tls_us);
    // A reused connection has no connect and no tls: its wait begins with the transfer.
    const int64_t asked = http->tls_us >= 0       ? http->tls_us
                          : http->connect_us >= 0 ? http->connect_us
                                                  : 0;
    set_span_us(ms, "wait", asked, http->first_byte_us);
    set_span_us(ms, "body", http->first_byte_us, http->done_us);
    set_ms(ms, "held", job_ms_between(job, JOB_HELD, JOB_PROCESSING));
    if (job->entered_us[JOB_WRITING] != 0) {
        set_ms(ms, "decode", job->answer.result.decode_us / 1000.0);
        set_ms(ms, "detect", job->answer.result.detect_us / 1000.0);
        set_ms(ms, "encode", job->answer.result.encode_us / 1000.0);
        set_ms(ms, "write", job_ms_between(job, JOB_WRITING, JOB_FINISHED));
    }
    set_ms(ms, "total", job_ms_between(job, JOB_QUEUED, JOB_FINISHED));
    return ms;
}

// The attempts before the last one.
static json_t *tries_of(const struct job *job)
{
    json_t *list = json_array();
    for (unsigned i = 0; i + 1 < job->attempts; i++) {
        const struct job_try *try = &job->tries[i];
        json_t *entry = json_pack("{s:s}", "code", ef_status_name(try->status));
        if (try->http != 0)
            json_object_set_new(entry, "http", json_integer(try->http));
        set_ms(entry, "ms", try->ms);
        set_ms(entry, "wait", try->wait_ms);
        json_array_append_new(list, entry);
    }
    return list;
}

static const char *outcome_of(const struct job *job)
{
    return job->status == EF_OK ? "ok" : job->status == EF_CANCELLED ? "cancelled" : "failed";
}

char *manifest_line(const struct job *job, const struct run_options *options)
{
    json_t *line = json_pack("{s:s, s:I, s:s}", "url", job->url.shown, "index",
                             (json_int_t)job->index, "status", outcome_of(job));
    if (line == NULL)
        return NULL;
    if (job->status != EF_OK) {
        const char *message =
            job->message[0] != '\0' ? job->message : ef_status_sentence(job->status);
        json_object_set_new(line, "stage", json_string(job_state_name(job->failed_in)));
        json_object_set_new(
            line, "error",
            json_pack("{s:s, s:s}", "code", ef_status_name(job->status), "message", message));
    }
    json_object_set_new(line, "attempts", json_integer(job->attempts));
    if (job->attempts > 1)
        json_object_set_new(line, "tries", tries_of(job));
    if (job->attempts > 0)
        json_object_set_new(line, "http", http_of(job));
    if (job->status == EF_OK) {
        if (job->original.path != NULL)
            json_object_set_new(line, "original", file_of(&job->original));
        if (options->part != PART_DOWNLOAD)
            json_object_set_new(line, "edges", edges_of(job, &options->picture));
        if (job->resized.bytes > 0)
            json_object_set_new(line, "resized", resized_of(job, &options->picture));
        if (options->part != PART_DOWNLOAD) {
            json_object_set_new(line, "width", json_integer(job->answer.result.width));
            json_object_set_new(line, "height", json_integer(job->answer.result.height));
        }
        json_object_set_new(line, "type", json_string(ef_type_name(job->answer.result.type)));
    }
    json_object_set_new(line, "ms", times_of(job));
    return dump(line);
}
