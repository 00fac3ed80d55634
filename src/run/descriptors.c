// SPDX-License-Identifier: MIT
#include "run/descriptors.h"

#include "base/limits.h"
#include "base/log.h"

#include <sys/resource.h>

enum {
    FOR_THE_PROCESS = 64, // standard streams, loop, lists, directories, manifest, resolver
    PER_WORKER = 2,       // its socket, and an output in its hands
    PER_TRANSFER = 3,     // its socket, an idle connection kept for reuse, its body
    LEAST = 256,          // what we go on with, whatever the system says
};

static uint64_t raise_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return LEAST;
    if (files.rlim_cur < files.rlim_max) {
        const struct rlimit raised = {files.rlim_max, files.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            files = raised;
    }
    return files.rlim_cur < LEAST ? LEAST : files.rlim_cur;
}

struct descriptor_plan descriptors_plan(unsigned limit, unsigned workers)
{
    const uint64_t all = raise_limit();
    const uint64_t taken = FOR_THE_PROCESS + (uint64_t)PER_WORKER * workers;
    const uint64_t rest = all > taken + LEAST / 4 ? all - taken : LEAST / 4;
    // One transfer in PER_TRANSFER + 1 descriptors leaves as many bodies waiting as there are
    // transfers.
    const uint64_t most =
        rest / (PER_TRANSFER + 1) < LIMIT_TRANSFERS ? rest / (PER_TRANSFER + 1) : LIMIT_TRANSFERS;
    struct descriptor_plan plan = {.transfers = limit == 0 || limit > most ? most : limit};
    if (limit > most)
        log_warning("--limit %u needs more than the %llu open files there may be: %llu downloads "
                    "at "
                    "a time",
                    limit, (unsigned long long)all, (unsigned long long)most);
    plan.bodies = rest - 2 * plan.transfers;
    if (plan.bodies > LIMIT_HELD_BODIES)
        plan.bodies = LIMIT_HELD_BODIES;
    return plan;
}
