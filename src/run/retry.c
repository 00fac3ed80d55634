// SPDX-License-Identifier: MIT
#include "run/retry.h"

#include "run/revisit.h"

#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>

static bool is_transient_answer(long http)
{
    static const long transient[] = {408, 425, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof transient / sizeof *transient; i++)
        if (http == transient[i])
            return true;
    return false;
}

static bool is_unreachable(enum ef_status status)
{
    return status == EF_DNS_FAILED || status == EF_CONNECT_FAILED || status == EF_CONNECT_TIMEOUT;
}

static bool is_busy(const struct job *job)
{
    const bool answered = job->status == EF_HTTP_4XX || job->status == EF_HTTP_5XX;
    return answered && (job->http.status == 429 || job->http.status == 503);
}

bool retry_may_help(const struct job *job)
{
    switch (job->status) {
    case EF_DNS_FAILED:
        // libcurl does not say whether the name service asked to try again or knows no such name,
        // which most dead links are.
        return job->attempts < 2;
    case EF_CONNECT_FAILED:
    case EF_CONNECT_TIMEOUT:
    case EF_STALL_TIMEOUT:
    case EF_TIMEOUT:
    case EF_CONNECTION_RESET:
    case EF_EMPTY_REPLY:
    case EF_TRANSFER_TRUNCATED:
        return true;
    case EF_HTTP_4XX: // 416: the rest of a body, and it has become shorter
        return is_transient_answer(job->http.status) ||
               (job->http.status == 416 && job->resumed_at > 0);
    case EF_HTTP_5XX:
        return is_transient_answer(job->http.status);
    case EF_HTTP_OTHER: // 304, from where our validators mean nothing
        return job->revisit != NULL && job->revisit->disbelieved_in == job->attempts;
    default:
        return false;
    }
}

unsigned retry_most_attempts(const struct run_options *options, const struct job *job)
{
    const bool asked_again = job->revisit != NULL && job->revisit->disbelieved_in != 0;
    return options->retries + 1 + asked_again;
}

int64_t retry_asked_us(const struct run_options *options, const struct job *job)
{
    const int64_t most = (int64_t)(options->max_retry_after * 1e6);
    return job->retry_after_us < most ? job->retry_after_us : most;
}

struct host_news retry_host_news(const struct run_options *options, const struct job *job)
{
    if (job->status == EF_OK)
        return (struct host_news){.kind = HOST_SUCCEEDED};
    if (job->status == EF_CANCELLED || job->status == EF_INTERNAL)
        return (struct host_news){.kind = HOST_UNKNOWN};
    if (is_unreachable(job->status))
        return (struct host_news){.kind = HOST_UNREACHABLE};
    if (job->status == EF_STALL_TIMEOUT || job->status == EF_TIMEOUT)
        return (struct host_news){.kind = HOST_STALLED};
    if (is_busy(job))
        return (struct host_news){.kind = HOST_BUSY, .wait_us = retry_asked_us(options, job)};
    return (struct host_news){.kind = HOST_ANSWERED};
}

int64_t retry_wait_us(const struct run_options *options, const struct job *job, uint64_t chance)
{
    const int64_t most = WAIT_RETRY_MOST_MS * 1000ll;
    int64_t wait = (int64_t)(options->retry_wait * 1e6);
    for (unsigned i = 1; i < job->attempts && wait < most; i++)
        wait *= 2;
    if (wait > most)
        wait = most;
    if (wait > 0)
        wait = (int64_t)(chance % (uint64_t)wait);
    const int64_t asked = retry_asked_us(options, job);
    return asked > wait ? asked : wait;
}

int64_t retry_after_us(const char *value, time_t now)
{
    enum { MOST_SECONDS = 1000000000 }; // which nobody waits, and fits in microseconds
    char *end;
    const size_t digits = strspn(value, "0123456789");
    if (digits > 0 && value[digits + strspn(value + digits, " \t")] == '\0') {
        const unsigned long long seconds = strtoull(value, &end, 10);
        return (int64_t)(seconds < MOST_SECONDS ? seconds : MOST_SECONDS) * 1000000;
    }
    const time_t at = curl_getdate(value, NULL);
    if (at == -1)
        return -1;
    return at <= now ? 0 : (int64_t)(at - now < MOST_SECONDS ? at - now : MOST_SECONDS) * 1000000;
}
