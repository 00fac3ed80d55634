// SPDX-License-Identifier: MIT
// What a worker gives up before it sees its first picture.
//
//     limits    no capabilities, no new privileges, not dumpable, resource limits
//     landlock  no file, no TCP port, no abstract socket and no signal beyond the process itself
//     seccomp   no system call but those on a short list; any other one kills the process
//
// Landlock and seccomp each refuse what the other one refuses: one of them may have a hole.
#ifndef PROC_SANDBOX_H
#define PROC_SANDBOX_H

#include "base/limits.h"

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

// What is asked for.
enum sandbox_level {
    SANDBOX_BEST,   // as much of SANDBOX_FULL as this build and this system have
    SANDBOX_OFF,    // for valgrind, which cannot run under limits on address space
    SANDBOX_LIMITS, // the limits alone
    SANDBOX_FULL,   // all three
};

// What it is made of, as bits.
enum sandbox_wall {
    SANDBOX_WALL_LIMITS = 1,
    SANDBOX_WALL_LANDLOCK = 2,
    SANDBOX_WALL_SECCOMP = 4,
    SANDBOX_WALLS = SANDBOX_WALL_LIMITS | SANDBOX_WALL_LANDLOCK | SANDBOX_WALL_SECCOMP,
};

// A program for seccomp(2).
struct sandbox_filter {
    unsigned short count;
    struct sock_filter code[LIMIT_FILTER_INSTRUCTIONS];
};

// What every worker enters: a plain value, which workers have by being forked.
struct sandbox {
    unsigned walls;       // bits of enum sandbox_wall
    uint64_t max_pixels;  // decides how much address space a decoder may need
    uint64_t job_seconds; // of CPU, that no picture can take honestly
    uint64_t cpu_seconds; // after which a worker makes room for a new one, LIMIT_WORKER_CPU_S
    struct sandbox_filter filter; // while SANDBOX_WALL_SECCOMP is set
};

// Sets `walls` and `filter` for a level, to what this build and this system have of it. Whether the
// system has it is tried in a child, so that no worker is the first to find out; the process must
// have a single thread. Returns the walls that the level has and that cannot be had.
unsigned sandbox_prepare(struct sandbox *sandbox, enum sandbox_level level);

// Locks the calling process down, for good. Returns 0, or -1 with errno and *failed naming the
// step. In a build with a sanitizer the limit on address space is left out: their shadow memory is
// larger than any limit.
int sandbox_enter(const struct sandbox *sandbox, const char **failed);

// The names of walls: "limits, landlock, seccomp", or "off" for none.
#define SANDBOX_NAMES_BYTES 32
const char *sandbox_names(unsigned walls, char names[SANDBOX_NAMES_BYTES]);

// The walls that this build can have.
unsigned sandbox_built(void);

#endif
