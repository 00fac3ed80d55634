// SPDX-License-Identifier: MIT
// A counting semaphore for callbacks: it never waits. Whoever is refused asks again when something
// was released; the same "may one more start?" is called after a start and after a finish.
#ifndef RUN_SEMAPHORE_H
#define RUN_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

// Invariant: held <= limit.
struct semaphore {
    uint64_t limit;
    uint64_t held;
    uint64_t peak; // the most ever held
};

// Takes `n` when that many are free. False, and nothing taken, otherwise.
bool semaphore_try_acquire(struct semaphore *semaphore, uint64_t n);

// Gives back `n` of those that are held.
void semaphore_release(struct semaphore *semaphore, uint64_t n);

#endif
