// SPDX-License-Identifier: MIT
// Which line of a manifest counts about a URL.
#include "support.h"

#include "base/limits.h"
#include "base/log.h"
#include "run/newest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *url_of(unsigned i)
{
    static char url[64];
    snprintf(url, sizeof url, "http://h.example/%u.png", i);
    return url;
}

// Notes a line that is wanted when it failed or was cancelled; it is one byte long, at `offset`.
static void note(struct newest *newest, const char *url, enum newest_kind kind, uint64_t offset)
{
    assert_true(newest_note(newest, url, kind, kind != NEWEST_OK, (struct line_place){offset, 1}));
}

// Goal: nothing is chosen of nothing, and it can be freed twice.
TEST(empty)
{
    struct newest newest = {0};
    struct line_place place;
    assert_false(newest_before(&newest, url_of(1), &place));
    assert_int_equal(newest_choose(&newest), 0);
    newest_free(&newest);
    newest_free(&newest);
}

// Goal: the newest line counts, whatever stood before it.
TEST(newest_counts)
{
    struct newest newest = {0};
    note(&newest, "failed", NEWEST_FAILED, 10);
    note(&newest, "mended", NEWEST_FAILED, 20);
    note(&newest, "mended", NEWEST_OK, 30);
    note(&newest, "broken", NEWEST_OK, 40);
    note(&newest, "broken", NEWEST_FAILED, 50);
    note(&newest, "failed", NEWEST_FAILED, 60);
    assert_int_equal(newest_choose(&newest), 2);
    assert_int_equal(newest_place(&newest, 0).offset, 50);
    assert_int_equal(newest_place(&newest, 1).offset, 60);
    newest_free(&newest);
}

// Goal: a cancelled line counts, unless the URL was ok.
TEST(cancelled_never_undoes_ok)
{
    struct newest newest = {0};
    note(&newest, "ok", NEWEST_OK, 1);
    note(&newest, "ok", NEWEST_CANCELLED, 2);
    note(&newest, "failed", NEWEST_FAILED, 3);
    note(&newest, "failed", NEWEST_CANCELLED, 4);
    note(&newest, "new", NEWEST_CANCELLED, 5);
    assert_int_equal(newest_choose(&newest), 2);
    assert_int_equal(newest_place(&newest, 0).offset, 4);
    assert_int_equal(newest_place(&newest, 1).offset, 5);
    newest_free(&newest);
}

// Goal: of a URL that was ok and has failed since, the newest ok line is known.
TEST(before_it_failed)
{
    struct newest newest = {0};
    struct line_place place;
    note(&newest, "a", NEWEST_OK, 1);
    note(&newest, "a", NEWEST_FAILED, 2);
    note(&newest, "a", NEWEST_OK, 3);
    note(&newest, "a", NEWEST_FAILED, 4);
    note(&newest, "a", NEWEST_FAILED, 5);
    note(&newest, "b", NEWEST_FAILED, 6);
    assert_true(newest_before(&newest, "a", &place));
    assert_int_equal(place.offset, 3);
    assert_false(newest_before(&newest, "b", &place));
    newest_free(&newest);
}

// Goal: places of any size come back, in the manifest's order, through all growth, within 28 bytes
// a URL.
TEST(many)
{
    enum { MANY = 50000 };
    const uint64_t far = UINT64_C(1) << 43;
    struct newest newest = {0};
    for (unsigned i = 0; i < MANY; i++)
        assert_true(newest_note(&newest, url_of(i), NEWEST_FAILED, true,
                                (struct line_place){far - i, LIMIT_MANIFEST_LINE_BYTES}));
    assert_true(newest.lines.capacity * sizeof *newest.lines.slots <= 28 * MANY);
    assert_int_equal(newest_choose(&newest), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        const struct line_place place = newest_place(&newest, i);
        assert_true(place.offset == far - (MANY - 1 - i));
        assert_int_equal(place.bytes, LIMIT_MANIFEST_LINE_BYTES);
    }
    newest_free(&newest);
}

static bool look(void *context, const json_t *line, bool *wanted)
{
    ++*(unsigned *)context;
    *wanted = strcmp(json_string_value(json_object_get(line, "status")), "failed") == 0;
    return true;
}

// Goal: a whole manifest: header, foreign lines and a torn end are no lines of ours.
TEST(read_manifest)
{
    struct newest newest = {0};
    unsigned lines = 0;
    log_set_level(LOG_QUIET);
    write_file("manifest", "{\"edgefetch\":\"1\",\"schema\":1}\n"
                           "no json\n"
                           "{\"url\":\"a\",\"status\":\"failed\"}\n"
                           "{\"url\":\"b\",\"status\":\"ok\"}\n"
                           "{\"url\":\"b\",\"status\":\"fai");
    const int file = open(in_folder("manifest"), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_true(newest_read(&newest, file, look, &lines));
    assert_int_equal(lines, 2);
    assert_int_equal(newest_choose(&newest), 1);
    assert_int_equal(newest_place(&newest, 0).offset, 37);
    assert_int_equal(newest_place(&newest, 0).bytes, 30);
    newest_free(&newest);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty),
        cmocka_unit_test(newest_counts),
        cmocka_unit_test(cancelled_never_undoes_ok),
        cmocka_unit_test(before_it_failed),
        cmocka_unit_test(many),
        cmocka_unit_test_setup_teardown(read_manifest, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
