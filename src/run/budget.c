// SPDX-License-Identifier: MIT
#include "run/budget.h"

#include "base/check.h"

void budget_init(struct budget *budget, uint64_t limit, uint64_t largest, uint64_t most)
{
    const uint64_t floor = limit / most;
    CHECK(largest <= limit);
    *budget = (struct budget){
        .bytes = {.limit = limit},
        .reserve = largest,
        .floor = floor == 0        ? 1
                 : floor > largest ? largest
                                   : floor,
    };
}

const char *budget_limiting_option(const struct budget *budget, uint64_t max_bytes)
{
    return max_bytes < budget->bytes.limit ? "--max-bytes" : "--max-memory";
}

static bool has_room(const struct budget *budget, bool is_oldest, uint64_t more)
{
    const uint64_t kept_free = is_oldest ? 0 : budget->reserve;
    const uint64_t unused = budget->bytes.limit - budget->bytes.held;
    return unused >= kept_free && more <= unused - kept_free;
}

bool budget_has_reserve(const struct budget *budget)
{
    return budget->bytes.limit - budget->bytes.held >= budget->reserve;
}

bool budget_could_begin(const struct budget *budget)
{
    return has_room(budget, budget->oldest == NULL, budget->floor);
}

bool budget_begin(struct budget *budget, struct budget_share *share)
{
    CHECK(!share->growing && share->charged == 0);
    if (!budget_could_begin(budget))
        return false;
    CHECK(semaphore_try_acquire(&budget->bytes, budget->floor));
    *share = (struct budget_share){.charged = budget->floor};
    budget_resume(budget, share);
    return true;
}

void budget_resume(struct budget *budget, struct budget_share *share)
{
    CHECK(!share->growing);
    share->growing = true;
    share->older = budget->youngest;
    share->younger = NULL;
    if (budget->youngest != NULL)
        budget->youngest->younger = share;
    else
        budget->oldest = share;
    budget->youngest = share;
}

static void set_waiting(struct budget *budget, struct budget_share *share, bool waiting)
{
    if (share->waiting != waiting)
        budget->waiting += waiting ? 1u : -1u;
    share->waiting = waiting;
}

bool budget_grow(struct budget *budget, struct budget_share *share, uint64_t size)
{
    CHECK(share->growing);
    const uint64_t more = size <= share->charged ? 0 : size - share->charged;
    const bool granted = budget_may_grow(budget, share, more);
    set_waiting(budget, share, !granted);
    if (!granted)
        return false;
    CHECK(semaphore_try_acquire(&budget->bytes, more));
    share->charged += more;
    return true;
}

bool budget_may_grow(const struct budget *budget, const struct budget_share *share, uint64_t more)
{
    return more == 0 || has_room(budget, budget->oldest == share, more);
}

void budget_settle(struct budget *budget, struct budget_share *share)
{
    if (!share->growing)
        return;
    set_waiting(budget, share, false);
    if (share->older != NULL)
        share->older->younger = share->younger;
    else
        budget->oldest = share->younger;
    if (share->younger != NULL)
        share->younger->older = share->older;
    else
        budget->youngest = share->older;
    share->older = share->younger = NULL;
    share->growing = false;
}

void budget_release(struct budget *budget, struct budget_share *share)
{
    budget_settle(budget, share);
    semaphore_release(&budget->bytes, share->charged);
    share->charged = 0;
}
