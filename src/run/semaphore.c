// SPDX-License-Identifier: MIT
#include "run/semaphore.h"

#include "base/check.h"

bool semaphore_try_acquire(struct semaphore *semaphore, uint64_t n)
{
    if (n > semaphore->limit - semaphore->held)
        return false;
    semaphore->held += n;
    if (semaphore->held > semaphore->peak)
        semaphore->peak = semaphore->held;
    return true;
}

void semaphore_release(struct semaphore *semaphore, uint64_t n)
{
    CHECK(n <= semaphore->held);
    semaphore->held -= n;
}
