// SPDX-License-Identifier: MIT
// One run at a time on one output directory.
#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

// Takes the only lock on an open file; it goes with the last descriptor of it, and so with the
// process, however that ends. A file system without locks is taken to have one run: true. False
// when another process has it; *holder is its process id, 0 when that cannot be found out (another
// machine's, say).
bool lock_take(int descriptor, pid_t *holder);

#endif
