// SPDX-License-Identifier: MIT
// The signals that ask the program to stop (SIGINT, SIGTERM, SIGHUP): counted, so that none is ever
// lost between two stages and none ends the process by its default action once a run has begun.
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

#define INTERRUPT_EXIT_CODE 130 // what a shell says of a command that SIGINT has ended

// Catches them from now on, except a SIGHUP that is ignored, as nohup wants it. Not before the fork
// server has been forked. False with errno when there is no descriptor left.
bool interrupt_catch(void);

// How many have come.
unsigned interrupt_count(void);

// Whether the first of them was SIGTERM, which batch engines send before they take a machine away.
bool interrupt_is_termination(void);

// Readable when one has come since the last interrupt_taken(); for a loop to watch.
int interrupt_descriptor(void);
void interrupt_taken(void);

// Nothing is left to be tidied up: from now on a signal that is not the first one ends the process
// at once, with this exit code, whatever it is waiting for.
void interrupt_may_exit(int code);

#endif
