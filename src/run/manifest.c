// SPDX-License-Identifier: MIT
// Writing lines; reading them back is manifest_read.c.
#include "run/manifest.h"

#include "base/json_line.h"
#include "run/parameters.h"

char *manifest_skipped_line(const char *url, bool unchanged)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "url", url);
    json_line_string(&line, "status", "skipped");
    if (unchanged)
        json_line_boolean(&line, "unchanged", true);
    json_line_object_end(&line);
    return json_line_finish(&line);
}

static void write_text(struct json_line *line, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        json_line_string(line, key, value);
}

static void write_error(struct json_line *line, const struct job *job)
{
    const char *message = job->message[0] != '\0' ? job->message : ef_status_sentence(job->status);
    json_line_string(line, "stage", job_state_name(job->failed_in));
    json_line_object(line, "error");
    json_line_string(line, "code", ef_status_name(job->status));
    json_line_string(line, "message", message);
    json_line_object_end(line);
}

// `how` it came depends on the moment.
static void write_http(struct json_line *line, const struct job_http *http, bool how)
{
    json_line_object(line, "http");
    if (http->status != 0)
        json_line_integer(line, "status", http->status);
    if (how)
        write_text(line, "version", http->version);
    write_text(line, "final_url", http->final_url);
    if (how)
        write_text(line, "address", http->address);
    write_text(line, "type", http->type);
    write_text(line, "etag", http->etag);
    write_text(line, "last_modified", http->last_modified);
    json_line_object_end(line);
}

// The members of an object that has been begun.
static void write_file(struct json_line *line, const struct job_file *file)
{
    if (file->path != NULL) // not with --discard
        json_line_string(line, "path", file->path);
    json_line_integer(line, "bytes", (int64_t)file->bytes);
    if (file->path != NULL)
        json_line_string(line, "sha256", file->sha256);
}

static void write_edges(struct json_line *line, const struct job *job,
                        const struct ef_options *options)
{
    const struct ef_result *result = &job->answer.result;
    const double full = 255.0 * result->width * result->height;
    json_line_array(line, "edges");
    for (unsigned i = 0; i < options->detector_count; i++) {
        json_line_object(line, NULL);
        parameters_write(line, options, options->detectors[i]);
        write_file(line, &job->edges[i]);
        json_line_real(line, "density", (double)result->edge_sum[i] / full);
        json_line_object_end(line);
    }
    json_line_array_end(line);
}

static void write_outputs(struct json_line *line, const struct job *job,
                          const struct run_options *options)
{
    if (job->original.path != NULL) {
        json_line_object(line, "original");
        write_file(line, &job->original);
        json_line_object_end(line);
    }
    if (options->part != PART_DOWNLOAD)
        write_edges(line, job, &options->picture);
    if (job->resized.bytes > 0) {
        json_line_object(line, "resized");
        parameters_write_resized(line, &options->picture);
        write_file(line, &job->resized);
        json_line_object_end(line);
    }
    if (options->part != PART_DOWNLOAD) {
        json_line_integer(line, "width", job->answer.result.width);
        json_line_integer(line, "height", job->answer.result.height);
    }
    json_line_string(line, "type", ef_type_name(job->answer.result.type));
}

// In milliseconds; negative: unknown.
static void write_us(struct json_line *line, const char *key, int64_t us)
{
    if (us >= 0)
        json_line_thousandths(line, key, us);
}

static void write_span(struct json_line *line, const char *key, int64_t from_us, int64_t to_us)
{
    if (from_us >= 0)
        write_us(line, key, to_us - from_us);
}

static void write_state(struct json_line *line, const char *key, const struct job *job,
                        enum job_state state)
{
    if (job->entered_us[state] != 0)
        write_us(line, key, job_left_us(job, state) - job->entered_us[state]);
}

// Of these, queued, download, held, process and write follow each other and make up the total; dns,
// connect, tls, wait and body are parts of the download, decode, detect and encode of the process.
static void write_times(struct json_line *line, const struct job *job, int64_t to_epoch_us)
{
    const struct job_http *http = &job->http;
    const struct ef_result *result = &job->answer.result;
    json_line_object(line, "ms");
    json_line_thousandths(line, "at", job->entered_us[JOB_QUEUED] + to_epoch_us);
    write_state(line, "queued", job, JOB_QUEUED);
    write_state(line, "download", job, JOB_DOWNLOADING);
    write_span(line, "dns", 0, http->dns_us);
    write_span(line, "connect", http->dns_us, http->connect_us);
    write_span(line, "tls", http->connect_us, http->tls_us);
    // A reused connection has no connect and no tls: its wait begins with the transfer.
    const int64_t asked = http->tls_us >= 0       ? http->tls_us
                          : http->connect_us >= 0 ? http->connect_us
                                                  : 0;
    write_span(line, "wait", asked, http->first_byte_us);
    write_span(line, "body", http->first_byte_us, http->done_us);
    write_state(line, "held", job, JOB_HELD);
    write_state(line, "process", job, JOB_PROCESSING);
    if (job->entered_us[JOB_WRITING] != 0) {
        write_us(line, "decode", result->decode_us);
        write_us(line, "detect", result->detect_us);
        write_us(line, "encode", result->encode_us);
        write_state(line, "write", job, JOB_WRITING);
    }
    write_us(line, "total", job_us_between(job, JOB_QUEUED, JOB_FINISHED));
    json_line_object_end(line);
}

// The attempts before the last one.
static void write_tries(struct json_line *line, const struct job *job, int64_t to_epoch_us)
{
    json_line_array(line, "tries");
    for (unsigned i = 0; i + 1 < job->attempts; i++) {
        const struct job_try *try = &job->tries[i];
        json_line_object(line, NULL);
        json_line_string(line, "code", ef_status_name(try->status));
        if (try->http != 0)
            json_line_integer(line, "http", try->http);
        json_line_thousandths(line, "at", try->started_us + to_epoch_us);
        write_us(line, "ms", try->us);
        write_us(line, "wait", try->wait_us);
        json_line_object_end(line);
    }
    json_line_array_end(line);
}

static const char *outcome_of(const struct job *job)
{
    return job->status == EF_OK ? "ok" : job->status == EF_CANCELLED ? "cancelled" : "failed";
}

char *manifest_sample(const struct job *job, const struct run_options *options)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "url", job->url.shown);
    json_line_integer(&line, "index", (int64_t)job->index);
    if (job->columns != NULL)
        json_line_json(&line, "columns", job->columns);
    json_line_string(&line, "status", "ok");
    if (job->http.status != 0)
        write_http(&line, &job->http, false);
    write_outputs(&line, job, options);
    json_line_object_end(&line);
    return json_line_finish(&line);
}

char *manifest_line(const struct job *job, const struct run_options *options, int64_t to_epoch_us)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "url", job->url.shown);
    json_line_integer(&line, "index", (int64_t)job->index);
    if (job->columns != NULL)
        json_line_json(&line, "columns", job->columns);
    json_line_string(&line, "status", outcome_of(job));
    if (job->status != EF_OK)
        write_error(&line, job);
    json_line_integer(&line, "attempts", job->attempts);
    if (job->attempts > 1)
        write_tries(&line, job, to_epoch_us);
    if (job->attempts > 0)
        write_http(&line, &job->http, true);
    if (job->status == EF_OK)
        write_outputs(&line, job, options);
    if (job->quarantine != NULL)
        json_line_string(&line, "quarantine", job->quarantine);
    write_times(&line, job, to_epoch_us);
    json_line_object_end(&line);
    return json_line_finish(&line);
}
