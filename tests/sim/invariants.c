// SPDX-License-Identifier: MIT
#include "world.h"

#include <string.h>

// ---- when a transfer starts ----

// The rate is kept over the whole run: never more than the bucket's size above it.
static void check_rate(struct world *world)
{
    const double rate = world->options.rate;
    if (world->starts++ == 0)
        world->first_start_us = world->now_us;
    const double burst = rate / 10 > 1 ? rate / 10 : 1;
    const double passed = (double)(world->now_us - world->first_start_us) / 1e6;
    REQUIRE(world, rate <= 0 || (double)world->starts <= burst + passed * rate + 1e-3);
}

static unsigned in_flight_to(const struct world *world, const struct host *host)
{
    unsigned count = 0;
    for (size_t i = 0; i < world->transfers.count; i++)
        count += world->transfers.jobs[i]->host == host;
    return count;
}

void world_check_start(struct world *world, const struct job *job)
{
    const struct fake_host *fake = fake_host_of(world, job);
    const struct host *host = job->host;
    REQUIRE(world, job->state == JOB_DOWNLOADING && job->status == EF_OK);
    REQUIRE(world, job->body.share.growing && job->message[0] == '\0');
    REQUIRE(world, world->pipeline.stop == PIPELINE_RUNNING);
    REQUIRE(world, job->attempts >= 1 && job->attempts <= world->options.retries + 1);
    REQUIRE(world, job->body.bytes == 0 || job->attempts > 1);
    REQUIRE(world, world->now_us >= world->not_before_us[job->index]);
    REQUIRE(world, world->now_us >= fake->silent_until_us);
    REQUIRE(world, !fake->given_up);
    REQUIRE(world, host->held <= host->allowed);
    REQUIRE(world, host->name != NAME_NEW);
    REQUIRE(world, host->name == NAME_KNOWN || in_flight_to(world, host) == 0);
    check_rate(world);
}

// ---- after every step ----

static uint64_t charged_by(const struct set *set)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < set->count; i++)
        sum += set->jobs[i]->body.share.charged;
    return sum;
}

// The records that there are.
struct records {
    const struct host *hosts[MAX_HOSTS];
    size_t count;
};

static struct records records_of(struct world *world)
{
    const struct hosts *hosts = &world->pipeline.hosts;
    struct records records = {0};
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        for (const struct host *host = hosts->buckets[i]; host != NULL; host = host->bucket_next) {
            REQUIRE(world, records.count < MAX_HOSTS);
            records.hosts[records.count++] = host;
        }
    return records;
}

static void check_hosts(struct world *world, const struct records *records)
{
    const struct hosts *hosts = &world->pipeline.hosts;
    uint64_t lookups = 0;
    uint64_t waiting = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct host *host = records->hosts[i];
        REQUIRE(world, host->held == in_flight_to(world, host));
        REQUIRE(world, host->held <= host->most && host->allowed <= host->most);
        REQUIRE(world, host->allowed >= 1);
        lookups += host->name == NAME_ASKED;
        for (const struct job *job = host->queue.first; job != NULL; job = job->next)
            waiting++;
        // Who could start is in the ring, or sleeps until it may.
        REQUIRE(world, host->queue.first == NULL || host->place != HOST_IDLE);
        REQUIRE(world, (host->place == HOST_ASLEEP) == (host->due.place != 0));
        REQUIRE(world, !host->given_up || host->queue.first == NULL);
        const bool has_slot = host->name == NAME_KNOWN && host->held < host->allowed;
        REQUIRE(world, host->queue.first == NULL || !has_slot || host->place == HOST_READY ||
                           host->place == HOST_LAST || host->place == HOST_ASLEEP);
        // The last in turn already holds a slot and has not answered.
        REQUIRE(world, host->place != HOST_LAST || (!host->answers && host->held > 0));
    }
    REQUIRE(world, hosts->lookups == lookups && lookups <= hosts->rules.lookups);
    REQUIRE(world, hosts->waiting == waiting);
}

static const struct job *job_of(const struct due *due)
{
    return (const struct job *)((const char *)due - offsetof(struct job, due));
}

// Bytes of bodies that wait for their rest: for their time, or then for their host.
static uint64_t charged_by_waiting(const struct pipeline *pipeline, const struct records *records)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < pipeline->retries.count; i++)
        sum += job_of(pipeline->retries.items[i])->body.share.charged;
    for (size_t i = 0; i < records->count; i++)
        for (const struct job *job = records->hosts[i]->queue.first; job != NULL; job = job->next)
            sum += job->body.share.charged;
    return sum;
}

static void check_budget(struct world *world, const struct records *records)
{
    const struct pipeline *pipeline = &world->pipeline;
    uint64_t charged = charged_by(&world->transfers) + charged_by(&world->ahead) +
                       charged_by(&world->processing) + charged_by(&world->storing) +
                       charged_by_waiting(pipeline, records);
    for (const struct job *job = pipeline->held.first; job != NULL; job = job->next)
        charged += job->body.share.charged;
    REQUIRE(world, pipeline->budget.bytes.held == charged);
    REQUIRE(world, pipeline->budget.bytes.peak <= pipeline->budget.bytes.limit);
}

// Every job that has begun is in one place.
static void check_places(struct world *world, const struct records *records)
{
    const struct pipeline *pipeline = &world->pipeline;
    uint64_t in_hand = 0;
    uint64_t placed = world->transfers.count + world->ahead.count + world->processing.count +
                      world->storing.count + pipeline->retries.count;
    for (const struct job *job = pipeline->in_hand_first; job != NULL; job = job->in_hand_next)
        in_hand++;
    for (const struct job *job = pipeline->held.first; job != NULL; job = job->next)
        placed++;
    for (size_t i = 0; i < records->count; i++)
        for (const struct job *job = records->hosts[i]->queue.first; job != NULL; job = job->next)
            placed += job->attempts > 0;
    REQUIRE(world, in_hand == placed);
}

// Nothing waits for a time without having asked to be woken then.
static void check_wake(struct world *world)
{
    const struct pipeline *pipeline = &world->pipeline;
    if (world->ended > 0)
        return;
    REQUIRE(world, world->wake_us <= due_next_us(&pipeline->retries));
    REQUIRE(world, world->wake_us <= hosts_next_us(&pipeline->hosts));
}

static uint64_t held_of(const struct pipeline *pipeline)
{
    uint64_t count = 0;
    for (const struct job *job = pipeline->held.first; job != NULL; job = job->next)
        count++;
    return count;
}

void world_check(struct world *world)
{
    const struct pipeline *pipeline = &world->pipeline;
    REQUIRE(world, pipeline->transfers.held == world->transfers.count);
    REQUIRE(world, pipeline->transfers.peak <= pipeline->transfers.limit);
    REQUIRE(world, lanes_taken(&pipeline->download_lanes) == world->transfers.count);
    REQUIRE(world, lanes_taken(&pipeline->write_lanes) == world->storing.count);
    REQUIRE(world, pipeline->processing == world->processing.count);
    REQUIRE(world, pipeline->commits.held ==
                       world->ahead.count + world->processing.count + world->storing.count);
    REQUIRE(world,
            pipeline->held.count == held_of(pipeline) && pipeline->ahead == world->ahead.count);
    REQUIRE(world, pipeline->commits.peak <= pipeline->commits.limit);
    const struct records records = records_of(world);
    check_hosts(world, &records);
    check_budget(world, &records);
    check_places(world, &records);
    check_wake(world);
    if (pipeline->in_turns) { // which never overlap, and no transfer ever has to wait for room
        REQUIRE(world, world->transfers.count == 0 || pipeline->commits.held == 0);
        REQUIRE(world, pipeline->budget.waiting == 0);
    }
}

// ---- at the end ----

static void check_sums(struct world *world)
{
    const struct tally *tally = &world->pipeline.tally;
    uint64_t by_status = 0;
    for (size_t i = 0; i < EF_STATUS_COUNT; i++)
        by_status += tally->by_status[i];
    REQUIRE(world, tally->ok == world->ok && tally->failed == world->failed);
    REQUIRE(world, tally->cancelled == world->cancelled && tally->skipped == world->skipped);
    REQUIRE(world,
            world->ok + world->failed + world->cancelled + world->skipped == tally->distinct);
    REQUIRE(world, tally->distinct + tally->duplicates == world->listed);
    REQUIRE(world, by_status + tally->skipped == tally->distinct);
    REQUIRE(world, tally->unchanged == world->unchanged);
    REQUIRE(world, tally->bytes_in == world->bytes);
    REQUIRE(world, tally->retries >= world->retries); // planned; some were not begun
}

void world_check_end(struct world *world)
{
    const struct pipeline *pipeline = &world->pipeline;
    const struct tally *tally = &pipeline->tally;
    REQUIRE(world, world->transfers.count + world->ahead.count == 0);
    REQUIRE(world,
            world->processing.count + world->storing.count == 0 && pipeline_held(pipeline) == 0);
    REQUIRE(world, pipeline->budget.bytes.held == 0 && pipeline->budget.waiting == 0);
    REQUIRE(world, pipeline->budget.oldest == NULL && pipeline->in_hand_first == NULL);
    REQUIRE(world, pipeline->hosts.waiting == 0 && !hosts_could_start(&pipeline->hosts));
    REQUIRE(world, pipeline->retries.count == 0 && pipeline->hosts.lookups == 0);
    REQUIRE(world, world->wake_us == INT64_MAX);
    check_sums(world);
    REQUIRE(world, world->stopped || world->cancelled == 0);
    REQUIRE(world, world->list_stopped || world->listed == world->list_size);
    REQUIRE(world, world->trouble != 0 || world->failed == 0);
    REQUIRE(world, tally->download.active == 0 && tally->process.active == 0);
    REQUIRE(world, tally->download.busy_us <= tally->ended_us - tally->started_us);
    REQUIRE(world, tally->overlap_us <= tally->download.busy_us);
    REQUIRE(world, tally->overlap_us <= tally->process.busy_us);
}
