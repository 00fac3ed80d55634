// SPDX-License-Identifier: MIT
#include "support.h"

#include "run/verdict.h"

#include <string.h>

// A run of a second with 4 downloads at most and 2 workers.
static struct run_result second(void)
{
    return (struct run_result){
        .tally = {.started_us = 500, .ended_us = 1000500}, .limit = 4, .workers = 2};
}

static enum verdict judge(const struct run_result *result, struct verdict_figures *figures)
{
    *figures = verdict_figures(result);
    figures->cpus = 8;
    return verdict_of(figures);
}

// Goal: idle workers and a full limit are the network, and a higher --limit is the advice.
TEST(network)
{
    struct run_result result = second();
    struct verdict_figures figures;
    result.tally.download.job_us = 3900000;
    result.tally.download.full_us = 950000;
    result.tally.held_back_us[HELD_BACK_BY_LIMIT] = 700000;
    result.tally.process.job_us = 100000;
    assert_int_equal(judge(&result, &figures), VERDICT_NETWORK);
    assert_non_null(strstr(verdict_advice(VERDICT_NETWORK, &figures), "--limit"));
    result.tally.held_back_us[HELD_BACK_BY_LIMIT] = 10000; // the last of the list
    assert_int_equal(judge(&result, &figures), VERDICT_NETWORK);
    assert_null(strstr(verdict_advice(VERDICT_NETWORK, &figures), "--limit"));
}

// Goal: downloads held back below --limit name what held them.
TEST(limits)
{
    struct run_result result = second();
    struct verdict_figures figures;
    result.tally.download.job_us = 1900000;
    result.tally.held_back_us[HELD_BACK_BY_HOST] = 900000;
    assert_int_equal(judge(&result, &figures), VERDICT_LIMIT);
    assert_non_null(strstr(verdict_advice(VERDICT_LIMIT, &figures), "--per-host"));
    result.tally.held_back_us[HELD_BACK_BY_HOST] = 0;
    result.tally.held_back_us[HELD_BACK_BY_MEMORY] = 900000;
    assert_int_equal(judge(&result, &figures), VERDICT_LIMIT);
    assert_non_null(strstr(verdict_advice(VERDICT_LIMIT, &figures), "--max-memory"));
}

// Goal: busy workers, or no CPU left, are the CPU; the advice follows the CPUs there are.
TEST(cpu)
{
    struct run_result result = second();
    struct verdict_figures figures;
    result.tally.process.job_us = 1900000;
    result.tally.held_back_us[HELD_BACK_BY_MEMORY] = 900000; // which the workers cause
    assert_int_equal(judge(&result, &figures), VERDICT_CPU);
    assert_non_null(strstr(verdict_advice(VERDICT_CPU, &figures), "--workers"));
    figures.cpus = 2;
    assert_null(strstr(verdict_advice(VERDICT_CPU, &figures), "--workers"));
    result = second();
    result.worker_cpu_us = 7000000;
    assert_int_equal(judge(&result, &figures), VERDICT_CPU);
}

TEST(balanced)
{
    struct run_result result = second();
    struct verdict_figures figures;
    result.tally.download.job_us = 3000000;
    result.tally.process.job_us = 1200000;
    assert_int_equal(judge(&result, &figures), VERDICT_BALANCED);
}

// Goal: a run that took no time at all is judged too.
TEST(no_time)
{
    struct run_result result = {.limit = 1, .workers = 1};
    struct verdict_figures figures;
    assert_int_equal(judge(&result, &figures), VERDICT_NETWORK);
    for (int i = 0; i < VERDICT_COUNT; i++)
        assert_true(strlen(verdict_name((enum verdict)i)) > 0 &&
                    strlen(verdict_advice((enum verdict)i, &figures)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network),  cmocka_unit_test(limits),  cmocka_unit_test(cpu),
        cmocka_unit_test(balanced), cmocka_unit_test(no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
