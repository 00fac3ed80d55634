// SPDX-License-Identifier: MIT
// The second semaphore: bytes held between the network and the workers. Its refusal is the
// program's back-pressure.
//
// A body's final size is not known when it starts, so bodies take bytes as they grow, and any
// number of half-done bodies could come to hold everything and wait for each other. Two rules
// prevent that:
//
// 1. Bodies may grow only while `reserve` bytes stay free, and reserve is the largest size of a
// body;
// 2. but the oldest growing body may use the reserve too.
//
// So the oldest one can always finish, once the workers have drained what is complete; then the
// next is the oldest. The limit is never passed.
//
// Every body is charged at least `floor` bytes, however small it is: each costs a descriptor, and
// limit / floor of them is as many as the process can have.
#ifndef RUN_BUDGET_H
#define RUN_BUDGET_H

#include "run/semaphore.h"

struct budget {
    struct semaphore bytes;
    uint64_t reserve, floor;
    struct budget_share *oldest, *youngest; // growing shares, in order of their start
    unsigned waiting;                       // growing shares that were refused
};

// One body's part. All zero is a share that holds nothing.
struct budget_share {
    struct budget_share *older, *younger;
    uint64_t charged; // bytes
    bool growing, waiting;
};

// `limit`, `largest` (bytes of one body, at most `limit`) and `most` (bodies held at once) are at
// least 1.
void budget_init(struct budget *budget, uint64_t limit, uint64_t largest, uint64_t most);

// The option that a body above `max_bytes` has met: the one for a body, or the budget's own.
const char *budget_limiting_option(const struct budget *budget, uint64_t max_bytes);

// True when there is room for a body of the largest size now.
bool budget_has_reserve(const struct budget *budget);

// True when there is room for another body now.
bool budget_could_begin(const struct budget *budget);

// Lets a body begin. False when there is no room now.
bool budget_begin(struct budget *budget, struct budget_share *share);

// A settled share begins to grow again, as the youngest.
void budget_resume(struct budget *budget, struct budget_share *share);

// Lets a growing body reach `size` bytes. False, with nothing changed, when it must wait until
// another share settles or is released.
bool budget_grow(struct budget *budget, struct budget_share *share, uint64_t size);

// True when a share that was refused would now get `more` bytes.
bool budget_may_grow(const struct budget *budget, const struct budget_share *share, uint64_t more);

// The body is complete; it keeps what it is charged.
void budget_settle(struct budget *budget, struct budget_share *share);

// Gives everything back. Does nothing for a share that holds nothing.
void budget_release(struct budget *budget, struct budget_share *share);

#endif
