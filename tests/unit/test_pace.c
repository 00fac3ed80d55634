// SPDX-License-Identifier: MIT
// Averages of a run's speed, and the time that it may still take.
#include "support.h"

#include "cli/amounts.h"
#include "cli/pace.h"

#include <math.h>

#define SECOND INT64_C(1000000)

static bool near(double value, double wanted)
{
    return fabs(value - wanted) <= 0.05 * wanted;
}

// A run from `from` for `seconds`, noted ten times a second; returns its pictures.
static uint64_t go(struct pace *pace, int64_t from, unsigned seconds, uint64_t begun, double speed)
{
    uint64_t pictures = begun;
    for (unsigned i = 1; i <= seconds * 10; i++) {
        pictures = begun + (uint64_t)(speed * i / 10);
        pace_note(pace, from + i * SECOND / 10, pictures, pictures * 1000);
    }
    return pictures;
}

// Goal: nothing is known before the first pictures, and nothing is told.
TEST(unknown_at_first)
{
    struct pace pace;
    pace_begin(&pace, 5 * SECOND);
    assert_true(pace_left(&pace, 10) < 0);
    assert_true(pace_left(&pace, 0) == 0);
    pace_note(&pace, 5 * SECOND, 0, 0); // no time has passed
    pace_note(&pace, 20 * SECOND, 0, 0);
    assert_true(pace_pictures(&pace) == 0 && pace_left(&pace, 10) < 0);
    pace_note(&pace, 21 * SECOND, 1, 100);
    assert_true(pace_left(&pace, 10) < 0); // one may be any
    pace_note(&pace, 22 * SECOND, 2, 200);
    assert_true(pace_left(&pace, 10) > 0);
}

// Goal: an even speed is told exactly, however short the run, and so is the time left.
TEST(an_even_speed)
{
    struct pace pace;
    for (unsigned seconds = 2; seconds < 60; seconds += 7) {
        pace_begin(&pace, SECOND);
        go(&pace, SECOND, seconds, 0, 20);
        assert_true(near(pace_pictures(&pace), 20));
        assert_true(near(pace_bytes(&pace), 20 * 1000));
        assert_true(near(pace_left(&pace, 400), 20));
    }
}

// Goal: a change of speed shows soon: a minute later the old one is forgotten.
TEST(a_change_of_speed)
{
    struct pace pace;
    pace_begin(&pace, 0);
    uint64_t done = go(&pace, 0, 300, 0, 100);
    done = go(&pace, 300 * SECOND, 10, done, 10);
    assert_true(pace_pictures(&pace) > 10 && pace_pictures(&pace) < 60);
    go(&pace, 310 * SECOND, 60, done, 10);
    assert_true(near(pace_pictures(&pace), 10));
}

// Goal: a run that stands still has a time left that grows, until nobody knows it.
TEST(standing_still)
{
    struct pace pace;
    pace_begin(&pace, 0);
    const uint64_t done = go(&pace, 0, 30, 0, 10);
    double before = pace_left(&pace, 1000);
    for (unsigned i = 0; i < 100 && before >= 0; i++) {
        pace_note(&pace, (int64_t)(40 + 10 * i) * SECOND, done, done * 1000);
        const double now = pace_left(&pace, 1000);
        assert_true(now > before || now < 0);
        before = now;
    }
    assert_true(before < 0);
}

// Goal: bytes that are taken back, of a body that begins again, are no negative speed.
TEST(bytes_taken_back)
{
    struct pace pace;
    pace_begin(&pace, 0);
    pace_note(&pace, SECOND, 0, 1000);
    pace_note(&pace, 2 * SECOND, 0, 100);
    assert_true(pace_bytes(&pace) > 0 && pace_bytes(&pace) < 1000);
    pace_note(&pace, 3 * SECOND, 0, 1100);
    assert_true(pace_bytes(&pace) > 300 && pace_bytes(&pace) < 1000);
}

// Goal: amounts are short and right at the borders of their units.
TEST(amounts)
{
    static const struct {
        double bytes;
        const char *text;
    } sizes[] = {{0, "0 B"},           {999, "999 B"},
                 {1000, "1.0 KiB"},    {1024, "1 KiB"},
                 {1536, "1.5 KiB"},    {10 * 1024, "10 KiB"},
                 {1023488, "1.0 MiB"}, {512.0 * 1048576, "512 MiB"},
                 {1e18, "888 PiB"},    {1e30, "867361737988 EiB"}};
    static const struct {
        double seconds;
        const char *text;
    } times[] = {{-1, "-:--"},        {0, "0:00"},        {0.2, "0:01"},     {59, "0:59"},
                 {59.5, "1:00"},      {3599, "59:59"},    {3600, "1:00:00"}, {172799, "47:59:59"},
                 {172800, "2 d 0 h"}, {INFINITY, "-:--"}, {NAN, "-:--"}};
    char out[AMOUNT_BYTES];
    for (size_t i = 0; i < COUNT(sizes); i++)
        assert_string_equal(amount_of_bytes(sizes[i].bytes, out), sizes[i].text);
    for (size_t i = 0; i < COUNT(times); i++)
        assert_string_equal(amount_of_seconds(times[i].seconds, out), times[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_at_first),  cmocka_unit_test(an_even_speed),
        cmocka_unit_test(a_change_of_speed), cmocka_unit_test(standing_still),
        cmocka_unit_test(bytes_taken_back),  cmocka_unit_test(amounts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
