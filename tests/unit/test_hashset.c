// SPDX-License-Identifier: MIT
// The set of 64-bit values.
#include "support.h"

#include "run/hashset.h"

#include <stdlib.h>

enum { MANY = 1000000 };

static const uint64_t all = ~UINT64_C(0);

static uint64_t value_of(uint64_t i)
{
    struct chance chance = {i * UINT64_C(0x9E3779B97F4A7C15)};
    return chance_next(&chance) | 1; // never 0
}

// Goal: an empty set finds nothing and can be freed.
TEST(empty)
{
    struct hashset set = {0};
    assert_null(hashset_find(&set, 5, all));
    assert_int_equal(hashset_count(&set, 5, all), 0);
    hashset_free(&set);
    hashset_free(&set);
}

// The table's numbered invariants, and what it may cost.
static void check_invariants(const struct hashset *set)
{
    assert_true(set->used * 100 <= set->capacity * 85);
    if (set->used >= 100)
        assert_true(set->capacity * sizeof *set->slots <= 16 * set->used);
}

// Goal: a million values: all found, nothing else found, never above 16 bytes a value.
TEST(million)
{
    struct hashset set = {0};
    for (uint64_t i = 0; i < MANY; i++) {
        const uint64_t *place = hashset_add(&set, value_of(i));
        assert_non_null(place);
        assert_true(*place == value_of(i));
        check_invariants(&set);
    }
    assert_int_equal(set.used, MANY);
    size_t filled = 0;
    for (size_t i = 0; i < set.capacity; i++)
        filled += set.slots[i] != 0;
    assert_int_equal(filled, MANY);
    for (uint64_t i = 0; i < MANY; i++) {
        const uint64_t *found = hashset_find(&set, value_of(i), all);
        assert_true(found != NULL && *found == value_of(i));
        assert_null(hashset_find(&set, value_of(i) ^ 2, all));
    }
    hashset_free(&set);
    assert_null(set.slots);
}

// Goal: equal top halves are counted under the mask, through growth, wherever they stand.
TEST(equal_top_halves)
{
    struct hashset set = {0};
    const uint64_t top = UINT64_C(0xFFFFFFFF) << 32; // the last home: probing wraps around
    for (uint64_t low = 1; low <= 100; low++) {
        assert_non_null(hashset_add(&set, top | low));
        assert_non_null(hashset_add(&set, UINT64_C(0xFFFFFFFE00000000) | low));
        assert_int_equal(hashset_count(&set, top, HASHSET_TOP), low);
    }
    for (uint64_t low = 1; low <= 100; low++) {
        assert_int_equal(hashset_count(&set, top | low, all), 1);
        assert_non_null(hashset_find(&set, UINT64_C(0xFFFFFFFE00000000) | low, all));
    }
    assert_int_equal(hashset_count(&set, top | 0x60, HASHSET_TOP | 0x60), 5);
    hashset_free(&set);
}

// Goal: the low half may be changed in place, and the value is still found by the rest.
TEST(changed_in_place)
{
    struct hashset set = {0};
    const uint64_t mask = ~UINT64_C(3);
    for (uint64_t i = 0; i < 1000; i++)
        assert_non_null(hashset_add(&set, value_of(i) & mask));
    for (uint64_t i = 0; i < 1000; i++)
        *hashset_find(&set, value_of(i), mask) |= i % 4;
    for (uint64_t i = 1000; i < 3000; i++) // growth moves them
        assert_non_null(hashset_add(&set, value_of(i) & mask));
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(*hashset_find(&set, value_of(i), mask) & 3, i % 4);
    hashset_free(&set);
}

// Goal: adding does not look whether a value is there.
TEST(twice_the_same)
{
    struct hashset set = {0};
    hashset_add(&set, 77);
    hashset_add(&set, 77);
    assert_int_equal(hashset_count(&set, 77, all), 2);
    hashset_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty),
        cmocka_unit_test(million),
        cmocka_unit_test(equal_top_halves),
        cmocka_unit_test(changed_in_place),
        cmocka_unit_test(twice_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
