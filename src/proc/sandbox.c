// SPDX-License-Identifier: MIT
#include "proc/sandbox.h"

#include "base/sanitized.h"
#include "proc/sandbox_walls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned walls_of(enum sandbox_level level)
{
    if (level == SANDBOX_OFF)
        return 0;
    return level == SANDBOX_LIMITS ? SANDBOX_WALL_LIMITS : SANDBOX_WALLS;
}

// Sanitizers open files and sockets to report what they find, from within the worker.
unsigned sandbox_built(void)
{
    unsigned walls = SANDBOX_WALL_LIMITS;
    if (!SANITIZED)
        walls |= SANDBOX_WALL_LANDLOCK;
#ifdef HAVE_SECCOMP
    if (!SANITIZED)
        walls |= SANDBOX_WALL_SECCOMP;
#endif
    return walls;
}

// In the child: enters what is asked for. Its exit status is what could not be entered.
static _Noreturn void try_walls(const struct sandbox *sandbox)
{
    const char *failed;
    unsigned missing = 0;
    if (sandbox_limits_enter(sandbox, &failed) != 0)
        _exit(SANDBOX_WALLS);
    if ((sandbox->walls & SANDBOX_WALL_LANDLOCK) != 0 && sandbox_landlock_enter(&failed) != 0)
        missing |= SANDBOX_WALL_LANDLOCK;
    if ((sandbox->walls & SANDBOX_WALL_SECCOMP) != 0 &&
        sandbox_seccomp_enter(&sandbox->filter, &failed) != 0)
        missing |= SANDBOX_WALL_SECCOMP;
    _exit((int)missing);
}

// The walls that the system refuses. One that kills the child is one that cannot be had.
static unsigned refused_walls(const struct sandbox *sandbox)
{
    int status = 0;
    pid_t waited;
    const pid_t child = fork();
    if (child == 0)
        try_walls(sandbox);
    if (child < 0)
        return 0; // then no worker can be started either, and the run says so
    do {
        waited = waitpid(child, &status, 0);
    } while (waited < 0 && errno == EINTR);
    const unsigned missing =
        waited == child && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : SANDBOX_WALLS;
    return missing & (SANDBOX_WALL_LANDLOCK | SANDBOX_WALL_SECCOMP);
}

unsigned sandbox_prepare(struct sandbox *sandbox, enum sandbox_level level)
{
    const unsigned wanted = walls_of(level);
    sandbox->walls = wanted & sandbox_built();
    if ((sandbox->walls & SANDBOX_WALL_SECCOMP) != 0 && !sandbox_seccomp_build(&sandbox->filter))
        sandbox->walls &= ~(unsigned)SANDBOX_WALL_SECCOMP;
    if ((sandbox->walls & (SANDBOX_WALL_LANDLOCK | SANDBOX_WALL_SECCOMP)) != 0)
        sandbox->walls &= ~refused_walls(sandbox);
    return wanted & ~sandbox->walls;
}

int sandbox_enter(const struct sandbox *sandbox, const char **failed)
{
    if ((sandbox->walls & SANDBOX_WALL_LIMITS) != 0 && sandbox_limits_enter(sandbox, failed) != 0)
        return -1;
    if ((sandbox->walls & SANDBOX_WALL_LANDLOCK) != 0 && sandbox_landlock_enter(failed) != 0)
        return -1;
    if ((sandbox->walls & SANDBOX_WALL_SECCOMP) != 0 &&
        sandbox_seccomp_enter(&sandbox->filter, failed) != 0)
        return -1;
    return 0;
}

const char *sandbox_names(unsigned walls, char names[SANDBOX_NAMES_BYTES])
{
    static const struct {
        enum sandbox_wall wall;
        const char *name;
    } all[] = {{SANDBOX_WALL_LIMITS, "limits"},
               {SANDBOX_WALL_LANDLOCK, "landlock"},
               {SANDBOX_WALL_SECCOMP, "seccomp"}};
    size_t used = 0;
    snprintf(names, SANDBOX_NAMES_BYTES, "off");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((walls & all[i].wall) != 0)
            used += (size_t)snprintf(names + used, SANDBOX_NAMES_BYTES - used, "%s%s",
                                     used > 0 ? ", " : "", all[i].name);
    return names;
}
