// SPDX-License-Identifier: MIT
// The pipeline, one case at a time; tests/sim has whole runs.
#include "jobs.h"
#include "support.h"
#include "world.h"

#include "run/pipeline.h"

#include <stdio.h>
#include <string.h>

// Goal: an empty list ends the run at once.
TEST(empty_list)
{
    static struct world world;
    world_make(&world, 1);
    world.list_size = 0;
    pipeline_start(&world.pipeline);
    while (world.ended == 0)
        assert_true(world_step(&world));
    assert_int_equal(world.pipeline.tally.distinct, 0);
    pipeline_free(&world.pipeline);
}

// ---- one thing at a time ----

static struct list_entry *given;
static char message[320];

static enum urls_result next_given(UNUSED void *context, struct list_entry *entry)
{
    if (given == NULL)
        return URLS_END;
    *entry = *given;
    given = NULL;
    return URLS_ENTRY;
}

static enum urls_result next_numbered(void *context, struct list_entry *entry)
{
    struct world *world = context;
    char segment[32];
    if (world->listed == world->list_size)
        return URLS_END;
    snprintf(segment, sizeof segment, "%zu", world->listed++);
    *entry = (struct list_entry){.url = url_made("8.8.8.8", segment)};
    return URLS_ENTRY;
}

static bool always(UNUSED void *context)
{
    return true;
}

static enum ef_status refuse(UNUSED void *context, UNUSED struct job *job)
{
    return EF_CONNECT_FAILED;
}

static void record_message(UNUSED void *context, const struct job *job)
{
    snprintf(message, sizeof message, "%s", job->message);
}

static void record_nothing(UNUSED void *context, UNUSED const struct job *job) {}

// Two transfers, of which one has come and fills the budget; the other waits for it.
static struct job *make_full(struct world *world)
{
    static struct stages stages;
    stages = fakes;
    stages.may_read = always;
    *world = (struct world){.now_us = 1, .list_size = 1};
    world->options = (struct run_options){.workers = 1,
                                          .resolvers = 9,
                                          .per_host = 2,
                                          .max_bytes = 100,
                                          .max_memory = 110,
                                          .most_failures = UINT64_MAX,
                                          .most_failed_share = 1};
    pipeline_init(&world->pipeline, &world->options,
                  &(struct pipeline_limits){.transfers = 2, .bodies = 100}, &stages, world);
    world->promise_list = world->promise_idle = true;
    pipeline_start(&world->pipeline);
    struct job *jobs[2] = {job_made("8.8.8.8", "1", 1), job_made("8.8.8.8", "2", 2)};
    world->pipeline.ledger.distinct = 2;
    for (size_t i = 0; i < 2; i++)
        assert_true(hosts_push(&world->pipeline.hosts, jobs[i], 1));
    pipeline_wake(&world->pipeline);
    assert_int_equal(world->transfers.count, 2);
    for (size_t i = 0; i < 2; i++)
        world->transfers.want[i] = 100;
    return jobs[0];
}

// Goal: when a body leaves because there is no worker for it, the transfers that wait for its bytes
// are let go on; nothing else would ever wake them.
TEST(failed_start_of_processing_resumes_transfers)
{
    static struct world world;
    struct job *first = make_full(&world);
    assert_true(budget_grow(&world.pipeline.budget, &first->body.share, 100));
    set_remove(&world.transfers, world.transfers.jobs[0] == first ? 0 : 1);
    world.processing.count = 1; // the worker is busy with something else
    pipeline_fetched(&world.pipeline, first);
    struct job *second = world.transfers.jobs[0];
    assert_false(budget_grow(&world.pipeline.budget, &second->body.share, 100));
    world.transfers.paused[0] = true;
    world.processing.count = 0; // and now it is gone
    world.no_workers = true;
    pipeline_wake(&world.pipeline);
    assert_int_equal(world.recorded[1], 1);
    const bool paused = world.transfers.paused[0];
    set_remove(&world.transfers, 0);
    world.list_stopped = true;
    pipeline_fetched(&world.pipeline, second);
    assert_int_equal(world.ended, 1);
    pipeline_free(&world.pipeline);
    assert_false(paused);
}

// Goal: of the bodies that wait for a worker the first in the list is processed first, however late
// it has come.
TEST(processed_in_order)
{
    static struct world world;
    struct job *first = make_full(&world), *second = world.transfers.jobs[0];
    if (second == first)
        second = world.transfers.jobs[1];
    set_remove(&world.transfers, 1);
    set_remove(&world.transfers, 0);
    world.processing.count = 1; // the worker is busy with something else
    pipeline_fetched(&world.pipeline, second);
    pipeline_fetched(&world.pipeline, first);
    const struct job *next = world.pipeline.held.first, *last = world.pipeline.held.last;
    assert_true(next == first && last == second);
    world.processing.count = 0;
    world.no_workers = true;
    world.list_stopped = true;
    pipeline_wake(&world.pipeline);
    assert_int_equal(world.ended, 1);
    pipeline_free(&world.pipeline);
}

// Goal: a line that cannot be used is a failure of the list, with its place in the message.
TEST(unusable_line)
{
    static struct world world;
    struct list_entry entry = {.url = url_made("h.example", "x"),
                               .label = "urls.txt",
                               .line = 7,
                               .status = EF_BAD_URL,
                               .message = "a reason"};
    world = (struct world){
        .now_us = 1, .options = {.workers = 1, .resolvers = 1, .max_bytes = 1, .max_memory = 1}};
    struct stages stages = fakes;
    stages.next = next_given;
    stages.may_read = always;
    stages.record = record_message;
    pipeline_init(&world.pipeline, &world.options,
                  &(struct pipeline_limits){.transfers = 1, .bodies = 1}, &stages, &world);
    given = &entry;
    pipeline_start(&world.pipeline);
    assert_int_equal(world.ended, 1);
    assert_int_equal(world.pipeline.tally.by_status[EF_BAD_URL], 1);
    assert_string_equal(message, "this line is not a usable http or https URL: a reason "
                                 "(urls.txt:7)");
    pipeline_free(&world.pipeline);
}

// Goal: transfers that fail to start one after the other neither recurse nor lose a job.
TEST(every_start_fails)
{
    static struct world world;
    enum { JOBS = 20000 };
    world = (struct world){
        .now_us = 1, .list_size = JOBS, .options = {.workers = 1, .resolvers = 1, .max_bytes = 1}};
    world.options.max_memory = 1;
    world.options.most_failures = UINT64_MAX;
    world.options.most_failed_share = 1;
    struct stages stages = fakes;
    stages.next = next_numbered;
    stages.may_read = always;
    stages.fetch = refuse;
    stages.record = record_nothing;
    pipeline_init(&world.pipeline, &world.options,
                  &(struct pipeline_limits){.transfers = 1, .bodies = 1}, &stages, &world);
    pipeline_start(&world.pipeline);
    assert_int_equal(world.ended, 1);
    assert_int_equal(world.pipeline.tally.failed, JOBS);
    assert_int_equal(world.pipeline.tally.by_status[EF_CONNECT_FAILED], JOBS);
    pipeline_free(&world.pipeline);
}

static bool memory_is_full;

struct job *__real_job_new(struct url *url);
struct job *__wrap_job_new(struct url *url);

struct job *__wrap_job_new(struct url *url)
{
    return memory_is_full ? NULL : __real_job_new(url);
}

// Two URLs, and a third one once memory is full.
static enum urls_result next_until_full(void *context, struct list_entry *entry)
{
    struct world *world = context;
    return world->listed == 2 && !memory_is_full ? URLS_MORE : next_numbered(context, entry);
}

// Goal: without memory for the list the run is given up: what is in flight is not waited for, every
// URL is told of, and the surroundings are to blame.
TEST(no_memory_for_the_list)
{
    static struct world world;
    world =
        (struct world){.now_us = 1,
                       .list_size = 5,
                       .options = {.workers = 1, .resolvers = 1, .per_host = 2, .max_bytes = 1}};
    world.options.max_memory = 100;
    world.options.most_failures = UINT64_MAX;
    struct stages stages = fakes;
    stages.next = next_until_full;
    stages.may_read = always;
    stages.record = record_nothing;
    pipeline_init(&world.pipeline, &world.options,
                  &(struct pipeline_limits){.transfers = 2, .bodies = 2}, &stages, &world);
    pipeline_start(&world.pipeline);
    assert_int_equal(world.transfers.count, 2);
    memory_is_full = true;
    pipeline_wake(&world.pipeline);
    memory_is_full = false;
    assert_int_equal(world.ended, 0);
    assert_true(world.promise_stop);
    world.transfers.paused[0] = world.transfers.paused[1] = true; // no server answers
    while (world_step(&world))
        continue;
    assert_int_equal(world.ended, 1);
    assert_int_equal(world.pipeline.tally.cancelled, 3);
    assert_int_equal(world.pipeline.stop, PIPELINE_ABORTED);
    pipeline_free(&world.pipeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_list),
        cmocka_unit_test(failed_start_of_processing_resumes_transfers),
        cmocka_unit_test(processed_in_order),
        cmocka_unit_test(unusable_line),
        cmocka_unit_test(every_start_fails),
        cmocka_unit_test(no_memory_for_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
