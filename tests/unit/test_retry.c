// SPDX-License-Identifier: MIT
// Which failures are tried again and when; heaps of moments, token buckets, opt-outs.
#include "jobs.h"
#include "support.h"

#include "run/bucket.h"
#include "run/due.h"
#include "run/retry.h"
#include "run/robots.h"

#include <string.h>

static bool may_help(enum ef_status status, long http, unsigned attempts)
{
    const struct job job = {.status = status, .attempts = attempts, .http = {.status = http}};
    return retry_may_help(&job);
}

// Goal: the network's and the server's moments are tried again; what the URL, the picture or the
// policy is to blame for is not.
TEST(transient)
{
    static const long again[] = {408, 425, 429};
    static const long never[] = {400, 401, 403, 404, 410, 451};
    for (size_t i = 0; i < COUNT(again); i++)
        assert_true(may_help(EF_HTTP_4XX, again[i], 1));
    for (size_t i = 0; i < COUNT(never); i++)
        assert_false(may_help(EF_HTTP_4XX, never[i], 1));
    for (long http = 500; http <= 511; http++)
        assert_int_equal(may_help(EF_HTTP_5XX, http, 1), http <= 504 && http != 501);
    for (int status = 0; status < EF_STATUS_COUNT; status++) {
        const bool network = status == EF_DNS_FAILED || status == EF_CONNECT_FAILED ||
                             status == EF_CONNECT_TIMEOUT || status == EF_STALL_TIMEOUT ||
                             status == EF_TIMEOUT || status == EF_CONNECTION_RESET ||
                             status == EF_EMPTY_REPLY || status == EF_TRANSFER_TRUNCATED;
        assert_int_equal(may_help((enum ef_status)status, 0, 1), network);
    }
    assert_false(may_help(EF_DNS_FAILED, 0, 2));
}

// Goal: waits double up to a minute, jitter takes any part of them, and what the server asks for is
// the least, up to what it may ask for.
TEST(waits)
{
    const struct run_options options = {.retry_wait = 1, .max_retry_after = 120};
    struct job job = {.retry_after_us = -1};
    static const int64_t most[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (unsigned i = 0; i < COUNT(most); i++) {
        job.attempts = i + 1;
        const int64_t limit = most[i] * 1000000;
        assert_int_equal(retry_wait_us(&options, &job, (uint64_t)limit - 1), limit - 1);
        assert_int_equal(retry_wait_us(&options, &job, (uint64_t)limit), 0);
        assert_int_equal(retry_wait_us(&options, &job, 5), 5);
    }
    job.attempts = 1;
    job.retry_after_us = 7000000;
    assert_int_equal(retry_wait_us(&options, &job, 5), 7000000);
    job.retry_after_us = 500000000;
    assert_int_equal(retry_wait_us(&options, &job, 5), 120000000);
    const struct run_options at_once = {.max_retry_after = 0};
    assert_int_equal(retry_wait_us(&at_once, &job, 12345), 0);
}

// Goal: Retry-After in seconds and as a date of each kind that RFC 9110 names.
TEST(retry_after)
{
    const time_t now = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT
    assert_int_equal(retry_after_us("0", now), 0);
    assert_int_equal(retry_after_us("120", now), 120000000);
    assert_int_equal(retry_after_us("7  ", now), 7000000);
    assert_int_equal(retry_after_us("99999999999999999999999", now), 1000000000000000);
    assert_int_equal(retry_after_us("Sun, 06 Nov 1994 08:49:47 GMT", now), 10000000);
    assert_int_equal(retry_after_us("Sunday, 06-Nov-94 08:49:47 GMT", now), 10000000);
    assert_int_equal(retry_after_us("Sun Nov  6 08:49:47 1994", now), 10000000);
    assert_int_equal(retry_after_us("Sun, 06 Nov 1994 08:49:27 GMT", now), 0);
    static const char *const nonsense[] = {"", "soon", "-5", "1.5", "5 minutes"};
    for (size_t i = 0; i < COUNT(nonsense); i++)
        assert_int_equal(retry_after_us(nonsense[i], now), -1);
}

// Goal: a job remembers its attempts, and begins each without what the last one left.
TEST(attempts_of_a_job)
{
    struct job *job = job_made("h.example", "x", 1);
    for (unsigned i = 1; i <= 4; i++) {
        job_begin_attempt(job, i * 1000);
        assert_int_equal(job->attempts, i);
        assert_int_equal(job->status, EF_OK);
        assert_string_equal(job->message, "");
        assert_int_equal(job->http.status, 0);
        assert_int_equal(job->state, JOB_DOWNLOADING);
        job->http.status = 500 + (long)i;
        job->http.final_url = strdup("http://x/");
        job_fail(job, EF_HTTP_5XX, "number %u", i);
        assert_true(job_plan_retry(job, i * 1000 + 250, 7000));
        assert_int_equal(job->status, EF_HTTP_5XX);
        assert_int_equal(job->state, JOB_QUEUED);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(job->tries[i].http, 501 + i);
        assert_int_equal(job->tries[i].us, 250);
        assert_int_equal(job->tries[i].wait_us, 7000);
    }
    job_free(job);
}

// Goal: the earliest is on top after any adding and removing.
TEST(heap)
{
    enum { COUNT_OF = 200 };
    struct due dues[COUNT_OF] = {0};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct chance chance = {seed};
        struct due_heap heap = {0};
        for (unsigned step = 0; step < 2000; step++) {
            struct due *due = &dues[chance_below(&chance, COUNT_OF)];
            if (due->place == 0)
                assert_true(due_add(&heap, due, (int64_t)chance_below(&chance, 50)));
            else
                due_remove(&heap, due);
            int64_t earliest = INT64_MAX;
            for (size_t i = 0; i < COUNT_OF; i++)
                if (dues[i].place != 0 && dues[i].at_us < earliest)
                    earliest = dues[i].at_us;
            assert_int_equal(due_next_us(&heap), earliest);
        }
        while (due_first(&heap) != NULL)
            due_remove(&heap, due_first(&heap));
        due_free(&heap);
    }
}

// Goal: a bucket passes its rate, a tenth of a second's worth after a rest, and everything without
// one.
TEST(bucket)
{
    struct bucket none = {0};
    assert_int_equal(bucket_ready_us(&none, 77), 77);
    static const double rates[] = {0.5, 1, 7, 100, 5000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct bucket bucket = {.rate = rates[i]};
        double taken = 0;
        int64_t now = 1000000;
        while (now < 11000000) {
            const int64_t ready = bucket_ready_us(&bucket, now);
            assert_true(ready >= now);
            now = ready;
            bucket_take(&bucket, now);
            taken++;
        }
        const double burst = rates[i] / 10 > 1 ? rates[i] / 10 : 1;
        const double passed = (double)(now - 1000000) / 1e6;
        assert_true(taken <= burst + passed * rates[i] + 1e-6);
        assert_true(taken >= passed * rates[i] * 0.99);
    }
}

static bool opts_out(const char *line)
{
    return robots_opt_out(line, strlen(line));
}

// Goal: the directives that forbid such a use, for everybody or for us, and no others.
TEST(robots)
{
    static const char *const out[] = {
        "X-Robots-Tag: noai\r\n",
        "x-robots-tag:noimageai\r\n",
        "X-ROBOTS-TAG: nofollow, NOINDEX\r\n",
        "X-Robots-Tag: none\r\n",
        "X-Robots-Tag: edgefetch: noai\r\n",
        "X-Robots-Tag: otherbot: nofollow, edgefetch: noimageindex\r\n",
        "X-Robots-Tag: unavailable_after: 25 Jun 2030 15:00:00 PST, noindex\r\n",
    };
    static const char *const in[] = {
        "X-Robots-Tag: all\r\n",
        "X-Robots-Tag: noaimage\r\n",
        "X-Robots-Tag: googlebot: noindex\r\n",
        "X-Robots-Tag: otherbot: noindex, noai\r\n",
        "X-Robots-Tag:\r\n",
        "X-Robots-Tag: max-snippet: 5, nofollow\r\n",
        "X-Robots: noai\r\n",
        "",
        "X-Robots-Tag: ,,,:,\r\n",
    };
    for (size_t i = 0; i < COUNT(out); i++)
        if (!opts_out(out[i]))
            fail_msg("%s", out[i]);
    for (size_t i = 0; i < COUNT(in); i++)
        if (opts_out(in[i]))
            fail_msg("%s", in[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transient),   cmocka_unit_test(waits),
        cmocka_unit_test(retry_after), cmocka_unit_test(attempts_of_a_job),
        cmocka_unit_test(heap),        cmocka_unit_test(bucket),
        cmocka_unit_test(robots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
