// SPDX-License-Identifier: MIT
// The hosts: their turns, their limits, their records.
#include "jobs.h"
#include "support.h"

#include "base/limits.h"
#include "run/host.h"

#include <stdio.h>

enum { NOW = 1, SECOND = 1000000 };

// Literal public addresses: hosts of others, without a name to look up.
#define A "8.8.8.1"
#define B "8.8.8.2"
#define C "8.8.8.3"

static void push(struct hosts *hosts, const char *host, uint64_t index)
{
    assert_true(hosts_push(hosts, job_made(host, "x", index), NOW));
}

static void assert_takes(struct hosts *hosts, uint64_t index, struct job **taken)
{
    *taken = hosts_take(hosts, NOW);
    assert_non_null(*taken);
    assert_int_equal((*taken)->index, index);
}

static void finish(struct hosts *hosts, struct job *job)
{
    const struct host_news news = {.kind = HOST_SUCCEEDED};
    hosts_done(hosts, job, &news, NOW);
    assert_null(job->host);
    job_free(job);
}

static void assert_empty(const struct hosts *hosts)
{
    assert_int_equal(hosts->waiting, 0);
    assert_false(hosts_could_start(hosts));
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        assert_null(hosts->buckets[i]); // every record was dropped
}

// Goal: hosts take turns; within a host the first comes first. None has answered yet.
TEST(fair_turns)
{
    static const uint64_t order[] = {1, 4, 6, 2, 5, 3};
    struct hosts hosts = {.rules = {.per_host = 10, .per_local_host = 10, .lookups = 99}};
    struct job *taken[COUNT(order)];
    for (uint64_t i = 1; i <= 3; i++)
        push(&hosts, A, i);
    push(&hosts, B, 4);
    push(&hosts, B, 5);
    push(&hosts, C, 6);
    for (size_t i = 0; i < COUNT(order); i++)
        assert_takes(&hosts, order[i], &taken[i]);
    assert_null(hosts_take(&hosts, NOW));
    for (size_t i = 0; i < COUNT(order); i++)
        finish(&hosts, taken[i]);
    assert_empty(&hosts);
}

// Goal: before a host has answered it gets a second slot only when no other wants it; afterwards it
// has its turns like the others, until it lets us wait again.
TEST(answers_first)
{
    struct hosts hosts = {.rules = {.per_host = 10, .per_local_host = 10, .lookups = 99}};
    const struct host_news stalled = {.kind = HOST_STALLED};
    struct job *a[4], *b[4];
    for (uint64_t i = 0; i < 4; i++)
        push(&hosts, A, 10 + i);
    assert_takes(&hosts, 10, &a[0]);
    for (uint64_t i = 0; i < 4; i++)
        push(&hosts, B, 20 + i);
    assert_takes(&hosts, 20, &b[0]); // the first of a host that has none in flight
    finish(&hosts, b[0]);
    assert_takes(&hosts, 21, &b[1]); // B answers
    assert_takes(&hosts, 22, &b[2]);
    finish(&hosts, a[0]);
    assert_takes(&hosts, 23, &b[3]);
    assert_takes(&hosts, 11, &a[1]); // and A, too
    assert_takes(&hosts, 12, &a[2]);
    hosts_done(&hosts, a[1], &stalled, NOW);
    job_free(a[1]);
    push(&hosts, B, 24);
    assert_takes(&hosts, 24, &b[0]); // A has had its chance
    assert_takes(&hosts, 13, &a[3]); // but no slot is left empty
    for (size_t i = 0; i < 4; i++)
        finish(&hosts, b[i]);
    finish(&hosts, a[2]);
    finish(&hosts, a[3]);
    assert_empty(&hosts);
}

// Goal: a host at its limit waits and keeps nobody else waiting.
TEST(limit_of_a_host)
{
    struct hosts hosts = {.rules = {.per_host = 2, .per_local_host = 9, .lookups = 99}};
    struct job *taken[4];
    for (uint64_t i = 1; i <= 3; i++)
        push(&hosts, A, i);
    assert_takes(&hosts, 1, &taken[0]);
    assert_takes(&hosts, 2, &taken[1]);
    assert_null(hosts_take(&hosts, NOW));
    assert_int_equal(hosts.waiting, 1);
    push(&hosts, B, 4);
    assert_takes(&hosts, 4, &taken[2]);
    assert_null(hosts_take(&hosts, NOW));
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
        struct hosts hosts = {.rules = {.per_host = 1, .per_local_host = 3, .lookups = 99}};
        struct job *taken[3];
        for (uint64_t n = 1; n <= 4; n++)
            push(&hosts, local[i], n);
        for (uint64_t n = 1; n <= 3; n++)
            assert_takes(&hosts, n, &taken[n - 1]);
        assert_null(hosts_take(&hosts, NOW));
        job_free(hosts_drain(&hosts));
        for (size_t n = 0; n < 3; n++)
            finish(&hosts, taken[n]);
        assert_empty(&hosts);
    }
}

// Goal: a host's record is dropped with its last job, also by draining, also when it was ready.
TEST(records_are_dropped)
{
    struct hosts hosts = {.rules = {.per_host = 1, .per_local_host = 1, .lookups = 99}};
    struct job *job;
    push(&hosts, A, 1);
    push(&hosts, A, 2);
    push(&hosts, B, 3);
    assert_takes(&hosts, 1, &job);
    unsigned drained = 0;
    for (struct job *waiting = hosts_drain(&hosts), *next; waiting != NULL; drained++) {
        next = waiting->next;
        assert_null(waiting->host);
        job_free(waiting);
        waiting = next;
    }
    assert_int_equal(drained, 2);
    assert_null(hosts_take(&hosts, NOW));
    finish(&hosts, job); // its host lived on for it
    assert_empty(&hosts);
}

// Goal: any order of pushes, takes, ends and drains keeps limits and loses no job.
TEST(random_orders)
{
    enum { JOBS = 400, HOSTS = 12, LIMIT = 3 };
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct chance chance = {seed};
        struct hosts hosts = {.rules = {.per_host = LIMIT, .per_local_host = LIMIT, .lookups = 99}};
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
                snprintf(host, sizeof host, "8.8.8.%u", (unsigned)number);
                push(&hosts, host, number); // the index names the host here
                pushed++;
            } else if (what < 42 && (job = hosts_take(&hosts, NOW)) != NULL) {
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

// Ends a transfer with news of its host.
static void end(struct hosts *hosts, struct job *job, struct host_news news, int64_t now_us)
{
    hosts_done(hosts, job, &news, now_us);
    job_free(job);
}

static struct job *take_at(struct hosts *hosts, int64_t now_us)
{
    struct job *job = hosts_take(hosts, now_us);
    if (job != NULL)
        job->entered_us[JOB_DOWNLOADING] = now_us;
    return job;
}

// Goal: one transfer alone looks a name up; the others follow as soon as there is an address.
TEST(first_contact)
{
    struct hosts hosts = {.rules = {.per_host = 4, .per_local_host = 4, .lookups = 1}};
    for (uint64_t i = 1; i <= 3; i++)
        push(&hosts, "a.example", i);
    push(&hosts, "b.example", 4);
    struct job *first = take_at(&hosts, NOW);
    assert_true(first->asks_name);
    assert_null(take_at(&hosts, NOW)); // the other host's name has to wait, too
    hosts_resolved(&hosts, first, NOW);
    struct job *rest[3];
    for (size_t i = 0; i < 3; i++)
        assert_non_null(rest[i] = take_at(&hosts, NOW));
    assert_int_equal(hosts.lookups, 1);
    const struct host_news bad = {.kind = HOST_UNREACHABLE};
    for (size_t i = 0; i < 3; i++)
        end(&hosts, rest[i], bad, NOW);
    end(&hosts, first, (struct host_news){.kind = HOST_SUCCEEDED}, NOW);
    assert_int_equal(hosts.lookups, 0);
    hosts_free(&hosts);
}

// Goal: a name that is not found is looked up again by the next job, alone again.
TEST(name_not_found)
{
    struct hosts hosts = {.rules = {.per_host = 4, .per_local_host = 4, .lookups = 9}};
    for (uint64_t i = 1; i <= 2; i++)
        push(&hosts, "a.example", i);
    end(&hosts, take_at(&hosts, NOW), (struct host_news){.kind = HOST_UNREACHABLE}, NOW);
    struct job *second = take_at(&hosts, NOW);
    assert_true(second->asks_name);
    end(&hosts, second, (struct host_news){.kind = HOST_SUCCEEDED}, NOW);
    assert_empty(&hosts);
}

// Goal: a host that asks for patience is left alone for so long, and others go on.
TEST(pause)
{
    struct hosts hosts = {.rules = {.per_host = 4, .per_local_host = 4, .lookups = 9}};
    const struct host_news busy = {.kind = HOST_BUSY, .wait_us = 2 * SECOND};
    push(&hosts, A, 1);
    end(&hosts, take_at(&hosts, NOW), busy, NOW);
    push(&hosts, A, 2);
    push(&hosts, B, 3);
    struct job *other = take_at(&hosts, NOW);
    assert_int_equal(other->index, 3);
    assert_null(take_at(&hosts, NOW));
    assert_int_equal(hosts_next_us(&hosts), NOW + 2 * SECOND);
    hosts_wake(&hosts, NOW + 2 * SECOND - 1);
    assert_null(take_at(&hosts, NOW + 2 * SECOND - 1));
    hosts_wake(&hosts, NOW + 2 * SECOND);
    struct job *late = take_at(&hosts, NOW + 2 * SECOND);
    assert_int_equal(late->index, 2);
    end(&hosts, late, (struct host_news){.kind = HOST_SUCCEEDED}, NOW);
    end(&hosts, other, (struct host_news){.kind = HOST_SUCCEEDED}, NOW);
    hosts_free(&hosts);
}

static size_t take_all(struct hosts *hosts, struct job **jobs, int64_t now_us)
{
    size_t count = 0;
    while ((jobs[count] = take_at(hosts, now_us)) != NULL)
        count++;
    return count;
}

// Goal: an answer that it is too much halves the transfers, once for those that were under way
// together; successes bring them back one by one.
TEST(halving)
{
    struct hosts hosts = {.rules = {.per_host = 8, .per_local_host = 8, .lookups = 9}};
    const struct host_news busy = {.kind = HOST_BUSY};
    const struct host_news good = {.kind = HOST_SUCCEEDED};
    static const size_t regained[] = {4, 5, 6, 7, 8, 8};
    struct job *jobs[64];
    for (uint64_t i = 1; i <= 60; i++)
        push(&hosts, A, i);
    assert_int_equal(take_all(&hosts, jobs, 10), 8);
    for (size_t i = 0; i < 8; i++)
        end(&hosts, jobs[i], busy, 20);
    for (size_t i = 0; i < COUNT(regained); i++) {
        const size_t count = take_all(&hosts, jobs, 30);
        assert_int_equal(count, regained[i]);
        for (size_t n = 0; n < count; n++)
            end(&hosts, jobs[n], good, 30);
    }
    for (struct job *job = hosts_drain(&hosts), *next; job != NULL; job = next) {
        next = job->next;
        job_free(job);
    }
    hosts_free(&hosts);
}

// Goal: a host that cannot be reached so many times in a row is given up, for later jobs too; one
// answer in between is enough to go on.
TEST(given_up)
{
    struct hosts hosts = {
        .rules = {.per_host = 1, .per_local_host = 1, .failures = 3, .lookups = 9}};
    static const enum host_news_kind kinds[] = {HOST_UNREACHABLE, HOST_UNREACHABLE,
                                                HOST_ANSWERED,    HOST_UNREACHABLE,
                                                HOST_UNREACHABLE, HOST_UNREACHABLE};
    for (uint64_t i = 1; i <= 8; i++)
        push(&hosts, A, i);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_null(hosts_take_given_up(&hosts));
        struct job *job = take_at(&hosts, NOW);
        assert_non_null(job);
        struct host_news news = {0};
        news.kind = kinds[i];
        end(&hosts, job, news, NOW);
    }
    assert_null(take_at(&hosts, NOW));
    for (uint64_t i = 7; i <= 8; i++) {
        struct job *job = hosts_take_given_up(&hosts);
        assert_int_equal(job->index, i);
        assert_true(hosts_have_given_up(&hosts, job));
        job_free(job);
    }
    push(&hosts, A, 9);
    job_free(hosts_take_given_up(&hosts));
    assert_int_equal(hosts.waiting, 0);
    hosts_free(&hosts);
}

// Goal: starts from one host keep their rate, whatever the rhythm of asking.
TEST(rate_of_a_host)
{
    struct hosts hosts = {.rules = {.per_host = 99, .per_local_host = 99, .rate = 5, .lookups = 9}};
    unsigned starts = 0;
    for (uint64_t i = 1; i <= 40; i++)
        push(&hosts, A, i);
    for (int64_t now = NOW; now < NOW + 4 * SECOND; now += 7000) {
        hosts_wake(&hosts, now);
        for (struct job *job; (job = take_at(&hosts, now)) != NULL; starts++)
            end(&hosts, job, (struct host_news){.kind = HOST_SUCCEEDED}, now);
    }
    assert_in_range(starts, 19, 21);
    for (struct job *job = hosts_drain(&hosts), *next; job != NULL; job = next) {
        next = job->next;
        job_free(job);
    }
    hosts_free(&hosts);
}

// Goal: what is known of hosts without jobs does not grow without end.
TEST(idle_records)
{
    enum { HOSTS = LIMIT_IDLE_HOSTS + 100 };
    struct hosts hosts = {.rules = {.per_host = 2, .per_local_host = 2, .lookups = 9}};
    for (unsigned i = 0; i < HOSTS; i++) {
        char host[32];
        snprintf(host, sizeof host, "8.%u.%u.1", i / 256, i % 256);
        push(&hosts, host, i + 1);
        end(&hosts, take_at(&hosts, NOW), (struct host_news){.kind = HOST_UNREACHABLE}, NOW);
    }
    assert_int_equal(hosts.idle_count, LIMIT_IDLE_HOSTS);
    hosts_free(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fair_turns),
        cmocka_unit_test(answers_first),
        cmocka_unit_test(limit_of_a_host),
        cmocka_unit_test(local_hosts),
        cmocka_unit_test(records_are_dropped),
        cmocka_unit_test(random_orders),
        cmocka_unit_test(first_contact),
        cmocka_unit_test(name_not_found),
        cmocka_unit_test(pause),
        cmocka_unit_test(halving),
        cmocka_unit_test(given_up),
        cmocka_unit_test(rate_of_a_host),
        cmocka_unit_test(idle_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
