// SPDX-License-Identifier: MIT
// The lanes: the lowest free number, from the first to the last.
#include "support.h"

#include "run/lanes.h"

// Goal: the lowest free one is taken; one that was given back is free.
TEST(lowest_first)
{
    struct lanes lanes = {0};
    for (int i = 0; i < 130; i++) // across two words
        assert_int_equal(lanes_take(&lanes), i);
    lanes_give_back(&lanes, 64);
    lanes_give_back(&lanes, 3);
    lanes_give_back(&lanes, NO_LANE);
    assert_int_equal(lanes_taken(&lanes), 128);
    assert_int_equal(lanes_take(&lanes), 3);
    assert_int_equal(lanes_take(&lanes), 64);
    assert_int_equal(lanes_take(&lanes), 130);
}

// Goal: there are as many as there can be transfers.
TEST(the_last_one)
{
    struct lanes lanes = {0};
    for (int i = 0; i < LIMIT_TRANSFERS; i++)
        assert_int_equal(lanes_take(&lanes), i);
    assert_int_equal(lanes_taken(&lanes), LIMIT_TRANSFERS);
    lanes_give_back(&lanes, LIMIT_TRANSFERS - 1);
    assert_int_equal(lanes_take(&lanes), LIMIT_TRANSFERS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lowest_first),
                                       cmocka_unit_test(the_last_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
