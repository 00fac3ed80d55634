// SPDX-License-Identifier: MIT
#include "world.h"

#include "jobs.h"

#include "run/retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void world_broken(const struct world *world, const char *what)
{
    printf("seed %llu, at %lld us: broken: %s\n", (unsigned long long)world->seed,
           (long long)world->now_us, what);
    exit(1);
}

void world_say(const struct world *world, const char *format, ...)
{
    va_list arguments;
    if (!world->trace)
        return;
    va_start(arguments, format);
    printf("%12.3f ms  ", (double)world->now_us / 1000.0);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

bool goes_wrong(struct world *world)
{
    return world->trouble != 0 && chance_in(&world->chance, world->trouble);
}

struct fake_host *fake_host_of(struct world *world, const struct job *job)
{
    const char *host = job->url.host; // "h3.example", or a unit test's own
    return &world->hosts[host[0] == 'h' ? host[1] - '0' : 0];
}

void set_add(struct world *world, struct set *set, struct job *job)
{
    REQUIRE(world, set->count < MAX_JOBS);
    set->paused[set->count] = false;
    set->jobs[set->count] = job;
    set->want[set->count++] =
        1 + chance_below(&world->chance, world->pipeline.budget.reserve); // bytes of its body
}

struct job *set_remove(struct set *set, size_t at)
{
    struct job *job = set->jobs[at];
    set->count--;
    set->jobs[at] = set->jobs[set->count];
    set->paused[at] = set->paused[set->count];
    set->want[at] = set->want[set->count];
    return job;
}

// ---- the stages ----

static int64_t fake_now(void *context)
{
    return ((struct world *)context)->now_us;
}

static void fake_wake_at(void *context, int64_t us)
{
    ((struct world *)context)->wake_us = us;
}

static uint64_t fake_chance(void *context)
{
    return chance_next(&((struct world *)context)->chance);
}

static void make_entry(struct world *world, struct list_entry *entry)
{
    char host[32];
    char segment[32];
    // Some URLs come twice: their number is drawn from a range that is a little too small.
    snprintf(segment, sizeof segment, "%u.png", (unsigned)chance_below(&world->chance, 40));
    snprintf(host, sizeof host, "h%u.example",
             (unsigned)chance_below(&world->chance, world->host_count));
    *entry = (struct list_entry){.url = url_made(host, segment), .line = world->listed};
    if (goes_wrong(world)) {
        entry->status = EF_BAD_URL;
        strcpy(entry->message, "a reason");
        entry->label = chance_in(&world->chance, 2) ? "list" : NULL;
    } else if (chance_in(&world->chance, 8)) {
        entry->name = strdup("given");
    }
}

static enum urls_result fake_next(void *context, struct list_entry *entry)
{
    struct world *world = context;
    if (world->list_stopped || world->listed == world->list_size)
        return URLS_END;
    if (world->promise_list || chance_in(&world->chance, 4)) {
        world->promise_list = true;
        return URLS_MORE;
    }
    world->listed++;
    make_entry(world, entry);
    return URLS_ENTRY;
}

static enum ef_status fake_fetch(void *context, struct job *job)
{
    struct world *world = context;
    world_check_start(world, job);
    world_say(world, "%s: attempt %u, %llu bytes are here", job->url.shown, job->attempts,
              (unsigned long long)job->body.bytes);
    job->resumed_at = job->body.bytes;
    if (goes_wrong(world))
        return EF_INTERNAL;
    set_add(world, &world->transfers, job);
    return EF_OK;
}

// As the real one does: the oldest in any case, the others when there is room.
static void fake_resume(void *context)
{
    struct world *world = context;
    const struct budget *budget = &world->pipeline.budget;
    for (size_t i = 0; i < world->transfers.count; i++) {
        const struct budget_share *share = &world->transfers.jobs[i]->body.share;
        if (share == budget->oldest || budget_may_grow(budget, share, 16))
            world->transfers.paused[i] = false;
    }
}

static enum stage_answer fake_process(void *context, struct job *job)
{
    struct world *world = context;
    REQUIRE(world, job->state == JOB_HELD && job->status == EF_OK);
    if (world->no_workers || goes_wrong(world)) {
        job_fail(job, EF_INTERNAL, "no worker");
        return STAGE_FAILED;
    }
    if (world->processing.count == world->options.workers) {
        if (!world->takes_ahead || chance_in(&world->chance, 2))
            return STAGE_BUSY;
        set_add(world, &world->ahead, job);
        return STAGE_AHEAD;
    }
    if (chance_in(&world->chance, 5)) { // all workers are still starting
        world->promise_idle = true;
        return STAGE_BUSY;
    }
    if (world->options.part == PART_DOWNLOAD) // which looks at it at once
        return STAGE_DONE;
    set_add(world, &world->processing, job);
    return STAGE_TAKEN;
}

static enum stage_answer fake_store(void *context, struct job *job)
{
    struct world *world = context;
    REQUIRE(world, job->state == JOB_WRITING && job->status == EF_OK);
    if (goes_wrong(world)) {
        job_fail(job, EF_OUTPUT_FAILED, "no memory left");
        return STAGE_FAILED;
    }
    if (world->options.part == PART_DOWNLOAD && !world->options.fsync)
        return STAGE_DONE;
    set_add(world, &world->storing, job);
    return STAGE_TAKEN;
}

static void fake_record(void *context, const struct job *job)
{
    struct world *world = context;
    REQUIRE(world, job->state == JOB_FINISHED);
    REQUIRE(world, job->index >= 1 && job->index <= MAX_URLS);
    REQUIRE(world, world->recorded[job->index]++ == 0);
    REQUIRE(world, job->attempts <= world->options.retries + 1);
    // What may do better in a moment is not given up before its time.
    REQUIRE(world, world->pipeline.stop != PIPELINE_RUNNING || !retry_may_help(job) ||
                       job->attempts > world->options.retries ||
                       fake_host_of(world, job)->given_up);
    world_say(world, "%s: %s after %u attempts", job->url.shown, ef_status_name(job->status),
              job->attempts);
    world->retries += job->attempts > 0 ? job->attempts - 1 : 0;
    world->bytes += job->body.bytes;
    if (job->status == EF_OK)
        world->ok++;
    else if (job->status == EF_CANCELLED)
        world->cancelled++;
    else
        world->failed++;
}

static void fake_skipped(void *context, const struct list_entry *entry)
{
    struct world *world = context;
    REQUIRE(world, entry->url.shown != NULL && !world->options.force && !world->options.refresh);
    world->skipped++;
}

static void fake_unchanged(void *context, const struct job *job)
{
    struct world *world = context;
    REQUIRE(world, job->state == JOB_FINISHED && job->done_before && job->status == EF_OK);
    REQUIRE(world, world->recorded[job->index]++ == 0);
    world_say(world, "%s: unchanged", job->url.shown);
    world->retries += job->attempts - 1;
    world->bytes += job->body.bytes;
    world->skipped++;
    world->unchanged++;
}

static bool fake_may_read(void *context)
{
    struct world *world = context;
    if (!world->promise_manifest && chance_in(&world->chance, 6))
        world->promise_manifest = true;
    return !world->promise_manifest;
}

static void fake_failed(void *context)
{
    struct world *world = context;
    world->stopped = world->promise_stop = true;
}

static void fake_gave_up(void *context)
{
    struct world *world = context;
    world->stopped = world->promise_cancel = true;
}

static void fake_ended(void *context)
{
    ((struct world *)context)->ended++;
}

const struct stages fakes = {
    .now_us = fake_now,
    .wake_at = fake_wake_at,
    .chance = fake_chance,
    .next = fake_next,
    .fetch = fake_fetch,
    .fetch_resume = fake_resume,
    .process = fake_process,
    .store = fake_store,
    .record = fake_record,
    .skipped = fake_skipped,
    .unchanged = fake_unchanged,
    .may_read = fake_may_read,
    .failed = fake_failed,
    .gave_up = fake_gave_up,
    .ended = fake_ended,
};

// ---- making ----

static struct run_options make_options(struct chance *chance)
{
    return (struct run_options){
        .part = chance_in(chance, 5) ? PART_DOWNLOAD : PART_BOTH,
        .workers = 1 + (unsigned)chance_below(chance, 6),
        .per_host = 1 + (unsigned)chance_below(chance, 6),
        .retries = (unsigned)chance_below(chance, 5),
        .retry_wait = chance_in(chance, 5) ? 0 : (double)chance_below(chance, 5000) / 1e6,
        .max_retry_after = (double)chance_below(chance, 5000) / 1e6,
        .host_failures = (unsigned)chance_below(chance, 6),
        .resolvers = 1 + (unsigned)chance_below(chance, 3),
        .rate = chance_in(chance, 4) ? 1 + (double)chance_below(chance, 1000) : 0,
        .host_rate = chance_in(chance, 4) ? 1 + (double)chance_below(chance, 500) : 0,
        .max_bytes = 1 + chance_below(chance, 300),
        .max_memory = 1 + chance_below(chance, 1000),
        .force = chance_in(chance, 4),
        .fsync = chance_in(chance, 3),
        .most_failures = chance_in(chance, 6) ? chance_below(chance, 6) : UINT64_MAX,
        .most_failed_share = chance_in(chance, 6) ? 0.3 : 1,
        .name_template = chance_in(chance, 4) ? "{stem}" : NULL,
    };
}

void world_make(struct world *world, uint64_t seed)
{
    static const unsigned troubles[] = {0, 3, 10, 40};
    *world = (struct world){.seed = seed, .chance = {seed}, .now_us = 1, .wake_us = INT64_MAX};
    struct chance *chance = &world->chance;
    world->list_size = chance_below(chance, MAX_URLS + 1);
    world->host_count = 1 + chance_below(chance, MAX_HOSTS);
    world->trouble = troubles[chance_below(chance, COUNT(troubles))];
    for (size_t i = 0; i < MAX_HOSTS && world->trouble != 0; i++)
        world->hosts[i].nature = (enum nature)chance_below(chance, HOST_NATURES);
    const bool in_turns = chance_in(chance, 4);
    const uint64_t transfers = in_turns ? 1 : 1 + chance_below(chance, 6);
    world->options = make_options(chance);
    world->options.refresh = !world->options.force && chance_in(chance, 2);
    world->takes_ahead = world->options.part != PART_DOWNLOAD && chance_in(chance, 2);
    const struct pipeline_limits limits = {.transfers = transfers,
                                           .bodies = 1 + chance_below(chance, 20),
                                           .ahead = chance_below(chance, 4)};
    pipeline_init(&world->pipeline, &world->options, &limits, &fakes, world);
    world->pipeline.in_turns = in_turns;
    for (uint64_t i = chance_below(chance, 6); i > 0; i--) {
        char url[64];
        snprintf(url, sizeof url, "http://h0.example/%u.png", (unsigned)chance_below(chance, 40));
        if (!ledger_note_done(&world->pipeline.ledger, url, true))
            world_broken(world, "no memory");
    }
}
