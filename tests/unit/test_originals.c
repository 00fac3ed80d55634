// SPDX-License-Identifier: MIT
// The table of where the manifest tells of originals.
#include "support.h"

#include "run/originals.h"

#include <stdio.h>

enum { MANY = 20000 };

static const char *url_of(unsigned i)
{
    static char url[64];
    snprintf(url, sizeof url, "http://h.example/%u.png", i);
    return url;
}

// Goal: an empty table finds nothing and can be freed twice.
TEST(empty)
{
    struct originals originals = {0};
    struct line_place place;
    assert_false(originals_find(&originals, url_of(1), &place));
    originals_free(&originals);
    originals_free(&originals);
}

// Goal: every URL has the place that was noted last, through all growth, and others have none.
TEST(newest_place)
{
    struct originals originals = {0};
    struct line_place place;
    for (unsigned i = 0; i < MANY; i++)
        assert_true(originals_note(&originals, url_of(i), (struct line_place){i, 1}));
    for (unsigned i = 0; i < MANY; i += 2)
        assert_true(originals_note(&originals, url_of(i), (struct line_place){UINT64_MAX - i, 2}));
    assert_int_equal(originals.used, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(originals_find(&originals, url_of(i), &place));
        assert_true(place.offset == (i % 2 == 0 ? UINT64_MAX - i : i));
        assert_int_equal(place.bytes, i % 2 == 0 ? 2 : 1);
    }
    for (unsigned i = MANY; i < 2 * MANY; i++)
        assert_false(originals_find(&originals, url_of(i), &place));
    originals_free(&originals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty),
        cmocka_unit_test(newest_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
