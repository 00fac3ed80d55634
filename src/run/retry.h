// SPDX-License-Identifier: MIT
// Which failures are worth another attempt, and when it may begin.
#ifndef RUN_RETRY_H
#define RUN_RETRY_H

#include "run/host.h"
#include "run/job.h"
#include "run/options.h"

#include <time.h>

// Whether a failed job may do better in a moment: the network and the server were at fault, not the
// URL or the picture. HTTP: 408, 425, 429, 500, 502, 503 and 504.
bool retry_may_help(const struct job *job);

// How many attempts a job may have: one more for what had to be asked in another way.
unsigned retry_most_attempts(const struct run_options *options, const struct job *job);

// What the end of a job's attempt says of its host. Busy: 429 or 503.
struct host_news retry_host_news(const struct run_options *options, const struct job *job);

// What a job's last answer asked to wait, as far as it is obeyed: --max-retry-after at most. 0 or
// less: nothing.
int64_t retry_asked_us(const struct run_options *options, const struct job *job);

// How long a job that has failed for the `attempts`th time waits, in microseconds: the doubled
// --retry-wait, of which `chance` (any number) takes a part between nothing and all ("full
// jitter"), at most WAIT_RETRY_MOST_MS; or what the server asked for, if that is longer, at most
// --max-retry-after.
int64_t retry_wait_us(const struct run_options *options, const struct job *job, uint64_t chance);

// The value of a Retry-After header (RFC 9110, 10.2.3), seconds or a date, as microseconds from
// `now`; -1 when it is neither. A date in the past is 0.
int64_t retry_after_us(const char *value, time_t now);

#endif
