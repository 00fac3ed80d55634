// SPDX-License-Identifier: MIT
// The hosts: their turns, their limits, their records.
#include "jobs.h"
#include "support.h"

#include "run/host.h"

#include <stdio.h>

static void push(struct hosts *hosts, const char *host, uint64_t index)
{
    assert_true(hosts_push(hosts, job_made(host, "x", index)));
}

static void assert_takes(struct hosts *hosts, uint64_t index, struct job **taken)
{
    *taken = hosts_take(hosts);
    assert_non_null(*taken);
    assert_int_equal((*taken)->index, index);
}

static void finish(struct hosts *hosts, struct job *job)
{
    hosts_done(hosts, job);
    assert_null(job->host);
    job_free(job);
}

static void assert_empty(const struct hosts *hosts)
{
    assert_int_equal(hosts->waiting, 0);
    assert_null(hosts->ready_first);
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        assert_null(hosts->buckets[i]); // every record was dropped
}

// Goal: hosts take turns; within a host the first comes first.
TEST(fair_turns)
{
    static const uint64_t order[] = {1, 4, 6, 2, 5, 3};
    struct hosts hosts = {.per_host = 10, .per_local_host = 10};
    struct job *taken[COUNT(order)];
    for (uint64_t i = 1; i <= 3; i++)
        push(&hosts, "a.example", i);
    push(&hosts, "b.example", 4);
    push(&hosts, "b.example", 5);
    push(&hosts, "c.example", 6);
    for (size_t i = 0; i < COUNT(order); i++)
        assert_takes(&hosts, order[i], &taken[i]);
    assert_null(hosts_take(&hosts));
    for (size_t i = 0; i < COUNT(order); i++)
        finish(&hosts, taken[i]);
    assert_empty(&hosts);
}

// Goal: a host at its limit waits and keeps nobody else waiting.
TEST(limit_of_a_host)
{
    struct hosts hosts = {.per_host = 2, .per_local_host = 9};
    struct job *taken[4];
    for (uint64_t i = 1; i <= 3; i++)
        push(&hosts, "a.example", i);
    assert_takes(&hosts, 1, &taken[0]);
    assert_takes(&hosts, 2, &taken[1]);
    assert_null(hosts_take(&hosts));
    assert_int_equal(hosts.waiting, 1);
    push(&hosts, "b.example", 4);
    assert_takes(&hosts, 4, &taken[2]);
    assert_null(hosts_take(&hosts));
    finish(&hosts, taken[0]);
    assert_takes(&hosts, 3, &taken[3]);
    for (size_t i = 1; i < 4; i++)
        finish(&hosts, taken[i]);
    assert_empty(&hosts);
}

// Goal: one's own hosts have another limit; ports and schemes make other hosts.
TEST(local_hosts)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < COUNT(local); i++) {
        struct hosts hosts = {.per_host = 1, .per_local_host = 3};
        struct job *taken[3];
        for (uint64_t n = 1; n <= 4; n++)
            push(&hosts, local[i], n);
        for (uint64_t n = 1; n <= 3; n++)
            assert_takes(&hosts, n, &taken[n - 1]);
        assert_null(hosts_take(&hosts));
        job_free(hosts_drain(&hosts));
        for (size_t n = 0; n < 3; n++)
            finish(&hosts, taken[n]);
        assert_empty(&hosts);
    }
}

// Goal: a host's record is dropped with its last job, also by draining, also when it was ready.
TEST(records_are_dropped)
{
    struct hosts hosts = {.per_host = 1, .per_local_host = 1};
    struct job *job;
    push(&hosts, "a.example", 1);
    push(&hosts, "a.example", 2);
    push(&hosts, "b.example", 3);
    assert_takes(&hosts, 1, &job);
    unsigned drained = 0;
    for (struct job *waiting = hosts_drain(&hosts), *next; waiting != NULL; drained++) {
        next = waiting->next;
        assert_null(waiting->host);
        job_free(waiting);
        waiting = next;
    }
    assert_int_equal(drained, 2);
    assert_null(hosts_take(&hosts));
    finish(&hosts, job); // its host lived on for it
    assert_empty(&hosts);
}

// Goal: any order of pushes, takes, ends and drains keeps limits and loses no job.
TEST(random_orders)
{
    enum { JOBS = 400, HOSTS = 12, LIMIT = 3 };
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct chance chance = {seed};
        struct hosts hosts = {.per_host = LIMIT, .per_local_host = LIMIT};
        struct job *running[JOBS];
        unsigned at_once[HOSTS] = {0};
        size_t pushed = 0;
        size_t gone = 0;
        size_t count = 0;
        while (gone < JOBS) {
            const uint64_t what = chance_below(&chance, 60);
            struct job *job = NULL;
            if (what < 24 && pushed < JOBS) {
                char host[32];
                const uint64_t number = chance_below(&chance, HOSTS);
                snprintf(host, sizeof host, "h%u.example", (unsigned)number);
                push(&hosts, host, number); // the index names the host here
                pushed++;
            } else if (what < 42 && (job = hosts_take(&hosts)) != NULL) {
                assert_true(++at_once[job->index] <= LIMIT);
                running[count++] = job;
            } else if (what < 59 && count > 0) {
                const size_t which = chance_below(&chance, count);
                job = running[which];
                running[which] = running[--count];
                at_once[job->index]--;
                finish(&hosts, job);
                gone++;
            } else if (what == 59) {
                for (struct job *next = hosts_drain(&hosts); (job = next) != NULL; gone++) {
                    next = job->next;
                    job_free(job);
                }
                assert_int_equal(hosts.waiting, 0);
            }
            assert_int_equal(hosts.waiting, pushed - count - gone);
        }
        assert_empty(&hosts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fair_turns),    cmocka_unit_test(limit_of_a_host),
        cmocka_unit_test(local_hosts),   cmocka_unit_test(records_are_dropped),
        cmocka_unit_test(random_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
