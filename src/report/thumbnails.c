// SPDX-License-Identifier: MIT
#include "report/thumbnails.h"

#include "base/check.h"
#include "base/interrupt.h"
#include "base/limits.h"
#include "run/members.h"
#include "run/pool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct studio {
    uv_loop_t loop;
    struct pool *pool;
    int directory;
    struct thumbnail *thumbnails;
    size_t count;
    size_t next;      // not begun yet
    size_t in_pool;   // jobs
    struct job *wait; // the next one, for which no worker is idle
    bool submitting, closed;
};

// ---- a job for each file ----

static bool read_file(int file, uint64_t size, struct body *body)
{
    char block[64 * 1024];
    if (size == 0 || size > LIMIT_THUMBNAIL_SOURCE_BYTES)
        return false;
    while (body->bytes < size) {
        const uint64_t rest = size - body->bytes;
        const ssize_t got = read(file, block, rest < sizeof block ? (size_t)rest : sizeof block);
        if (got <= 0 || body_append(body, block, (size_t)got) != 0)
            return false;
    }
    return memory_file_seal(body->descriptor) == 0;
}

static bool open_body(int directory, const char *path, struct body *body)
{
    struct members members = {.directory = directory};
    uint64_t size;
    const int file = members_open(&members, path, 0, &size); // of a package that is made
    members_free(&members);
    if (file < 0)
        return false;
    const bool ok = read_file(file, size, body);
    close(file);
    return ok;
}

// NULL when the file at `number` cannot be read; then it has no thumbnail.
static struct job *job_for(const struct studio *studio, size_t number)
{
    struct url url = {0};
    struct job *job = job_new(&url);
    if (job == NULL)
        return NULL;
    job->index = number;
    if (open_body(studio->directory, studio->thumbnails[number].path, &job->body))
        return job;
    job_free(job);
    return NULL;
}

static void take_result(struct thumbnail *thumbnail, const struct job *job)
{
    const uint64_t size = job->answer.output_bytes[0]; // checked: the file has so many
    uint8_t *bytes = size > 0 && size <= LIMIT_THUMBNAIL_BYTES ? malloc(size) : NULL;
    if (bytes == NULL)
        return;
    if (pread(job->outputs[0], bytes, size, 0) == (ssize_t)size) {
        thumbnail->bytes = bytes;
        thumbnail->size = size;
    } else {
        free(bytes);
    }
}

static void close_if_done(struct studio *studio)
{
    if (studio->next < studio->count || studio->wait != NULL || studio->in_pool > 0 ||
        studio->closed)
        return;
    studio->closed = true;
    pool_close(studio->pool);
}

// Gives the pool what it takes.
static void feed(struct studio *studio)
{
    if (studio->submitting)
        return;
    studio->submitting = true;
    if (interrupt_count(interrupt_of_process()) > 0)
        studio->next = studio->count;
    while (studio->wait != NULL || studio->next < studio->count) {
        struct job *job = studio->wait != NULL ? studio->wait : job_for(studio, studio->next++);
        studio->wait = NULL;
        const enum stage_answer answer =
            job != NULL ? pool_submit(studio->pool, job) : STAGE_FAILED;
        if (answer == STAGE_BUSY) {
            studio->wait = job;
            break;
        }
        if (answer == STAGE_TAKEN)
            studio->in_pool++;
        else
            job_free(job);
    }
    studio->submitting = false;
    close_if_done(studio);
}

static void on_idle(void *context)
{
    feed(context);
}

static void on_processed(void *context, struct job *job)
{
    struct studio *studio = context;
    if (job->status == EF_OK && job->answer.status == EF_OK)
        take_result(&studio->thumbnails[job->index], job);
    job_free(job);
    studio->in_pool--;
    feed(studio);
}

// ---- the run ----

static struct run_options studio_options(const struct run_options *options)
{
    struct run_options own = *options;
    own.picture = (struct ef_options){
        .threshold = options->picture.threshold,
        .quality = 65,
        .max_pixels = options->picture.max_pixels,
        .resize_width = THUMBNAIL_WIDTH,
        .resize_height = THUMBNAIL_HEIGHT,
        .fit = EF_FIT_CONTAIN,
        .save_resized = true,
        .resized_format = EF_FORMAT_JPG,
        .stb_only = options->picture.stb_only,
    };
    return own;
}

void thumbnails_make(struct thumbnail *thumbnails, size_t count, const char *directory,
                     const struct run_options *options, struct forkserver *forkserver)
{
    static const struct pool_callbacks callbacks = {
        .processed = on_processed, .idle = on_idle, .broken = on_idle};
    const struct run_options own = studio_options(options);
    struct studio studio = {.thumbnails = thumbnails, .count = count};
    if (count == 0)
        return;
    studio.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (studio.directory >= 0 && uv_loop_init(&studio.loop) == 0) {
        studio.pool = pool_open(&studio.loop, forkserver, &own, &pool_waits, &callbacks, &studio);
        if (studio.pool != NULL) // and on_idle() begins
            uv_run(&studio.loop, UV_RUN_DEFAULT);
        CHECK(uv_loop_close(&studio.loop) == 0);
    }
    if (studio.directory >= 0)
        close(studio.directory);
}

void thumbnails_free(struct thumbnail *thumbnails, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(thumbnails[i].path);
        free(thumbnails[i].bytes);
    }
}
