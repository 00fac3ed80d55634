// SPDX-License-Identifier: MIT
#include "proc/sandbox_walls.h"

#include "base/limits.h"
#include "base/sanitized.h"

#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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

// What a worker may use before it makes room for a new one, and the picture after that. The signal
// comes a second before the end that nothing can put off, and tells from that one why it ended.
static int limit_cpu(const struct sandbox *sandbox)
{
    const uint64_t seconds = sandbox->cpu_seconds + sandbox->job_seconds;
    struct rlimit both;
    if (limit(RLIMIT_CPU, seconds + 1) != 0 || getrlimit(RLIMIT_CPU, &both) != 0)
        return -1;
    both.rlim_cur = seconds < both.rlim_max ? seconds : both.rlim_max;
    return setrlimit(RLIMIT_CPU, &both);
}

// What makes root more than other users.
static int drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return (int)syscall(SYS_capset, &header, none);
}

int sandbox_limits_enter(const struct sandbox *sandbox, const char **failed)
{
    *failed = "no new privileges";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    *failed = "no capabilities";
    if (drop_capabilities() != 0)
        return -1;
    *failed = "not dumpable";
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return -1;
    *failed = "resource limits";
    if (!SANITIZED && limit(RLIMIT_AS, address_space(sandbox->max_pixels)) != 0)
        return -1;
    // Beyond its file size limit a worker gets EFBIG, which it reports, instead of a signal.
    signal(SIGXFSZ, SIG_IGN);
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0 || limit_cpu(sandbox) != 0 ||
        limit(RLIMIT_NOFILE, LIMIT_WORKER_FILES) != 0 ||
        limit(RLIMIT_FSIZE, LIMIT_OUTPUT_BYTES) != 0)
        return -1;
    return 0;
}
