// SPDX-License-Identifier: MIT
// What asks a run to stop: counted, so that no request is ever lost between two stages. Of the
// program these are the signals SIGINT, SIGTERM and SIGHUP; of the library, calls of its user.
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

#define INTERRUPT_EXIT_CODE 130 // what a shell says of a command that SIGINT has ended

struct interrupt {
    atomic_uint count;
    int descriptor; // an eventfd
};

// False with errno when there is no descriptor left.
bool interrupt_open(struct interrupt *interrupt);
void interrupt_close(struct interrupt *interrupt);

// One more request. In any thread, and in signal handlers.
void interrupt_raise(struct interrupt *interrupt);

// Makes the loop look, although nobody asks for anything. In any thread.
void interrupt_wake(const struct interrupt *interrupt);

// How many have come. Of NULL none ever does.
unsigned interrupt_count(const struct interrupt *interrupt);

// Readable when one has come, or interrupt_wake() was called, since the last interrupt_taken(); for
// a loop to watch.
int interrupt_descriptor(const struct interrupt *interrupt);
void interrupt_taken(const struct interrupt *interrupt);

// ---- signals, which are the process's ----

// Counts them from now on, except a SIGHUP that is ignored, as nohup wants it: none ends the
// process by its default action any more. Not before the fork server has been forked. False with
// errno when there is no descriptor left.
bool interrupt_catch(void);

// They are counted here. Before interrupt_catch() there are none.
struct interrupt *interrupt_of_process(void);

// Whether the first of them was SIGTERM, which batch engines send before they take a machine away.
bool interrupt_is_termination(void);

// Nothing is left to be tidied up: from now on a signal that is not the first one ends the process
// at once, with this exit code, whatever it is waiting for.
void interrupt_may_exit(int code);

#endif
