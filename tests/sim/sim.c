// SPDX-License-Identifier: MIT
// Simulated runs of the pipeline:
//   sim [--from SEED] [COUNT]   COUNT seeds from SEED on (1, 20000); ends at the first broken
//   invariant sim --seed SEED             that one, event by event
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

// The program has found an invariant broken by itself.
static void on_abort(int number)
{
    (void)number;
    world_broken(&world, "a CHECK; run it with --seed to see which");
}

static uint64_t number(const char *text)
{
    char *end;
    const uint64_t value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0') {
        fprintf(stderr, "sim: '%s' is no number\n", text);
        exit(2);
    }
    return value;
}

static int usage(void)
{
    fprintf(stderr, "usage: sim [--from SEED] [COUNT] | sim --seed SEED\n");
    return 2;
}

int main(int argc, char **argv)
{
    uint64_t from = 1;
    uint64_t count = 20000;
    int at = 1;
    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        setvbuf(stdout, NULL, _IOLBF, 0); // what happened before an abort, too
        world_run(&world, number(argv[2]), true);
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "--from") == 0) {
        from = number(argv[2]);
        at = 3;
    }
    if (at < argc)
        count = number(argv[at++]);
    if (at < argc)
        return usage();
    if (freopen("/dev/null", "w", stderr) ==
        NULL) // the pipeline tells of each run that it gives up
        return 2;
    signal(SIGABRT, on_abort);
    for (uint64_t seed = from; seed - from < count; seed++)
        world_run(&world, seed, false);
    printf("%llu simulated runs, no invariant broken\n", (unsigned long long)count);
    return 0;
}
