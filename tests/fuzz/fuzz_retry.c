// SPDX-License-Identifier: MIT
// Retry-After, whatever a server writes there: seconds and dates are what they say, everything is
// within bounds, and no wait is longer than the options allow. The first bytes are the time of day
// and the options; the rest is the header's value.
#include "fuzz.h"

#include "base/limits.h"
#include "run/retry.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SECOND_US = 1000000 };
static const int64_t most_seconds = 1000000000; // as retry.c has it

static int64_t bounded(int64_t seconds)
{
    return (seconds < 0 ? 0 : seconds < most_seconds ? seconds : most_seconds) * SECOND_US;
}

static void check_value(const char *value, time_t now)
{
    const int64_t wait = retry_after_us(value, now);
    CHECK(wait == -1 || (wait >= 0 && wait <= bounded(most_seconds) && wait % SECOND_US == 0));
    const int64_t later = retry_after_us(value, now + 1);
    CHECK((later < 0) == (wait < 0) && later <= wait && wait - later <= SECOND_US);
    const size_t digits = strspn(value, "0123456789");
    if (digits == 0 || value[digits] != '\0')
        return;
    int64_t seconds = 0; // by hand
    for (size_t i = 0; i < digits && seconds < most_seconds; i++)
        seconds = seconds * 10 + value[i] - '0';
    CHECK(wait == bounded(seconds));
}

// The three forms of RFC 9110, 5.6.7. Two-digit years are not for all times.
static void check_dates(time_t now, int64_t away)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y",
                                        "%A, %d-%b-%y %H:%M:%S GMT"};
    const time_t at = now + away;
    struct tm parts;
    char value[64];
    CHECK(gmtime_r(&at, &parts) != NULL);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        CHECK(strftime(value, sizeof value, forms[i], &parts) > 0);
        if (parts.tm_year >= 100 || i < 2)
            CHECK(retry_after_us(value, now) == bounded(away));
        check_value(value, now);
    }
}

static void check_wait(const struct run_options *options, const struct job *job, uint64_t chance)
{
    const int64_t asked = retry_asked_us(options, job), wait = retry_wait_us(options, job, chance);
    const int64_t most_asked = (int64_t)(options->max_retry_after * SECOND_US);
    CHECK(asked <= most_asked && asked <= job->retry_after_us);
    CHECK(wait >= 0 && wait >= asked);
    CHECK(wait <= (asked > WAIT_RETRY_MOST_MS * 1000ll ? asked : WAIT_RETRY_MOST_MS * 1000ll));
    const struct host_news news = retry_host_news(options, job);
    CHECK(news.wait_us <= most_asked);
    CHECK(retry_most_attempts(options, job) <= LIMIT_RETRIES + 2);
    retry_may_help(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const time_t now = (time_t)(fuzz_word(&input) % 32768) * 65536 + (time_t)fuzz_word(&input);
    const int64_t away = (int64_t)fuzz_word(&input) * 16 - 32768;
    const struct run_options options = {.retries = fuzz_byte(&input) % (LIMIT_RETRIES + 1),
                                        .retry_wait = fuzz_word(&input) % 3601 / 7.0,
                                        .max_retry_after = fuzz_word(&input)};
    struct job job = {.attempts = fuzz_byte(&input) % (LIMIT_RETRIES + 2),
                      .status = (enum ef_status)(fuzz_byte(&input) % EF_STATUS_COUNT)};
    const uint64_t chance = (uint64_t)fuzz_word(&input) << 48 | fuzz_word(&input);
    job.http.status = (long)fuzz_word(&input) % 1000;
    char *const value = fuzz_line(&input);
    check_value(value, now);
    if (now + away >= 0)
        check_dates(now, away);
    job.retry_after_us = retry_after_us(value, now);
    check_wait(&options, &job, chance);
    free(value);
    return 0;
}
