// SPDX-License-Identifier: MIT
// Shards of a list: each URL in one, the same for ever.
#include "support.h"

#include "run/shard.h"
#include "run/urls.h"

#include <stdio.h>
#include <string.h>

// The one shard that has the entry.
static unsigned number_of(const struct list_entry *entry, unsigned count, bool by_host)
{
    unsigned found = 0;
    for (unsigned number = 1; number <= count; number++) {
        const struct shard shard = {number, count, by_host};
        if (!shard_has(&shard, entry))
            continue;
        assert_int_equal(found, 0);
        found = number;
    }
    assert_int_not_equal(found, 0);
    return found;
}

static unsigned number_of_url(const char *url, unsigned count, bool by_host)
{
    struct list_entry entry;
    urls_parse_line(url, strlen(url), &entry);
    const unsigned number = number_of(&entry, count, by_host);
    list_entry_free(&entry);
    return number;
}

// Goal: whatever the list and however many shards, each entry is in exactly one; by host the port,
// the path and how the host is written make no difference.
TEST(partition)
{
    static const unsigned counts[] = {1, 2, 3, 7, 100};
    for (size_t c = 0; c < COUNT(counts); c++)
        for (unsigned i = 0; i < 300; i++) {
            char url[80], other[80];
            snprintf(url, sizeof url, "http://Host%u.Example/%u.jpg", i % 17, i);
            snprintf(other, sizeof other, "https://host%u.example.:8443/", i % 17);
            number_of_url(url, counts[c], false);
            assert_int_equal(number_of_url(url, counts[c], true),
                             number_of_url(other, counts[c], true));
        }
}

// Goal: machines and versions agree: these are the remainders of SHA-256's first 64 bits.
TEST(for_ever)
{
    assert_int_equal(number_of_url("http://example.org/a.jpg", 100, false), 75);
    assert_int_equal(number_of_url("http://example.org/a.jpg", 99999, false), 54557);
    assert_int_equal(number_of_url("http://example.org/a.jpg", 100, true), 63);
}

// Goal: lines that are no URL are in one shard too, wherever the list is.
TEST(lines_without_url)
{
    char here[] = "(line 5 of /a)", there[] = "(line 5 of /b)";
    const struct list_entry a = {.url.shown = here, .line = 5, .status = EF_BAD_ROW};
    const struct list_entry b = {.url.shown = there, .line = 5, .status = EF_LINE_TOO_LONG};
    assert_int_equal(number_of(&a, 7, false), number_of(&b, 7, true));
    assert_int_equal(number_of_url("nonsense", 7, true), number_of_url("nonsense", 7, false));
}

// Goal: without shards everything is ours.
TEST(no_shards)
{
    const struct list_entry entry = {.line = 5, .status = EF_BAD_ROW};
    assert_true(shard_has(&(struct shard){0}, &entry));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partition),
        cmocka_unit_test(for_ever),
        cmocka_unit_test(lines_without_url),
        cmocka_unit_test(no_shards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
