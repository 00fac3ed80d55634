// SPDX-License-Identifier: MIT
#include "simulation.h"

#include "jobs.h"

#include <stdio.h>
#include <string.h>

static bool goes_wrong(struct world *world)
{
    return world->trouble != 0 && chance_in(&world->chance, world->trouble);
}

static void set_add(struct world *world, struct set *set, struct job *job)
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

static void make_entry(struct world *world, struct list_entry *entry)
{
    char host[32];
    char segment[32];
    // Some URLs come twice: their number is drawn from a range that is a little too small.
    snprintf(segment, sizeof segment, "%u.png", (unsigned)chance_below(&world->chance, 40));
    snprintf(host, sizeof host, "h%u.example",
             (unsigned)chance_below(&world->chance, world->hosts));
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
    REQUIRE(world, job->state == JOB_DOWNLOADING && job->body.share.growing);
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
    if (world->processing.count == world->options.workers)
        return STAGE_BUSY;
    if (chance_in(&world->chance, 5)) { // all workers are still starting
        world->promise_idle = true;
        return STAGE_BUSY;
    }
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
    set_add(world, &world->storing, job);
    return STAGE_TAKEN;
}

static void fake_record(void *context, const struct job *job)
{
    struct world *world = context;
    REQUIRE(world, job->state == JOB_FINISHED);
    REQUIRE(world, job->index >= 1 && job->index <= MAX_URLS);
    REQUIRE(world, world->recorded[job->index]++ == 0);
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
    REQUIRE(world, entry->url.shown != NULL && !world->options.force);
    world->skipped++;
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
    .next = fake_next,
    .fetch = fake_fetch,
    .fetch_resume = fake_resume,
    .process = fake_process,
    .store = fake_store,
    .record = fake_record,
    .skipped = fake_skipped,
    .may_read = fake_may_read,
    .failed = fake_failed,
    .gave_up = fake_gave_up,
    .ended = fake_ended,
};

// ---- what happens ----

// A transfer gets bytes, waits for budget, ends or fails.
static void move_transfer(struct world *world, size_t at)
{
    struct job *job = world->transfers.jobs[at];
    const uint64_t rest = world->transfers.want[at] - job->body.bytes;
    if (goes_wrong(world)) {
        job_fail(job, EF_HTTP_5XX, NULL);
    } else if (rest > 0) {
        const uint64_t size = job->body.bytes + 1 + chance_below(&world->chance, rest);
        if (budget_grow(&world->pipeline.budget, &job->body.share, size))
            job->body.bytes = size;
        else
            world->transfers.paused[at] = true;
        return;
    }
    set_remove(&world->transfers, at);
    pipeline_fetched(&world->pipeline, job);
}

static void answer(struct world *world)
{
    struct job *job =
        set_remove(&world->processing, chance_below(&world->chance, world->processing.count));
    job->answer = (struct wire_answer){.status = EF_OK, .result = {.width = 2, .height = 3}};
    if (goes_wrong(world))
        job->answer =
            (struct wire_answer){.status = EF_IMAGE_CORRUPT, .result = {.detail = {"why"}}};
    else if (goes_wrong(world))
        job_fail(job, EF_WORKER_CRASHED, NULL);
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
    pipeline_stored(&world->pipeline, job);
}

// ---- the invariants ----

static uint64_t charged_by(const struct set *set)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < set->count; i++)
        sum += set->jobs[i]->body.share.charged;
    return sum;
}

static void check_hosts(struct world *world)
{
    for (size_t i = 0; i < world->transfers.count; i++) {
        unsigned same = 0;
        for (size_t j = 0; j < world->transfers.count; j++)
            same += world->transfers.jobs[i]->host == world->transfers.jobs[j]->host;
        REQUIRE(world, same <= world->options.per_host);
        REQUIRE(world, world->transfers.jobs[i]->host->transfers.held == same);
    }
}

void world_check(struct world *world)
{
    const struct pipeline *pipeline = &world->pipeline;
    uint64_t charged = charged_by(&world->transfers) + charged_by(&world->processing) +
                       charged_by(&world->storing);
    for (const struct job *job = pipeline->held_first; job != NULL; job = job->next)
        charged += job->body.share.charged;
    REQUIRE(world, pipeline->budget.bytes.held == charged);
    REQUIRE(world, pipeline->budget.bytes.peak <= pipeline->budget.bytes.limit);
    REQUIRE(world, pipeline->transfers.held == world->transfers.count);
    REQUIRE(world, pipeline->transfers.peak <= pipeline->transfers.limit);
    REQUIRE(world, pipeline->processing == world->processing.count);
    REQUIRE(world, pipeline->commits.held == world->processing.count + world->storing.count);
    REQUIRE(world, pipeline->commits.peak <= pipeline->commits.limit);
    check_hosts(world);
    if (pipeline->in_turns) { // which never overlap, and no transfer ever has to wait for room
        REQUIRE(world, world->transfers.count == 0 || pipeline->commits.held == 0);
        REQUIRE(world, pipeline->budget.waiting == 0);
    }
}

void world_check_end(struct world *world)
{
    const struct tally *tally = &world->pipeline.tally;
    uint64_t by_status = 0;
    for (size_t i = 0; i < EF_STATUS_COUNT; i++)
        by_status += tally->by_status[i];
    REQUIRE(world, world->transfers.count + world->processing.count + world->storing.count == 0);
    REQUIRE(world, world->pipeline.budget.bytes.held == 0 && world->pipeline.budget.waiting == 0);
    REQUIRE(world, world->pipeline.budget.oldest == NULL);
    REQUIRE(world, world->pipeline.hosts.waiting == 0 && world->pipeline.hosts.ready_first == NULL);
    REQUIRE(world, tally->ok == world->ok && tally->failed == world->failed);
    REQUIRE(world, tally->cancelled == world->cancelled && tally->skipped == world->skipped);
    REQUIRE(world,
            world->ok + world->failed + world->cancelled + world->skipped == tally->distinct);
    REQUIRE(world, tally->distinct + tally->duplicates == world->listed);
    REQUIRE(world, by_status + tally->skipped == tally->distinct);
    REQUIRE(world, tally->bytes_in == world->bytes && tally->pixels == 6 * world->ok);
    REQUIRE(world, world->stopped || world->cancelled == 0);
    REQUIRE(world, world->list_stopped || world->listed == world->list_size);
    REQUIRE(world, world->trouble != 0 || world->failed == 0);
    REQUIRE(world, tally->download.active == 0 && tally->process.active == 0);
    REQUIRE(world, tally->download.busy_us <= tally->ended_us - tally->started_us);
    REQUIRE(world, tally->overlap_us <= tally->download.busy_us);
    REQUIRE(world, tally->overlap_us <= tally->process.busy_us);
    REQUIRE(world, tally->peak_bytes_held <= world->options.max_memory);
}

// ---- a run ----

bool world_step(struct world *world)
{
    size_t ready[MAX_JOBS];
    size_t count = 0;
    for (size_t i = 0; i < world->transfers.count; i++)
        if (!world->transfers.paused[i])
            ready[count++] = i;
    const bool possible[] = {
        count > 0,           world->processing.count > 0, world->storing.count > 0,
        world->promise_list, world->promise_idle,         world->promise_manifest,
        world->promise_stop, world->promise_cancel};
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
        world->promise_list = false;
        pipeline_wake(&world->pipeline);
        break;
    case 4:
        world->promise_idle = false;
        pipeline_wake(&world->pipeline);
        break;
    case 5:
        world->promise_manifest = false;
        pipeline_wake(&world->pipeline);
        break;
    case 6:
        stop_at_once(world);
        break;
    default:
        cancel_all(world);
    }
    return true;
}

void world_make(struct world *world, uint64_t seed)
{
    static const unsigned troubles[] = {0, 3, 10, 40};
    *world = (struct world){.seed = seed, .chance = {seed}, .now_us = 1};
    struct chance *chance = &world->chance;
    world->list_size = chance_below(chance, MAX_URLS + 1);
    world->hosts = 1 + chance_below(chance, 5);
    world->trouble = troubles[chance_below(chance, COUNT(troubles))];
    const bool in_turns = chance_in(chance, 4);
    const uint64_t transfers = in_turns ? 1 : 1 + chance_below(chance, 6);
    world->options = (struct run_options){
        .workers = 1 + (unsigned)chance_below(chance, 6),
        .per_host = 1 + (unsigned)chance_below(chance, 6),
        .max_bytes = 1 + chance_below(chance, 300),
        .max_memory = 1 + chance_below(chance, 1000),
        .force = chance_in(chance, 4),
        .most_failures = chance_in(chance, 4) ? chance_below(chance, 6) : UINT64_MAX,
        .most_failed_share = chance_in(chance, 4) ? 0.3 : 1,
        .name_template = chance_in(chance, 4) ? "{stem}" : NULL,
    };
    pipeline_init(&world->pipeline, &world->options, transfers, 1 + chance_below(chance, 20),
                  &fakes, world);
    world->pipeline.in_turns = in_turns;
    for (uint64_t i = chance_below(chance, 6); i > 0; i--) {
        char url[64];
        snprintf(url, sizeof url, "http://h0.example/%u.png", (unsigned)chance_below(chance, 40));
        assert_true(ledger_note_done(&world->pipeline.ledger, url, true));
    }
}
