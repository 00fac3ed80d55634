// SPDX-License-Identifier: MIT
#include "world.h"

#include "run/retry.h"

#include <unistd.h>

// ---- transfers ----

struct failure {
    enum ef_status status;
    long http;
    bool in_body; // the bytes that have come may be kept
};

static const struct failure failures[] = {
    {EF_CONNECT_FAILED, 0, false},    {EF_CONNECT_TIMEOUT, 0, false},
    {EF_DNS_FAILED, 0, false},        {EF_TLS_FAILED, 0, false},
    {EF_STALL_TIMEOUT, 200, true},    {EF_TIMEOUT, 200, true},
    {EF_CONNECTION_RESET, 200, true}, {EF_TRANSFER_TRUNCATED, 200, true},
    {EF_EMPTY_REPLY, 0, false},       {EF_PROTOCOL_ERROR, 0, false},
    {EF_TOO_LARGE, 200, false},       {EF_TOO_MANY_REDIRECTS, 302, false},
    {EF_HTTP_4XX, 404, false},        {EF_HTTP_4XX, 408, false},
    {EF_HTTP_4XX, 416, false},        {EF_HTTP_4XX, 429, false},
    {EF_HTTP_5XX, 500, false},        {EF_HTTP_5XX, 503, false},
    {EF_OPTED_OUT, 200, false},       {EF_OUTPUT_FAILED, 200, false},
};

static const struct failure *choose_failure(struct world *world, const struct fake_host *host)
{
    static const struct failure unreachable = {EF_CONNECT_FAILED, 0, false};
    static const struct failure too_many = {EF_HTTP_4XX, 429, false};
    static const struct failure unavailable = {EF_HTTP_5XX, 503, false};
    struct chance *chance = &world->chance;
    if (host->nature == HOST_DEAD)
        return &unreachable;
    if (host->nature == HOST_STRICT && chance_in(chance, 2))
        return chance_in(chance, 2) ? &too_many : &unavailable;
    if (goes_wrong(world) || (host->nature == HOST_FLAKY && chance_in(chance, 3)))
        return &failures[chance_below(chance, COUNT(failures))];
    return NULL;
}

// What the world must remember of a failure, to hold the pipeline to it.
static void remember(struct world *world, struct fake_host *host, const struct job *job)
{
    const struct host_news news = retry_host_news(&world->options, job);
    if (news.kind != HOST_UNREACHABLE)
        host->unreachable = 0;
    else if (++host->unreachable >= world->options.host_failures &&
             world->options.host_failures > 0)
        host->given_up = true;
    if (news.kind != HOST_BUSY || news.wait_us <= 0)
        return;
    world->not_before_us[job->index] = world->now_us + news.wait_us;
    if (world->now_us + news.wait_us > host->silent_until_us)
        host->silent_until_us = world->now_us + news.wait_us;
}

static void fail_transfer(struct world *world, size_t at, const struct failure *failure)
{
    struct job *job = set_remove(&world->transfers, at);
    job->http.status = failure->http;
    if (failure->http == 429 || failure->http == 503)
        job->retry_after_us =
            chance_in(&world->chance, 2) ? (int64_t)chance_below(&world->chance, 8000) : -1;
    if (failure->in_body && job->body.bytes > 0 && chance_in(&world->chance, 2) &&
        job->body.descriptor < 0)
        job->body.descriptor = dup(STDIN_FILENO); // any: it says that there are bytes
    else if (!failure->in_body)
        body_close(&job->body);
    job_fail(job, failure->status, NULL);
    remember(world, fake_host_of(world, job), job);
    world_say(world, "%s: %s (%ld), %llu bytes kept, Retry-After %lld us", job->url.shown,
              ef_status_name(job->status), failure->http,
              (unsigned long long)(job->body.descriptor >= 0 ? job->body.bytes : 0),
              (long long)job->retry_after_us);
    pipeline_fetched(&world->pipeline, job);
}

// A server without ranges sends all of it again.
static void perhaps_start_over(struct world *world, struct job *job)
{
    if (job->resumed_at == 0 || job->body.bytes != job->resumed_at)
        return;
    if (chance_in(&world->chance, 2))
        job->body.bytes = 0;
    job->resumed_at = 0;
}

// A transfer gets an address, bytes, waits for budget, ends or fails.
static void move_transfer(struct world *world, size_t at)
{
    struct job *job = world->transfers.jobs[at];
    struct fake_host *host = fake_host_of(world, job);
    const struct failure *failure = choose_failure(world, host);
    if (failure != NULL && failure->http != 0 && job->asks_name) {
        atomic_store(&job->name_answered, true);
        pipeline_resolved(&world->pipeline);
        return;
    }
    if (failure != NULL) {
        fail_transfer(world, at, failure);
        return;
    }
    if (job->asks_name && chance_in(&world->chance, 2)) { // otherwise it ends before that is told
        atomic_store(&job->name_answered, true);
        pipeline_resolved(&world->pipeline);
    }
    perhaps_start_over(world, job);
    // Bytes that are here count, however many it wanted at first.
    const uint64_t want =
        world->transfers.want[at] < job->body.bytes ? job->body.bytes : world->transfers.want[at];
    if (want > job->body.bytes) {
        const uint64_t rest = want - job->body.bytes;
        const uint64_t size = job->body.bytes + 1 + chance_below(&world->chance, rest);
        if (budget_grow(&world->pipeline.budget, &job->body.share, size))
            job->body.bytes = size;
        else
            world->transfers.paused[at] = true;
        return;
    }
    set_remove(&world->transfers, at);
    // Without a byte by 304, with some by their digest.
    job->unchanged = job->done_before && chance_in(&world->chance, 2);
    job->http.status = 200;
    host->unreachable = 0;
    world_say(world, "%s: has come, %llu bytes", job->url.shown,
              (unsigned long long)job->body.bytes);
    pipeline_fetched(&world->pipeline, job);
}

// ---- workers and disk ----

// The worker of a job that was sent ahead has begun it, or is lost.
static void move_ahead(struct world *world)
{
    const bool begins = world->processing.count < world->options.workers && !goes_wrong(world);
    struct job *job = set_remove(&world->ahead, chance_below(&world->chance, world->ahead.count));
    world_say(world, "%s: is %s", job->url.shown, begins ? "begun" : "returned");
    if (begins) {
        set_add(world, &world->processing, job);
        pipeline_begun(&world->pipeline, job);
    } else {
        pipeline_returned(&world->pipeline, job);
    }
}

static void answer(struct world *world)
{
    static const enum ef_status deaths[] = {EF_WORKER_CRASHED, EF_WORKER_TIMEOUT,
                                            EF_WORKER_PROTOCOL, EF_OUT_OF_MEMORY};
    struct job *job =
        set_remove(&world->processing, chance_below(&world->chance, world->processing.count));
    job->answer = (struct wire_answer){.status = EF_OK, .result = {.width = 2, .height = 3}};
    if (goes_wrong(world))
        job->answer =
            (struct wire_answer){.status = EF_IMAGE_CORRUPT, .result = {.detail = {"why"}}};
    else if (goes_wrong(world))
        job_fail(job, deaths[chance_below(&world->chance, COUNT(deaths))], NULL);
    world_say(world, "%s: the worker is done", job->url.shown);
    pipeline_processed(&world->pipeline, job);
}

static void cancel_all(struct world *world)
{
    world->promise_cancel = false;
    pipeline_stop(&world->pipeline, PIPELINE_ABORTED);
    while (world->transfers.count > 0) {
        struct job *job = set_remove(&world->transfers, 0);
        job_fail(job, EF_CANCELLED, NULL);
        pipeline_fetched(&world->pipeline, job);
    }
    while (world->ahead.count > 0)
        pipeline_returned(&world->pipeline, set_remove(&world->ahead, 0));
    while (world->processing.count > 0) {
        struct job *job = set_remove(&world->processing, 0);
        job_fail(job, EF_CANCELLED, NULL);
        pipeline_processed(&world->pipeline, job);
    }
}

static void stop_at_once(struct world *world)
{
    world->list_stopped = true;
    world->promise_stop = false;
    cancel_all(world);
}

void world_stop(struct world *world, enum pipeline_stop how)
{
    world->stopped = true;
    world_say(world, "stop %d", (int)how);
    if (how == PIPELINE_ABORTED) {
        stop_at_once(world);
        return;
    }
    world->promise_stop = world->promise_stop || how == PIPELINE_FAILED;
    pipeline_stop(&world->pipeline, how);
}

static void write_out(struct world *world)
{
    struct job *job =
        set_remove(&world->storing, chance_below(&world->chance, world->storing.count));
    if (goes_wrong(world)) {
        job_fail(job, EF_OUTPUT_FAILED, NULL);
        if (chance_in(&world->chance, 8)) // the disk is full
            world_stop(world, PIPELINE_FAILED);
    }
    world_say(world, "%s: is written", job->url.shown);
    pipeline_stored(&world->pipeline, job);
}

// ---- time ----

static void wake(struct world *world)
{
    if (world->wake_us > world->now_us)
        world->now_us = world->wake_us;
    world->wake_us = INT64_MAX;
    world_say(world, "it is time");
    pipeline_wake(&world->pipeline);
}

// ---- a step ----

static void keep_promise(struct world *world, bool *promise)
{
    *promise = false;
    pipeline_wake(&world->pipeline);
}

bool world_step(struct world *world)
{
    size_t ready[MAX_JOBS];
    size_t count = 0;
    for (size_t i = 0; i < world->transfers.count; i++)
        if (!world->transfers.paused[i])
            ready[count++] = i;
    const bool possible[] = {count > 0,
                             world->processing.count > 0,
                             world->storing.count > 0,
                             world->promise_list,
                             world->promise_idle,
                             world->promise_manifest,
                             world->promise_stop,
                             world->promise_cancel,
                             world->wake_us != INT64_MAX,
                             world->ahead.count > 0};
    size_t what[COUNT(possible)];
    size_t kinds = 0;
    for (size_t i = 0; i < COUNT(possible); i++)
        if (possible[i])
            what[kinds++] = i;
    if (kinds == 0)
        return false;
    world->now_us += (int64_t)chance_below(&world->chance, 1000);
    switch (what[chance_below(&world->chance, kinds)]) {
    case 0:
        move_transfer(world, ready[chance_below(&world->chance, count)]);
        break;
    case 1:
        answer(world);
        break;
    case 2:
        write_out(world);
        break;
    case 3:
        keep_promise(world, &world->promise_list);
        break;
    case 4:
        keep_promise(world, &world->promise_idle);
        break;
    case 5:
        keep_promise(world, &world->promise_manifest);
        break;
    case 6:
        stop_at_once(world);
        break;
    case 7:
        cancel_all(world);
        break;
    case 8:
        wake(world);
        break;
    default:
        move_ahead(world);
    }
    return true;
}

void world_run(struct world *world, uint64_t seed, bool trace)
{
    world_make(world, seed);
    world->trace = trace;
    const bool stops = chance_in(&world->chance, 3);
    pipeline_start(&world->pipeline);
    world_check(world);
    while (world->ended == 0) {
        if (stops && chance_in(&world->chance, 60))
            world_stop(world,
                       PIPELINE_FINISHING + (enum pipeline_stop)chance_below(&world->chance, 4));
        else
            REQUIRE(world, world_step(world)); // otherwise the run hangs
        world_check(world);
    }
    pipeline_wake(&world->pipeline); // a late one, which must do nothing
    pipeline_stop(&world->pipeline, PIPELINE_ABORTED);
    REQUIRE(world, world->ended == 1);
    world_check_end(world);
    pipeline_free(&world->pipeline);
}
