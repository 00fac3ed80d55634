// SPDX-License-Identifier: MIT
#include "run/options.h"

#include "base/cpus.h"

struct run_options run_default_options(void)
{
    const unsigned cpus = cpus_allowed();
    return (struct run_options){
        .output = "data",
        .limit = 4,
        .workers = cpus < LIMIT_WORKERS ? cpus : LIMIT_WORKERS,
        .retries = 3,
        .retry_wait = 1,
        .max_retry_after = 120,
        .host_failures = 20,
        .resolvers = 16,
        .connect_timeout = 10,
        .stall_timeout = 20,
        .timeout = 120,
        .worker_timeout = 30,
        .most_failures = UINT64_MAX,
        .most_failed_share = 1,
        .samples_per_package = 10000,
        .max_bytes = MIB(64),
        .max_memory = MIB(512),
        .sandbox = SANDBOX_BEST,
        .picture = ef_default_options(),
    };
}

uint64_t run_job_seconds(const struct run_options *options)
{
    return (uint64_t)options->worker_timeout + options->max_bytes / MIB(1) + 2;
}
