// SPDX-License-Identifier: MIT
#include "base/cpus.h"

#include <sched.h>

unsigned cpus_allowed(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const unsigned count = (unsigned)CPU_COUNT(&set);
    return count < 1 ? 1 : count;
}
