// SPDX-License-Identifier: MIT
// Counts and times of a run.
#include "jobs.h"
#include "support.h"

#include "base/text.h"
#include "run/tally.h"

#include <stdlib.h>
#include <string.h>

static struct tally tally;

static int clear(UNUSED void **state)
{
    memset(&tally, 0, sizeof tally);
    return 0;
}

// Goal: a stage is busy while it has a job, however many; each job's time counts for itself.
TEST(busy_time)
{
    tally_enter(&tally, &tally.download, 10);
    tally_enter(&tally, &tally.download, 15);
    tally_leave(&tally, &tally.download, 10, 20);
    tally_leave(&tally, &tally.download, 15, 40);
    tally_enter(&tally, &tally.download, 100);
    tally_leave(&tally, &tally.download, 100, 101);
    assert_int_equal(tally.download.busy_us, 30 + 1);
    assert_int_equal(tally.download.job_us, 10 + 25 + 1);
    assert_int_equal(tally.download.count, 3);
    assert_int_equal(tally.download.peak, 2);
    assert_int_equal(tally.download.active, 0);
    assert_int_equal(tally.overlap_us, 0);
}

// Goal: overlap is the time in which both stages have a job.
TEST(overlap)
{
    tally_enter(&tally, &tally.download, 0);
    tally_enter(&tally, &tally.process, 10); // both
    tally_enter(&tally, &tally.process, 12);
    tally_leave(&tally, &tally.process, 10, 15);
    tally_leave(&tally, &tally.download, 0, 20); // no longer
    tally_enter(&tally, &tally.download, 25);    // both again
    tally_leave(&tally, &tally.process, 12, 27);
    tally_leave(&tally, &tally.download, 25, 50);
    assert_int_equal(tally.overlap_us, 10 + 2);
    assert_int_equal(tally.download.busy_us, 20 + 25);
    assert_int_equal(tally.process.busy_us, 17);
}

// Goal: times are the same as counted moment by moment, for any order of events.
TEST(random_orders)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct chance chance = {seed};
        int64_t now = 0;
        int64_t busy[2] = {0, 0};
        int64_t both = 0;
        int64_t entered[2][8];
        unsigned active[2] = {0, 0};
        clear(NULL);
        struct stage_time *stages[2] = {&tally.download, &tally.process};
        for (int i = 0; i < 100; i++) {
            const int64_t passed = (int64_t)chance_below(&chance, 5);
            now += passed;
            both += active[0] > 0 && active[1] > 0 ? passed : 0;
            for (int s = 0; s < 2; s++)
                busy[s] += active[s] > 0 ? passed : 0;
            const uint64_t s = chance_below(&chance, 2);
            if (active[s] < 8 && (active[s] == 0 || chance_in(&chance, 2))) {
                entered[s][active[s]++] = now;
                tally_enter(&tally, stages[s], now);
            } else {
                tally_leave(&tally, stages[s], entered[s][--active[s]], now);
            }
        }
        for (int s = 0; s < 2; s++)
            while (active[s] > 0)
                tally_leave(&tally, stages[s], entered[s][--active[s]], now);
        assert_int_equal(tally.download.busy_us, busy[0]);
        assert_int_equal(tally.process.busy_us, busy[1]);
        assert_int_equal(tally.overlap_us, both);
    }
}

static void finish(const char *segment, enum ef_status status, uint64_t bytes)
{
    struct job *job = job_made("h.example", segment, 1);
    job->status = status;
    job->body.bytes = bytes;
    job->edges[0].bytes = 7;
    job->answer.result.width = 100;
    job->answer.result.height = 50;
    tally_finished(&tally, job);
    job_free(job);
}

// Goal: every outcome has its count; what was made counts only for jobs that are ok.
TEST(outcomes)
{
    finish("1", EF_OK, 10);
    finish("2", EF_OK, 20);
    finish("3", EF_CANCELLED, 5);
    finish("4", EF_HTTP_4XX, 0);
    finish("5", EF_IMAGE_CORRUPT, 30);
    assert_int_equal(tally.ok, 2);
    assert_int_equal(tally.failed, 2);
    assert_int_equal(tally.cancelled, 1);
    assert_int_equal(tally.by_status[EF_OK], 2);
    assert_int_equal(tally.by_status[EF_HTTP_4XX], 1);
    assert_int_equal(tally.by_status[EF_CANCELLED], 1);
    assert_int_equal(tally.bytes_in, 65);
    assert_int_equal(tally.bytes_out, 14);
    assert_int_equal(tally.pixels, 2 * 100 * 50);
}

// Goal: the first failure of a kind is its example, printable, and cut where it is long.
TEST(examples)
{
    char longer[400];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    finish("first", EF_TIMEOUT, 0);
    finish("second", EF_TIMEOUT, 0);
    finish(longer, EF_HTTP_5XX, 0);
    finish("\xE2\x80\xAE", EF_DNS_FAILED, 0);
    finish("cancelled", EF_CANCELLED, 0);
    assert_string_equal(tally.example[EF_TIMEOUT], "http://h.example/first");
    assert_string_equal(tally.example[EF_DNS_FAILED], "http://h.example/\\u{202E}");
    assert_string_equal(tally.example[EF_CANCELLED], "");
    assert_string_equal(tally.example[EF_OK], "");
    const char *cut = tally.example[EF_HTTP_5XX];
    assert_true(strlen(cut) < LIMIT_FAILURE_EXAMPLE_BYTES);
    assert_string_equal(cut + strlen(cut) - 3, "...");
}

// Goal: time with all that a stage may have, and time in which downloads were held back, by what.
TEST(full_and_held_back)
{
    struct tally own = {.download.capacity = 2};
    tally_enter(&own, &own.download, 10);
    tally_enter(&own, &own.download, 20); // full
    tally_leave(&own, &own.download, 10, 50);
    tally_enter(&own, &own.download, 60); // full
    tally_leave(&own, &own.download, 20, 65);
    assert_int_equal(own.download.full_us, 35);
    tally_held_back(&own, HELD_BACK_BY_HOST, 100);
    tally_held_back(&own, HELD_BACK_BY_HOST, 110);
    tally_held_back(&own, HELD_BACK_BY_MEMORY, 130);
    tally_held_back(&own, HELD_BACK_NOT, 131);
    tally_held_back(&own, HELD_BACK_BY_HOST, 200);
    tally_held_back(&own, HELD_BACK_NOT, 202);
    assert_int_equal(own.held_back_us[HELD_BACK_BY_HOST], 32);
    assert_int_equal(own.held_back_us[HELD_BACK_BY_MEMORY], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_and_held_back),    cmocka_unit_test_setup(busy_time, clear),
        cmocka_unit_test_setup(overlap, clear),  cmocka_unit_test(random_orders),
        cmocka_unit_test_setup(outcomes, clear), cmocka_unit_test_setup(examples, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
