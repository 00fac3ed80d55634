// SPDX-License-Identifier: MIT
// What a run knows of every URL, and the names it gives.
#include "support.h"

#include "base/limits.h"
#include "run/digest.h"
#include "run/ledger.h"

#include <stdio.h>
#include <string.h>

// Goal: a URL is new once, then a duplicate; each counts as distinct once.
TEST(new_then_duplicate)
{
    struct ledger ledger = {0};
    assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_NEW);
    assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_DUPLICATE);
    assert_int_equal(ledger_see(&ledger, "http://h/2"), LEDGER_NEW);
    assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_DUPLICATE);
    assert_int_equal(ledger_see(&ledger, ""), LEDGER_NEW);
    assert_int_equal(ledger.distinct, 3);
    ledger_free(&ledger);
}

// Goal: the manifest's newest word counts; noting is not seeing.
TEST(done_before)
{
    struct ledger ledger = {0};
    assert_true(ledger_note_done(&ledger, "http://h/1", true));
    assert_true(ledger_note_done(&ledger, "http://h/2", true));
    assert_true(ledger_note_done(&ledger, "http://h/2", false));
    assert_true(ledger_note_done(&ledger, "http://h/3", false));
    assert_true(ledger_note_done(&ledger, "http://h/3", true));
    assert_int_equal(ledger.distinct, 0);
    assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_DONE);
    assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_DUPLICATE);
    assert_int_equal(ledger_see(&ledger, "http://h/2"), LEDGER_NEW);
    assert_int_equal(ledger_see(&ledger, "http://h/3"), LEDGER_DONE);
    assert_int_equal(ledger.distinct, 3);
    ledger_free(&ledger);
}

// Goal: at most 16 bytes a URL, also with names that are not unique by their hash.
TEST(memory)
{
    enum { MANY = 50000 };
    struct ledger ledger = {0};
    for (int i = 0; i < MANY; i++) {
        char url[48];
        snprintf(url, sizeof url, "http://h.example/%d", i);
        assert_int_equal(ledger_see(&ledger, url), LEDGER_NEW);
    }
    assert_true(ledger.urls.capacity * sizeof(uint64_t) <= 16 * MANY);
    assert_int_equal(ledger.names.capacity, 0);
    ledger_free(&ledger);
}

static void hash8(const char *url, char out[9])
{
    uint8_t digest[DIGEST_BYTES];
    digest_sha256(url, strlen(url), digest);
    digest_hex(digest, 4, out);
}

static const char *name_of(struct ledger *ledger, const char *url, const char *template,
                           const char *given, uint64_t index)
{
    static char name[NAME_BYTES];
    const struct name_request request = {.url = url,
                                         .stem = "stem",
                                         .host = "h.example",
                                         .given = given,
                                         .template = template,
                                         .index = index};
    assert_true(ledger_name(ledger, &request, name));
    assert_true(strlen(name) < NAME_BYTES);
    return name;
}

// Goal: with --no-dedupe there is nothing to remember, and still no two URLs share a name, whether
// the list gives them one, or a template, or both have the same 8 digits.
TEST(forgetful)
{
    struct ledger ledger = {.forgetful = true};
    char first[NAME_BYTES], second[NAME_BYTES];
    static const char *const given[] = {NULL, "cat", NULL};
    static const char *const templates[] = {NULL, NULL, "{stem}"};
    for (size_t i = 0; i < COUNT(given); i++) {
        assert_int_equal(ledger_see(&ledger, "http://h/1"), LEDGER_NEW);
        snprintf(first, sizeof first, "%s",
                 name_of(&ledger, "http://h/1", templates[i], given[i], 1));
        snprintf(second, sizeof second, "%s",
                 name_of(&ledger, "http://h/2", templates[i], given[i], 2));
        assert_string_not_equal(first, second);
        assert_int_equal(strlen(strrchr(first, '-')), 17);
    }
    assert_int_equal(ledger.distinct, 3);
    assert_int_equal(ledger.urls.capacity + ledger.names.capacity, 0);
    ledger_free(&ledger);
}

// Goal: STEM-HASH8 of the URL's digest, the same every time.
TEST(default_names)
{
    struct ledger ledger = {0};
    char digits[9];
    char expected[32];
    ledger_see(&ledger, "http://h/1");
    hash8("http://h/1", digits);
    snprintf(expected, sizeof expected, "stem-%s", digits);
    assert_string_equal(name_of(&ledger, "http://h/1", NULL, NULL, 1), expected);
    assert_string_equal(name_of(&ledger, "http://h/1", NULL, NULL, 2), expected);
    ledger_free(&ledger);
}

// Goal: a name without hash that is taken by another URL gets the hash behind it.
TEST(taken_names)
{
    struct ledger ledger = {0};
    char digits[9];
    char expected[32];
    assert_string_equal(name_of(&ledger, "http://h/1", "{stem}", NULL, 1), "stem");
    assert_string_equal(name_of(&ledger, "http://h/1", "{stem}", NULL, 1), "stem"); // its own
    hash8("http://h/2", digits);
    snprintf(expected, sizeof expected, "stem-%s", digits);
    assert_string_equal(name_of(&ledger, "http://h/2", "{stem}", NULL, 2), expected);
    assert_string_equal(name_of(&ledger, "http://h/3", "{index}", NULL, 3), "3");
    assert_string_equal(name_of(&ledger, "http://h/4", NULL, "given", 4), "given");
    hash8("http://h/5", digits);
    snprintf(expected, sizeof expected, "given-%s", digits);
    assert_string_equal(name_of(&ledger, "http://h/5", NULL, "given", 5), expected);
    ledger_free(&ledger);
}

// Goal: names of the manifest are taken, but not from the URL that has them.
TEST(names_of_the_manifest)
{
    struct ledger ledger = {0};
    assert_true(ledger_note_name(&ledger, "http://h/1", "given"));
    assert_string_equal(name_of(&ledger, "http://h/1", NULL, "given", 1), "given");
    assert_string_not_equal(name_of(&ledger, "http://h/2", NULL, "given", 2), "given");
    ledger_free(&ledger);
}

// Goal: a given name that is another URL's default name is taken, whichever URL comes first.
TEST(given_name_of_default_form)
{
    struct ledger ledger = {0};
    char first[NAME_BYTES];
    char digits[9];
    ledger_see(&ledger, "http://h/1");
    ledger_see(&ledger, "http://h/2");
    strcpy(first, name_of(&ledger, "http://h/1", NULL, NULL, 1));
    assert_string_not_equal(name_of(&ledger, "http://h/2", NULL, first, 2), first);
    ledger_see(&ledger, "http://h/3");
    hash8("http://h/4", digits);
    snprintf(first, sizeof first, "stem-%s", digits);
    assert_string_equal(name_of(&ledger, "http://h/3", NULL, first, 3), first);
    ledger_see(&ledger, "http://h/4");
    assert_string_not_equal(name_of(&ledger, "http://h/4", NULL, NULL, 4), first);
    ledger_free(&ledger);
}

// Goal: a name that ends in another name's way out of a collision is no way into a new one.
TEST(given_name_of_collided_form)
{
    struct ledger ledger = {0};
    char digits[9];
    char trap[32];
    hash8("http://h/3", digits);
    snprintf(trap, sizeof trap, "given-%s", digits);
    assert_string_equal(name_of(&ledger, "http://h/1", NULL, "given", 1), "given");
    assert_string_equal(name_of(&ledger, "http://h/2", NULL, trap, 2), trap);
    assert_string_not_equal(name_of(&ledger, "http://h/3", NULL, "given", 3), trap);
    ledger_free(&ledger);
}

// Goal: a name that is cut before its hash is not given twice.
TEST(cut_hash)
{
    struct ledger ledger = {0};
    char stem[121];
    char first[NAME_BYTES];
    memset(stem, 'n', sizeof stem - 1);
    stem[sizeof stem - 1] = '\0';
    const struct name_request requests[2] = {
        {.url = "http://h/1", .stem = stem, .host = "h", .template = "{stem}-{stem}-{hash}"},
        {.url = "http://h/2", .stem = stem, .host = "h", .template = "{stem}-{stem}-{hash}"}};
    char second[NAME_BYTES];
    assert_true(ledger_name(&ledger, &requests[0], first));
    assert_true(ledger_name(&ledger, &requests[1], second));
    assert_string_not_equal(first, second);
    ledger_free(&ledger);
}

// Goal: the longest name there may be has room for a hash behind it.
TEST(long_names_with_hash)
{
    struct ledger ledger = {0};
    char longest[181];
    char first[NAME_BYTES];
    memset(longest, 'n', 160);
    longest[160] = '\0';
    strcpy(first, name_of(&ledger, "http://h/1", NULL, longest, 1));
    const char *second = name_of(&ledger, "http://h/2", NULL, longest, 2);
    assert_string_equal(first, longest);
    assert_string_not_equal(second, first);
    assert_true(strlen(second) + sizeof ".jpg" <= LIMIT_NAME_BYTES);
    ledger_free(&ledger);
}

// The first two of http://h.example/0, /1, /2, ... whose digests begin with the same 32 bits.
static const char *const a = "http://h.example/30860";
static const char *const b = "http://h.example/100623";

// Goal: two URLs that share HASH8 are two URLs, and get two names, of which the later is longer.
TEST(shared_hash8)
{
    struct ledger ledger = {0};
    char first[NAME_BYTES];
    char digits[2][9];
    hash8(a, digits[0]);
    hash8(b, digits[1]);
    assert_string_equal(digits[0], digits[1]);
    assert_int_equal(ledger_see(&ledger, a), LEDGER_NEW);
    strcpy(first, name_of(&ledger, a, NULL, NULL, 1));
    assert_int_equal(strlen(first), strlen("stem-") + 8);
    assert_int_equal(ledger_see(&ledger, b), LEDGER_NEW);
    const char *second = name_of(&ledger, b, NULL, NULL, 2);
    assert_int_equal(strlen(second), strlen("stem-") + 16);
    assert_memory_equal(second, first, strlen(first));
    assert_int_equal(ledger_see(&ledger, a), LEDGER_DUPLICATE);
    ledger_free(&ledger);
}

// Goal: the same in a second run, which knows the first URL from the manifest; and for given names,
// which both collide with a third one's.
TEST(shared_hash8_in_later_runs)
{
    struct ledger ledger = {0};
    char first[NAME_BYTES];
    char second[NAME_BYTES];
    assert_true(ledger_note_done(&ledger, a, true));
    assert_int_equal(ledger_see(&ledger, b), LEDGER_NEW);
    assert_int_equal(strlen(name_of(&ledger, b, NULL, NULL, 1)), strlen("stem-") + 16);
    assert_int_equal(ledger_see(&ledger, a), LEDGER_DONE);
    name_of(&ledger, "http://h/third", NULL, "given", 2);
    strcpy(first, name_of(&ledger, a, NULL, "given", 3));
    strcpy(second, name_of(&ledger, b, NULL, "given", 4));
    assert_string_not_equal(first, second);
    ledger_free(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_then_duplicate),
        cmocka_unit_test(done_before),
        cmocka_unit_test(memory),
        cmocka_unit_test(forgetful),
        cmocka_unit_test(default_names),
        cmocka_unit_test(taken_names),
        cmocka_unit_test(names_of_the_manifest),
        cmocka_unit_test(given_name_of_default_form),
        cmocka_unit_test(given_name_of_collided_form),
        cmocka_unit_test(cut_hash),
        cmocka_unit_test(long_names_with_hash),
        cmocka_unit_test(shared_hash8),
        cmocka_unit_test(shared_hash8_in_later_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
