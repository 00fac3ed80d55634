// SPDX-License-Identifier: MIT
#include "run/trace.h"

#include "base/clock.h"
#include "base/json_line.h"
#include "base/limits.h"

#include <stdlib.h>

// The processes of the picture.
enum group { LOOP = 1, DOWNLOADS, WORKERS, WRITES, GROUP_END };

enum counter { IN_FLIGHT, HELD, BYTES_HELD, BUSY, COUNTERS };

struct trace {
    struct lines *lines;
    int64_t start_us;
    unsigned sample;
    uint64_t changes, turns;    // seen so far
    int64_t counters[COUNTERS]; // as last written; -1: never
    int named[GROUP_END];       // lanes that have a name already
};

// ---- events ----

// What all events have; the caller goes on with members of its kind.
static void begin(struct json_line *line, const char *kind, enum group group, int lane,
                  const char *name)
{
    json_line_object(line, NULL);
    json_line_string(line, "ph", kind);
    json_line_integer(line, "pid", group);
    json_line_integer(line, "tid", lane + 1);
    json_line_string(line, "name", name);
}

static void put(const struct trace *trace, struct json_line *line)
{
    json_line_object_end(line);
    char *text = json_line_finish(line);
    if (text == NULL)
        return; // one event less
    lines_append(trace->lines, ",");
    lines_append(trace->lines, text);
    free(text);
}

static void name_group(const struct trace *trace, enum group group, const char *name)
{
    struct json_line line = {0};
    begin(&line, "M", group, 0, "process_name");
    json_line_object(&line, "args");
    json_line_string(&line, "name", name);
    json_line_object_end(&line);
    put(trace, &line);
    struct json_line order = {0};
    begin(&order, "M", group, 0, "process_sort_index");
    json_line_object(&order, "args");
    json_line_integer(&order, "sort_index", group);
    json_line_object_end(&order);
    put(trace, &order);
}

static void name_lane(const struct trace *trace, enum group group, int lane)
{
    static const char *const names[GROUP_END] = {
        [LOOP] = "turns", [DOWNLOADS] = "download", [WORKERS] = "worker", [WRITES] = "write"};
    char name[32];
    struct json_line line = {0};
    snprintf(name, sizeof name, group == LOOP ? "%s" : "%s %d", names[group], lane + 1);
    begin(&line, "M", group, lane, "thread_name");
    json_line_object(&line, "args");
    json_line_string(&line, "name", name);
    json_line_object_end(&line);
    put(trace, &line);
}

// Begins a slice of a lane; the caller may add "args" and ends it with put().
static void begin_slice(struct trace *trace, struct json_line *line, enum group group, int lane,
                        const char *name, int64_t from_us, int64_t to_us)
{
    while (trace->named[group] <= lane)
        name_lane(trace, group, trace->named[group]++);
    begin(line, "X", group, lane, name);
    json_line_integer(line, "ts", from_us - trace->start_us);
    json_line_integer(line, "dur", to_us - from_us);
}

static void write_slice(struct trace *trace, enum group group, int lane, const char *name,
                        int64_t from_us, int64_t to_us)
{
    struct json_line line = {0};
    begin_slice(trace, &line, group, lane, name, from_us, to_us);
    put(trace, &line);
}

// ---- jobs ----

// Steps inside a slice that has its own clock: each begins where the last has ended, and none ends
// after the slice.
struct steps {
    struct trace *trace;
    enum group group;
    int lane;
    int64_t at_us, end_us;
};

static void step_to(struct steps *steps, const char *name, int64_t to_us)
{
    const int64_t to = to_us < steps->end_us ? to_us : steps->end_us;
    if (to <= steps->at_us)
        return;
    write_slice(steps->trace, steps->group, steps->lane, name, steps->at_us, to);
    steps->at_us = to;
}

static const char *file_of(const struct job *job)
{
    return job->name[0] != '\0' ? job->name : job->url.shown;
}

static void write_try(struct trace *trace, const struct job *job, const struct job_try *try)
{
    struct json_line line = {0};
    begin_slice(trace, &line, DOWNLOADS, try->lane, file_of(job), try->started_us,
                try->started_us + try->us);
    json_line_object(&line, "args");
    json_line_string(&line, "url", job->url.shown);
    json_line_string(&line, "failed", ef_status_name(try->status));
    json_line_object_end(&line);
    put(trace, &line);
}

static void write_download(struct trace *trace, const struct job *job)
{
    const struct job_http *http = &job->http;
    const int64_t from = job->entered_us[JOB_DOWNLOADING];
    const int64_t to = job_left_us(job, JOB_DOWNLOADING);
    struct json_line line = {0};
    begin_slice(trace, &line, DOWNLOADS, job->lanes.download, file_of(job), from, to);
    json_line_object(&line, "args");
    json_line_string(&line, "url", job->url.shown);
    json_line_integer(&line, "index", (int64_t)job->index);
    json_line_string(&line, "status", ef_status_name(job->status));
    json_line_integer(&line, "http", http->status);
    json_line_integer(&line, "bytes", (int64_t)job->body.bytes);
    json_line_object_end(&line);
    put(trace, &line);
    struct steps steps = {trace, DOWNLOADS, job->lanes.download, from, to};
    step_to(&steps, "name lookup", from + http->dns_us);
    step_to(&steps, "connect", from + http->connect_us);
    step_to(&steps, "TLS", from + http->tls_us);
    step_to(&steps, "wait", from + http->first_byte_us);
    step_to(&steps, "body", from + http->done_us);
}

static void write_processing(struct trace *trace, const struct job *job)
{
    const struct ef_result *result = &job->answer.result;
    const int64_t from = job->entered_us[JOB_PROCESSING];
    const int64_t to = job_left_us(job, JOB_PROCESSING);
    struct json_line line = {0};
    begin_slice(trace, &line, WORKERS, job->lanes.worker, file_of(job), from, to);
    json_line_object(&line, "args");
    json_line_integer(&line, "index", (int64_t)job->index);
    json_line_integer(&line, "width", result->width);
    json_line_integer(&line, "height", result->height);
    json_line_object_end(&line);
    put(trace, &line);
    struct steps steps = {trace, WORKERS, job->lanes.worker, from, to};
    step_to(&steps, "decode", steps.at_us + result->decode_us);
    step_to(&steps, "detect", steps.at_us + result->detect_us);
    step_to(&steps, "encode", steps.at_us + result->encode_us);
}

static bool is_sampled(const struct trace *trace, uint64_t number)
{
    return number % trace->sample == 0;
}

void trace_job(struct trace *trace, const struct job *job)
{
    if (!is_sampled(trace, job->index - 1))
        return;
    for (unsigned i = 0; i + 1 < job->attempts; i++)
        write_try(trace, job, &job->tries[i]);
    if (job->lanes.download != NO_LANE && job->attempts > 0)
        write_download(trace, job);
    if (job->lanes.worker != NO_LANE && job->entered_us[JOB_PROCESSING] != 0)
        write_processing(trace, job);
    if (job->lanes.write != NO_LANE)
        write_slice(trace, WRITES, job->lanes.write, file_of(job), job->entered_us[JOB_WRITING],
                    job->entered_us[JOB_FINISHED]);
}

// ---- counters and turns ----

void trace_counters(struct trace *trace, const struct pipeline *pipeline)
{
    static const char *const names[COUNTERS] = {[IN_FLIGHT] = "downloads in flight",
                                                [HELD] = "pictures held",
                                                [BYTES_HELD] = "bytes held",
                                                [BUSY] = "workers busy"};
    const int64_t now[COUNTERS] = {
        [IN_FLIGHT] = (int64_t)pipeline->transfers.held,
        [HELD] = (int64_t)pipeline_held(pipeline),
        [BYTES_HELD] = (int64_t)pipeline->budget.bytes.held,
        [BUSY] = pipeline->processing,
    };
    if (!is_sampled(trace, trace->changes++))
        return;
    const int64_t at = clock_us() - trace->start_us;
    for (int i = 0; i < COUNTERS; i++) {
        if (now[i] == trace->counters[i])
            continue;
        struct json_line line = {0};
        begin(&line, "C", LOOP, 0, names[i]);
        json_line_integer(&line, "ts", at);
        json_line_object(&line, "args");
        json_line_integer(&line, "value", now[i]);
        json_line_object_end(&line);
        put(trace, &line);
        trace->counters[i] = now[i];
    }
}

void trace_turn(struct trace *trace, int64_t now_us, int64_t us, const char *callback)
{
    if (us < LIMIT_TRACED_TURN_US || !is_sampled(trace, trace->turns++))
        return;
    const int64_t from = now_us - us > trace->start_us ? now_us - us : trace->start_us;
    write_slice(trace, LOOP, 0, callback != NULL ? callback : "turn", from, now_us);
}

// ---- the file ----

static void write_start(const struct trace *trace)
{
    struct json_line line = {0};
    begin(&line, "i", LOOP, 0, "run");
    json_line_integer(&line, "ts", 0);
    json_line_string(&line, "s", "g");
    json_line_object(&line, "args");
    json_line_integer(&line, "epoch_us", trace->start_us + clock_to_epoch_us());
    json_line_object_end(&line);
    json_line_object_end(&line);
    char *text = json_line_finish(&line);
    lines_append(trace->lines, "[");
    lines_append(trace->lines, text != NULL ? text : "{}\n");
    free(text);
}

struct trace *trace_open(uv_loop_t *loop, int descriptor, unsigned sample,
                         const struct lines_callbacks *callbacks, void *context)
{
    struct trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return NULL;
    *trace = (struct trace){.lines = lines_open(loop, descriptor, callbacks, context),
                            .start_us = clock_us(),
                            .sample = sample,
                            .counters = {-1, -1, -1, -1}};
    if (trace->lines == NULL) {
        free(trace);
        return NULL;
    }
    lines_gather(trace->lines);
    write_start(trace);
    name_group(trace, LOOP, "event loop");
    name_group(trace, DOWNLOADS, "downloads");
    name_group(trace, WORKERS, "workers");
    name_group(trace, WRITES, "writes");
    return trace;
}

bool trace_is_behind(const struct trace *trace)
{
    return lines_are_behind(trace->lines);
}

void trace_close(struct trace *trace)
{
    if (trace == NULL)
        return;
    lines_append(trace->lines, "]\n");
    lines_close(trace->lines);
    free(trace);
}
