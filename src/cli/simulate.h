// SPDX-License-Identifier: MIT
// A list and the server behind it, for a bench without any network.
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include "cli/cli.h"
#include "origin/origin.h"

struct simulated {
    struct origin *origin;
    char connect_to[32]; // for run_options
    char *list;          // path of the list file
};

// Reads "images=12,size=1920x1080,latency=1s,rate=0,jitter=0,fail=0%" into `simulation`; what is
// not named keeps its value. False after writing what is wrong to `why`.
bool simulation_parse(const char *text, struct simulation *simulation, char *why, size_t size);

// Makes the pictures out of the samples below `scratch`, and starts the origin. The process must
// have a single thread. Returns 0, or -1 after a message; then nothing is left running.
int simulate_start(const struct cli *cli, const struct cli_program *program, const char *scratch,
                   struct simulated *simulated);
void simulate_stop(struct simulated *simulated);

#endif
