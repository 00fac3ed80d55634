// SPDX-License-Identifier: MIT
#include "run/job.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct job *job_new(struct url *url)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    job->url = *url;
    *url = (struct url){0};
    job->body = BODY_NONE;
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++)
        job->outputs[i] = -1;
    job->http.dns_us = job->http.connect_us = job->http.tls_us = -1;
    job->http.first_byte_us = job->http.done_us = -1;
    return job;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    body_close(&job->body);
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++)
        if (job->outputs[i] >= 0)
            close(job->outputs[i]);
    for (size_t i = 0; i < EF_DETECTOR_COUNT; i++)
        free(job->edges[i].path);
    free(job->resized.path);
    url_free(&job->url);
    free(job->http.final_url);
    free(job->original.path);
    free(job);
}

void job_set_state(struct job *job, enum job_state state, int64_t now_us)
{
    // Forward by one stage, or to the end from anywhere.
    CHECK(state == JOB_FINISHED
              ? job->state != JOB_FINISHED
              : state == job->state + 1 || (state == JOB_QUEUED && job->state == JOB_QUEUED));
    job->state = state;
    job->entered_us[state] = now_us;
}

void job_fail(struct job *job, enum ef_status status, const char *format, ...)
{
    if (job->status != EF_OK)
        return;
    job->status = status;
    job->failed_in = job->state;
    if (format != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(job->message, sizeof job->message, format, arguments);
        va_end(arguments);
    }
}

const char *job_state_name(enum job_state state)
{
    static const char *const names[JOB_STATE_COUNT] = {
        [JOB_QUEUED] = "list",        [JOB_DOWNLOADING] = "download", [JOB_HELD] = "hold",
        [JOB_PROCESSING] = "process", [JOB_WRITING] = "write",        [JOB_FINISHED] = "finished"};
    return (unsigned)state < JOB_STATE_COUNT ? names[state] : "unknown";
}

int64_t job_us_between(const struct job *job, enum job_state from, enum job_state to)
{
    if (job->entered_us[from] == 0 || job->entered_us[to] == 0)
        return -1;
    return job->entered_us[to] - job->entered_us[from];
}
