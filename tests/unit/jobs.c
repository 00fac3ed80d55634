// SPDX-License-Identifier: MIT
#include "jobs.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

struct url url_made(const char *host, const char *segment)
{
    char shown[512];
    char origin[512];
    snprintf(shown, sizeof shown, "http://%s/%s", host, segment);
    snprintf(origin, sizeof origin, "http://%s:80", host);
    const struct url url = {
        .request = strdup(shown),
        .shown = strdup(shown),
        .origin = strdup(origin),
        .host = strdup(host),
        .segment = strdup(segment),
    };
    return url;
}

struct job *job_made(const char *host, const char *segment, uint64_t index)
{
    struct url url = url_made(host, segment);
    struct job *job = job_new(&url);
    assert_non_null(job);
    job->index = index;
    job_set_state(job, JOB_QUEUED, 1);
    return job;
}

void job_give_body(struct job *job, const void *bytes, size_t size)
{
    job->body.descriptor = memory_file("unit-test");
    assert_true(job->body.descriptor >= 0);
    assert_int_equal(body_append(&job->body, bytes, size), 0);
    assert_int_equal(memory_file_seal(job->body.descriptor), 0);
}
