// SPDX-License-Identifier: MIT
// The bytes-held semaphore: its two rules, its floor, and that no order of events gets it stuck.
#include "support.h"

#include "run/budget.h"

#include <string.h>

enum { SEEDS = 400, BODIES = 24 };

// Goal: bodies may grow only while the reserve stays free.
TEST(reserve_stays_free)
{
    struct budget budget;
    struct budget_share oldest = {0};
    struct budget_share other = {0};
    budget_init(&budget, 100, 40, 100);
    assert_int_equal(budget.reserve, 40);
    assert_int_equal(budget.floor, 1);
    assert_true(budget_begin(&budget, &oldest));
    assert_true(budget_begin(&budget, &other));
    assert_true(budget_grow(&budget, &other, 59)); // 1 + 59 held, 40 free
    assert_false(budget_grow(&budget, &other, 60));
    assert_int_equal(other.charged, 59);
    assert_true(other.waiting);
    assert_int_equal(budget.waiting, 1);
    budget_release(&budget, &other);
    assert_int_equal(budget.waiting, 0);
    budget_release(&budget, &oldest);
    assert_int_equal(budget.bytes.held, 0);
}

// Goal: the oldest growing body may use the reserve, the next one follows when it has settled.
TEST(oldest_uses_reserve)
{
    struct budget budget;
    struct budget_share shares[2] = {{0}, {0}};
    budget_init(&budget, 100, 40, 100);
    assert_true(budget_begin(&budget, &shares[0]));
    assert_true(budget_begin(&budget, &shares[1]));
    assert_true(budget_grow(&budget, &shares[1], 59));
    assert_true(budget_grow(&budget, &shares[0], 40)); // 99 held
    assert_false(budget_grow(&budget, &shares[1], 61));
    assert_true(budget_grow(&budget, &shares[0], 41)); // the very limit
    assert_int_equal(budget.bytes.held, 100);
    assert_false(budget_grow(&budget, &shares[0], 42));
    budget_settle(&budget, &shares[0]);
    assert_ptr_equal(budget.oldest, &shares[1]);
    assert_false(budget_may_grow(&budget, &shares[1], 1)); // what settled is still charged
    budget_release(&budget, &shares[0]);
    assert_true(budget_may_grow(&budget, &shares[1], 41));
    assert_false(budget_may_grow(&budget, &shares[1], 42));
    budget_release(&budget, &shares[1]);
    assert_null(budget.oldest);
    assert_null(budget.youngest);
}

// Goal: a refusal changes nothing, and shrinking is no growth.
TEST(refusal_and_smaller_sizes)
{
    struct budget budget;
    struct budget_share share = {0};
    budget_init(&budget, 10, 10, 1);
    assert_true(budget_begin(&budget, &share));
    assert_true(budget_grow(&budget, &share, 7));
    const uint64_t held = budget.bytes.held;
    assert_false(budget_grow(&budget, &share, 11));
    assert_false(budget_grow(&budget, &share, UINT64_MAX));
    assert_int_equal(budget.bytes.held, held);
    assert_true(budget_grow(&budget, &share, 0));
    assert_int_equal(budget.bytes.held, held);
    assert_int_equal(budget.waiting, 0);
    budget_release(&budget, &share);
}

// Goal: a body is charged the floor however small it is, and `most` of them fit when they settle.
TEST(floor_bounds_the_number)
{
    static const struct {
        uint64_t limit, largest, most, floor;
    } cases[] = {
        {1000, 100, 10, 100}, {1000, 50, 10, 50}, {1000, 500, 10, 100},
        {10, 10, 100, 1},     {7, 7, 2, 3},       {1, 1, 1, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct budget budget;
        struct budget_share share = {0};
        budget_init(&budget, cases[i].limit, cases[i].largest, cases[i].most);
        assert_int_equal(budget.floor, cases[i].floor);
        assert_true(budget_begin(&budget, &share));
        assert_int_equal(share.charged, cases[i].floor);
        assert_true(budget_grow(&budget, &share, 1));
        assert_int_equal(budget.bytes.held, cases[i].floor);
        budget_release(&budget, &share);
    }
}

// Goal: release settles, and a share that holds nothing may be released and settled again.
TEST(release_is_final)
{
    struct budget budget;
    struct budget_share share = {0};
    budget_init(&budget, 10, 5, 1);
    budget_release(&budget, &share);
    budget_settle(&budget, &share);
    assert_true(budget_begin(&budget, &share));
    budget_release(&budget, &share);
    budget_release(&budget, &share);
    assert_int_equal(budget.bytes.held, 0);
    assert_true(budget_begin(&budget, &share)); // the same share once more
    budget_release(&budget, &share);
}

// ---- any order of events ----

struct body {
    struct budget_share share;
    uint64_t want, has;
    enum { TO_COME, GROWING, SETTLED, GONE } state;
};

static void check(const struct budget *budget, const struct body *bodies, uint64_t seed)
{
    uint64_t charged = 0;
    unsigned waiting = 0;
    for (size_t i = 0; i < BODIES; i++) {
        charged += bodies[i].share.charged;
        waiting += bodies[i].share.waiting;
        if (bodies[i].share.charged < bodies[i].has && bodies[i].state != GONE)
            fail_msg("seed %llu: a body is larger than its charge", (unsigned long long)seed);
    }
    if (budget->bytes.held != charged || charged > budget->bytes.limit ||
        budget->waiting != waiting)
        fail_msg("seed %llu: the sums are wrong", (unsigned long long)seed);
}

static bool begin(struct budget *budget, struct body *body)
{
    if (!budget_begin(budget, &body->share))
        return false;
    body->state = GROWING;
    return true;
}

static bool grow(struct budget *budget, struct body *body, struct chance *chance)
{
    if (body->has == body->want) {
        budget_settle(budget, &body->share);
        body->state = SETTLED;
        return true;
    }
    const uint64_t size = body->has + 1 + chance_below(chance, body->want - body->has);
    const bool is_oldest = budget->oldest == &body->share;
    const uint64_t before = body->share.charged;
    const bool may = budget_may_grow(budget, &body->share, size > before ? size - before : 0);
    const bool grown = budget_grow(budget, &body->share, size);
    assert_true(may == grown);
    if (grown)
        body->has = size;
    if (grown && body->share.charged > before && !is_oldest)
        assert_true(budget->bytes.limit - budget->bytes.held >= budget->reserve);
    return grown;
}

static void leave(struct budget *budget, struct body *body)
{
    budget_release(budget, &body->share);
    body->state = GONE;
}

// Tries the bodies in turn from a random one on; true when one could go on.
static bool any_goes_on(struct budget *budget, struct body *bodies, struct chance *chance)
{
    const size_t first = chance_below(chance, BODIES);
    for (size_t i = 0; i < BODIES; i++) {
        struct body *body = &bodies[(first + i) % BODIES];
        if (body->state == TO_COME && begin(budget, body))
            return true;
        if (body->state == GROWING && chance_in(chance, 30)) {
            leave(budget, body); // broken off
            return true;
        }
        if (body->state == GROWING && grow(budget, body, chance))
            return true;
        if (body->state == SETTLED && chance_in(chance, 3)) {
            leave(budget, body);
            return true;
        }
    }
    return false;
}

static void run(uint64_t seed)
{
    struct chance chance = {seed};
    struct budget budget;
    struct body bodies[BODIES];
    const uint64_t limit = 1 + chance_below(&chance, 500);
    const uint64_t largest = 1 + chance_below(&chance, limit);
    memset(bodies, 0, sizeof bodies);
    budget_init(&budget, limit, largest, 1 + chance_below(&chance, 50));
    for (size_t i = 0; i < BODIES; i++)
        bodies[i].want = chance_below(&chance, largest + 1);
    for (size_t left = BODIES; left > 0;) {
        bool settled = false;
        left = 0;
        for (size_t i = 0; i < BODIES; i++) {
            settled = settled || bodies[i].state == SETTLED;
            left += bodies[i].state != GONE;
        }
        if (left > 0 && !any_goes_on(&budget, bodies, &chance) && !settled)
            fail_msg("seed %llu: nothing is left to release and no body can go on",
                     (unsigned long long)seed);
        check(&budget, bodies, seed);
    }
    assert_int_equal(budget.bytes.held, 0);
    assert_null(budget.oldest);
}

// Goal: never over the limit, never stuck while what is complete is released.
TEST(random_orders)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserve_stays_free),        cmocka_unit_test(oldest_uses_reserve),
        cmocka_unit_test(refusal_and_smaller_sizes), cmocka_unit_test(floor_bounds_the_number),
        cmocka_unit_test(release_is_final),          cmocka_unit_test(random_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
