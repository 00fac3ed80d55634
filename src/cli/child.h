// SPDX-License-Identifier: MIT
// Something done in a process of its own, because it starts threads and more is to be done behind
// it.
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

// Forks, calls `body` in the child, and returns its exit code; EXIT_SURROUNDINGS after a message
// when there can be no child, or when it was killed. The process must have a single thread. Signals
// that ask to stop are the child's: those that only we get are sent on.
int child_run(int (*body)(void *context), void *context);

#endif
