// SPDX-License-Identifier: MIT
#include "run/job.h"

#include "base/check.h"
#include "run/revisit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// What an attempt has learned of the server.
static void forget_answer(struct job *job)
{
    free(job->http.final_url);
    job->http = (struct job_http){
        .dns_us = -1, .connect_us = -1, .tls_us = -1, .first_byte_us = -1, .done_us = -1};
    job->retry_after_us = -1;
}

struct job *job_new(struct url *url)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    job->url = *url;
    *url = (struct url){0};
    job->body = BODY_NONE;
    job->lanes = (struct job_lanes){NO_LANE, NO_LANE, NO_LANE};
    for (size_t i = 0; i < EF_OUTPUT_MAX; i++)
        job->outputs[i] = -1;
    forget_answer(job);
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
    free(job->tries);
    free(job->columns);
    revisit_free(job->revisit);
    url_free(&job->url);
    free(job->http.final_url);
    free(job->original.path);
    free(job->quarantine);
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

bool job_plan_retry(struct job *job, int64_t now_us, int64_t wait_us)
{
    struct job_try *tries = realloc(job->tries, job->attempts * sizeof *tries);
    if (tries == NULL)
        return false;
    CHECK(job->state == JOB_DOWNLOADING && job->status != EF_OK);
    job->tries = tries;
    tries[job->attempts - 1] = (struct job_try){
        .status = job->status,
        .http = job->http.status,
        .started_us = job->entered_us[JOB_DOWNLOADING],
        .us = now_us - job->entered_us[JOB_DOWNLOADING],
        .wait_us = wait_us,
        .lane = job->lanes.download,
    };
    job->state = JOB_QUEUED; // entered when it was first; what it waits is in `tries`
    return true;
}

void job_begin_attempt(struct job *job, int64_t now_us)
{
    if (job->attempts++ > 0) {
        job->status = EF_OK;
        job->message[0] = '\0';
        forget_answer(job);
    }
    job_set_state(job, JOB_DOWNLOADING, now_us);
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

int64_t job_left_us(const struct job *job, enum job_state state)
{
    enum job_state next = state + 1;
    while (next < JOB_FINISHED && job->entered_us[next] == 0)
        next++;
    return job->entered_us[next];
}

int64_t job_us_between(const struct job *job, enum job_state from, enum job_state to)
{
    if (job->entered_us[from] == 0 || job->entered_us[to] == 0)
        return -1;
    return job->entered_us[to] - job->entered_us[from];
}
