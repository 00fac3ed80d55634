// SPDX-License-Identifier: MIT
#include "support.h"

#include "base/ticks.h"

// Goal: a part of the ticks is that part of the time, and never less than nothing or more than all.
TEST(shares)
{
    assert_int_equal(ticks_share(1, 4, 1000), 250);
    assert_int_equal(ticks_share(4, 4, 1000), 1000);
    assert_int_equal(ticks_share(0, 4, 1000), 0);
    assert_int_equal(ticks_share(UINT64_MAX / 2, UINT64_MAX, 1000), 500);
    assert_int_equal(ticks_share(5, 4, 1000), 1000); // counters of two processors
    assert_int_equal(ticks_share(UINT64_MAX, 4, 1000), 1000);
    assert_int_equal(ticks_share(1, 0, 1000), 0);
    assert_int_equal(ticks_share(1, 4, 0), 0);
    assert_int_equal(ticks_share(1, 4, -5), 0);
}

// Goal: ticks pass while time does.
TEST(pass)
{
    const uint64_t ticks = ticks_now();
    const int64_t us = clock_us();
    while (clock_us() < us + 2)
        continue;
    assert_true(ticks_now() != ticks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares), cmocka_unit_test(pass)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
