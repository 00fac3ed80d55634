// SPDX-License-Identifier: MIT
// The lines that a report keeps: all, or some at equal distances.
#include "support.h"

#include "base/limits.h"
#include "report/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct kept *kept, unsigned number)
{
    char line[32];
    snprintf(line, sizeof line, "%u\n and more", number);
    assert_true(kept_add(kept, line, strcspn(line, "\n")));
}

// Goal: up to the limit all are kept, in order.
TEST(all)
{
    struct kept kept = {0};
    for (unsigned i = 0; i < LIMIT_REPORT_PICTURES; i++)
        add(&kept, i);
    assert_int_equal(kept.count, LIMIT_REPORT_PICTURES);
    assert_int_equal(kept_left_out(&kept), 0);
    assert_string_equal(kept.lines[123], "123");
    kept_free(&kept);
    assert_int_equal(kept.count, 0);
}

// Goal: beyond it they stand at equal distances from the first on, and the others are counted.
TEST(some)
{
    enum { ALL = 3 * LIMIT_REPORT_PICTURES + 7 };
    struct kept kept = {0};
    for (unsigned i = 0; i < ALL; i++) {
        add(&kept, i);
        assert_true(kept.count <= LIMIT_REPORT_PICTURES);
    }
    assert_int_equal(kept.every, 4);
    assert_int_equal(kept.count, (ALL + 3) / 4);
    assert_int_equal(kept_left_out(&kept), ALL - kept.count);
    for (unsigned i = 0; i < kept.count; i++)
        assert_int_equal(atoi(kept.lines[i]), 4 * i);
    kept_free(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all), cmocka_unit_test(some)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
