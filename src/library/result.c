// SPDX-License-Identifier: MIT
#include "library/result.h"

#include <string.h>

// Where the strings of a result go, one behind the other. Without a place they are only measured.
struct strings {
    char *place;
    size_t used;
};

// "" for NULL.
static const char *keep(struct strings *strings, const char *text)
{
    const size_t size = text == NULL || text[0] == '\0' ? 0 : strlen(text) + 1;
    const char *kept = "";
    if (strings->place != NULL && size > 0)
        kept = memcpy(strings->place + strings->used, text, size);
    strings->used += size;
    return kept;
}

static struct ef_run_file file_of(const struct job_file *file, struct strings *strings)
{
    return (struct ef_run_file){
        .path = keep(strings, file->path),
        .bytes = file->bytes,
        .sha256 = keep(strings, file->path == NULL ? NULL : file->sha256),
    };
}

static int64_t span(const struct job *job, enum job_state state)
{
    return job->entered_us[state] == 0 ? -1 : job_left_us(job, state) - job->entered_us[state];
}

static void add_maps(struct ef_run_result *result, const struct job *job,
                     const struct ef_options *picture, struct strings *strings)
{
    const struct ef_result *answer = &job->answer.result;
    const double full = 255.0 * answer->width * answer->height;
    result->map_count = job->status == EF_OK ? picture->detector_count : 0;
    for (unsigned i = 0; i < result->map_count; i++)
        result->maps[i] = (struct ef_run_map){
            .file = file_of(&job->edges[i], strings),
            .detector = picture->detectors[i],
            .density = (double)answer->edge_sum[i] / full,
        };
}

// What is known of a picture of a job that has failed is of no use.
static struct ef_run_result result_of(const struct job *job, const struct ef_options *picture,
                                      struct strings *strings)
{
    const bool ok = job->status == EF_OK;
    static const struct job_file none;
    struct ef_run_result result = {
        .url = keep(strings, job->url.shown),
        .index = job->index,
        .status = job->status,
        .message = keep(strings, job->message),
        .attempts = job->attempts,
        .http_status = job->http.status,
        .final_url = keep(strings, job->http.final_url),
        .content_type = keep(strings, job->http.type),
        .type = ok ? job->answer.result.type : EF_TYPE_UNKNOWN,
        .width = ok ? job->answer.result.width : 0,
        .height = ok ? job->answer.result.height : 0,
        .original = file_of(ok ? &job->original : &none, strings),
        .resized = file_of(ok ? &job->resized : &none, strings),
        .queued_us = span(job, JOB_QUEUED),
        .download_us = span(job, JOB_DOWNLOADING),
        .held_us = span(job, JOB_HELD),
        .process_us = span(job, JOB_PROCESSING),
        .write_us = span(job, JOB_WRITING),
        .total_us = job_us_between(job, JOB_QUEUED, JOB_FINISHED),
    };
    add_maps(&result, job, picture, strings);
    return result;
}

struct news *news_of_job(const struct job *job, const struct ef_options *picture)
{
    struct strings strings = {0};
    (void)result_of(job, picture, &strings); // for their size
    struct news *news = news_with_room(NEWS_RESULT, strings.used);
    if (news == NULL)
        return NULL;
    strings = (struct strings){.place = news->text};
    news->result = result_of(job, picture, &strings);
    return news;
}

struct news *news_of_done(const char *url)
{
    struct news *news = news_text(NEWS_RESULT, url);
    const struct ef_run_file none = {.path = "", .sha256 = ""};
    if (news == NULL)
        return NULL;
    news->result = (struct ef_run_result){
        .url = news->text,
        .status = EF_OK,
        .message = "",
        .done_before = true,
        .final_url = "",
        .content_type = "",
        .original = none,
        .resized = none,
        .queued_us = -1,
        .download_us = -1,
        .held_us = -1,
        .process_us = -1,
        .write_us = -1,
        .total_us = -1,
    };
    return news;
}
