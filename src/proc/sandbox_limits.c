// SPDX-License-Identifier: MIT
#include "proc/sandbox.h"

#include "base/limits.h"
#include "base/sanitized.h"

#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int limit(__rlimit_resource_t resource, uint64_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return -1;
    // A batch system may have set a lower limit already, which only root could raise.
    const rlim_t lower = now.rlim_max < value ? now.rlim_max : value;
    const struct rlimit both = {lower, lower};
    return setrlimit(resource, &both);
}

// The parts of the address space that a decode, a detection and an encode take at the pixel limit.
static uint64_t address_space(uint64_t max_pixels)
{
    return LIMIT_WORKER_BASE_BYTES + LIMIT_WORKER_BYTES_PER_PIXEL * max_pixels;
}

int sandbox_enter(const struct sandbox_options *options, const char **failed)
{
    if (options->level == SANDBOX_OFF)
        return 0;
    *failed = "no new privileges";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    *failed = "not dumpable";
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return -1;
    *failed = "resource limits";
    if (!SANITIZED && limit(RLIMIT_AS, address_space(options->max_pixels)) != 0)
        return -1;
    // Beyond its file size limit a worker gets EFBIG, which it reports, instead of a signal.
    signal(SIGXFSZ, SIG_IGN);
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0 ||
        limit(RLIMIT_NOFILE, LIMIT_WORKER_FILES) != 0 ||
        limit(RLIMIT_FSIZE, LIMIT_OUTPUT_BYTES) != 0)
        return -1;
    return 0;
}
