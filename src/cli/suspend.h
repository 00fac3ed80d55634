// SPDX-License-Identifier: MIT
// Ctrl-Z: what stands on the terminal is erased before the program stops, and when it goes on it
// begins anew below what others have written meanwhile.
#ifndef CLI_SUSPEND_H
#define CLI_SUSPEND_H

// From now on; SIGTSTP is left alone where it is ignored. One at a time: signals are the process's.
void suspend_begin(int terminal);
void suspend_end(void);

// How many lines of ours stand above the cursor. Signals set it to 0.
void suspend_set_lines(unsigned lines);
unsigned suspend_lines(void);

#endif
