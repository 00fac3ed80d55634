// SPDX-License-Identifier: MIT
#include "run/descriptors.h"

#include "base/limits.h"
#include "base/log.h"

#include <dirent.h>
#include <sys/resource.h>

enum {
    FOR_THE_LOOP = 16,   // libuv's and libcurl's own; directories, manifest
    FOR_THE_THREADS = 8, // libuv's: files that they read or write
    // A package that is being made: itself, the folder of its samples, and in each thread itself
    // and a file of samples.
    FOR_A_PACKAGE = 2 + 2 * LIMIT_SHARING_THREADS,
    PER_TRANSFER = 3, // its connection, and while that is made what the resolver opens
    PER_BODIES = 2,   // of a transfer: the one that comes and one that waits for a worker
};

void descriptors_raise(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files); // what cannot be raised is planned with as it is
}

// Standard streams, lists, the fork server's socket, and what a parent has left open.
static uint64_t count_open(const struct run_options *options)
{
    DIR *listing = opendir("/proc/self/fd");
    uint64_t count = 0;
    if (listing == NULL)
        return FOR_THE_LOOP + options->list_count;
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

// All but transfers and bodies: each worker has a socket, and each job from a worker to the disk a
// file for every map.
static uint64_t count_needed(const struct run_options *options)
{
    return count_open(options) + FOR_THE_LOOP + FOR_THE_THREADS + options->workers +
           (options->package ? FOR_A_PACKAGE : 0) +
           pipeline_most_commits(options) * ef_output_count(&options->picture);
}

// Jobs sent ahead have their outputs already. Where descriptors are few there are none. Returns how
// many descriptors they have.
static uint64_t plan_ahead(const struct run_options *options, uint64_t rest,
                           struct pipeline_limits *plan)
{
    const uint64_t jobs = (uint64_t)LIMIT_AHEAD_JOBS * options->workers;
    const uint64_t files = jobs * ef_output_count(&options->picture);
    plan->ahead = files < rest / 4 ? jobs : 0;
    return plan->ahead > 0 ? files : 0;
}

// Samples that wait for others have their outputs still. As above.
static uint64_t plan_samples(const struct run_options *options, uint64_t rest,
                             struct pipeline_limits *plan)
{
    const uint64_t each = ef_output_count(&options->picture);
    const uint64_t most = (rest - (PER_TRANSFER + PER_BODIES)) / 4 / each;
    plan->samples = most < LIMIT_HELD_SAMPLES ? most : LIMIT_HELD_SAMPLES;
    if (!options->package)
        plan->samples = 0;
    return plan->samples * each;
}

bool descriptors_plan(const struct run_options *options, struct pipeline_limits *plan)
{
    struct rlimit files = {0};
    const uint64_t each = PER_TRANSFER + PER_BODIES;
    const uint64_t needed = count_needed(options);
    getrlimit(RLIMIT_NOFILE, &files);
    uint64_t rest = files.rlim_cur > needed ? files.rlim_cur - needed : 0;
    if (rest < each) {
        log_error("%llu open files are allowed, and the run needs at least %llu; raise the limit "
                  "(ulimit -n) or use fewer --workers",
                  (unsigned long long)files.rlim_cur, (unsigned long long)(needed + each));
        return false;
    }
    rest -= plan_ahead(options, rest, plan);
    rest -= plan_samples(options, rest, plan);
    const uint64_t most = rest / each < LIMIT_TRANSFERS ? rest / each : LIMIT_TRANSFERS;
    plan->transfers = options->limit == 0 || options->limit > most ? most : options->limit;
    if (options->limit > most)
        log_warning("--limit %u needs more than the %llu open files there may be: %llu downloads "
                    "at a time",
                    options->limit, (unsigned long long)files.rlim_cur, (unsigned long long)most);
    plan->bodies = rest - PER_TRANSFER * plan->transfers;
    if (plan->bodies > LIMIT_HELD_BODIES)
        plan->bodies = LIMIT_HELD_BODIES;
    if (plan->samples > plan->bodies / 4)
        plan->samples = plan->bodies / 4; // each of them has its body
    return true;
}
