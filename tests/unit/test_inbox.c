// SPDX-License-Identifier: MIT
// What waits between a run and its user.
#include "support.h"

#include "base/limits.h"
#include "library/inbox.h"

#include <poll.h>
#include <stdlib.h>

static bool is_readable(const struct inbox *inbox)
{
    struct pollfd polled = {.fd = inbox->descriptor, .events = POLLIN};
    return poll(&polled, 1, 0) == 1;
}

// Takes one that must be there; whether the run was waiting for it.
static bool take(struct inbox *inbox, enum news_kind kind, const char *text)
{
    bool has_room;
    struct news *news = inbox_take(inbox, &has_room);
    assert_non_null(news);
    assert_int_equal(news->kind, kind);
    assert_string_equal(news->text, text);
    free(news);
    return has_room;
}

// Goal: what is put there comes out in order, and the descriptor says whether there is any.
TEST(in_order)
{
    struct inbox inbox;
    bool has_room;
    assert_true(inbox_open(&inbox));
    assert_false(is_readable(&inbox));
    inbox_put(&inbox, news_text(NEWS_MESSAGE, "one"));
    inbox_put(&inbox, news_text(NEWS_RESULT, "two"));
    assert_true(is_readable(&inbox));
    take(&inbox, NEWS_MESSAGE, "one");
    assert_true(is_readable(&inbox));
    take(&inbox, NEWS_RESULT, "two");
    assert_false(is_readable(&inbox));
    assert_null(inbox_take(&inbox, &has_room));
    inbox_put(&inbox, news_text(NEWS_END, "three"));
    assert_true(is_readable(&inbox));
    inbox_free(&inbox); // with what is in it
}

// Goal: there is no room while LIMIT_UNTOLD_RESULTS wait, and again when half of them are taken,
// which is told once and only to who has asked; messages have no part in it.
TEST(room)
{
    struct inbox inbox;
    unsigned told = 0;
    assert_true(inbox_open(&inbox));
    inbox_put(&inbox, news_text(NEWS_MESSAGE, ""));
    for (unsigned i = 0; i < LIMIT_UNTOLD_RESULTS; i++) {
        assert_true(inbox_has_room(&inbox));
        inbox_put(&inbox, news_text(NEWS_RESULT, ""));
    }
    assert_false(inbox_has_room(&inbox));
    assert_false(take(&inbox, NEWS_MESSAGE, ""));
    assert_false(inbox_has_room(&inbox));
    for (unsigned i = 0; i < LIMIT_UNTOLD_RESULTS / 2; i++)
        told += take(&inbox, NEWS_RESULT, "");
    assert_int_equal(told, 1);
    assert_true(inbox_has_room(&inbox));
    for (unsigned i = 0; i < LIMIT_UNTOLD_RESULTS / 2; i++)
        assert_false(take(&inbox, NEWS_RESULT, ""));
    inbox_free(&inbox);
}

// Goal: messages are dropped when too many wait, results and the end never are.
TEST(messages_are_dropped)
{
    struct inbox inbox;
    assert_true(inbox_open(&inbox));
    for (unsigned i = 0; i < 2 * LIMIT_UNTOLD_MESSAGES; i++)
        inbox_put(&inbox, news_text(NEWS_MESSAGE, "kept"));
    inbox_put(&inbox, news_text(NEWS_RESULT, "result"));
    inbox_put(&inbox, news_text(NEWS_END, "end"));
    for (unsigned i = 0; i < LIMIT_UNTOLD_MESSAGES; i++)
        take(&inbox, NEWS_MESSAGE, "kept");
    take(&inbox, NEWS_RESULT, "result");
    take(&inbox, NEWS_END, "end");
    inbox_free(&inbox);
}

// Goal: when nobody takes anything any more nothing is kept, and the run need not wait.
TEST(closed)
{
    struct inbox inbox;
    bool has_room;
    assert_true(inbox_open(&inbox));
    for (unsigned i = 0; i < LIMIT_UNTOLD_RESULTS; i++)
        inbox_put(&inbox, news_text(NEWS_RESULT, ""));
    assert_false(inbox_has_room(&inbox));
    inbox_close(&inbox);
    assert_true(inbox_has_room(&inbox));
    inbox_put(&inbox, news_text(NEWS_END, ""));
    assert_null(inbox_take(&inbox, &has_room));
    inbox_free(&inbox);
}

// Goal: results that there was no memory for are counted.
TEST(untold)
{
    struct inbox inbox;
    assert_true(inbox_open(&inbox));
    inbox_put(&inbox, NULL);
    inbox_put(&inbox, NULL);
    assert_int_equal(inbox.untold, 2);
    assert_false(is_readable(&inbox));
    inbox_free(&inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(room),
        cmocka_unit_test(messages_are_dropped),
        cmocka_unit_test(closed),
        cmocka_unit_test(untold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
