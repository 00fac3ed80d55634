// SPDX-License-Identifier: MIT
// Landlock with an empty set of rules: of everything that the kernel's version of it knows, nothing
// is permitted. What is open already (the socket, a job's descriptors) stays usable.
#include "proc/sandbox_walls.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's struct landlock_ruleset_attr as of version 6. The headers of a distribution may be
// older than the kernel it runs on.
struct rights {
    uint64_t files;
    uint64_t network; // from version 4
    uint64_t scope;   // from version 6
};

enum {
    ASK_VERSION = 1,               // LANDLOCK_CREATE_RULESET_VERSION
    NETWORK_ALL = 1 << 0 | 1 << 1, // bind and connect, of TCP
    SCOPE_ALL = 1 << 0 | 1 << 1,   // abstract unix sockets, signals
};

// Each version has the rights of those before it.
static uint64_t file_rights(long version)
{
    const unsigned count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    return (UINT64_C(1) << count) - 1;
}

int sandbox_landlock_enter(const char **failed)
{
    *failed = "Landlock";
    const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    if (version < 0)
        return -1;
    const struct rights rights = {file_rights(version), version >= 4 ? NETWORK_ALL : 0,
                                  version >= 6 ? SCOPE_ALL : 0};
    const size_t size = version >= 6   ? sizeof rights
                        : version >= 4 ? offsetof(struct rights, scope)
                                       : offsetof(struct rights, network);
    const long rules = syscall(SYS_landlock_create_ruleset, &rights, size, 0);
    if (rules < 0)
        return -1;
    const long entered = syscall(SYS_landlock_restrict_self, rules, 0);
    close((int)rules);
    return entered == 0 ? 0 : -1;
}
