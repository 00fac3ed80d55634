// SPDX-License-Identifier: MIT
// What outputs are called: no name can leave the output directory or surprise a shell.
#include "support.h"

#include "base/limits.h"
#include "base/text.h"
#include "run/names.h"

#include <stdlib.h>
#include <string.h>

// What names.h says of every name.
static void assert_safe(const char *name)
{
    const size_t length = strlen(name);
    assert_true(length > 0 && length < NAME_BYTES);
    assert_true(length + sizeof ".jpeg" <= LIMIT_NAME_BYTES);
    assert_true(name[0] != '.' && name[0] != '-');
    assert_null(strpbrk(name, "/\\"));
    for (size_t at = 0; at < length;) {
        uint32_t code_point = 0;
        const size_t size = utf8_decode(name + at, length - at, &code_point);
        assert_true(size > 0 && !text_is_unsafe(code_point));
        at += size;
    }
}

// Goal: stems keep what is readable and lose what is unsafe.
TEST(stems)
{
    static const struct {
        const char *segment, *stem;
    } cases[] = {
        {"picture.jpg", "picture"},
        {"Picture.JPEG", "Picture"},
        {"archive.tar.gz", "archive.tar.gz"},
        {"a.png.webp", "a.png"},
        {"photo", "photo"},
        {"caf\xC3\xA9 au lait.png", "caf\xC3\xA9_au_lait"},
        {"..", "_."},
        {".hidden", "_hidden"},
        {"-rf", "_rf"},
        {"a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"},
        {"$(rm -rf)`x`;&", "__rm_-rf__x___"},
        {"\xE2\x80\xAEgpj.exe", "_gpj.exe"},
        {"bad\xFFutf8", "bad_utf8"},
        {"\x1B[31m", "__31m"},
        {"", "fall-back"},
    };
    char stem[NAME_BYTES];
    for (size_t i = 0; i < COUNT(cases); i++) {
        name_stem(cases[i].segment, "fall-back", stem);
        assert_string_equal(stem, cases[i].stem);
        assert_safe(stem);
    }
    name_stem("", "[::1]", stem);
    assert_safe(stem);
    name_stem(".jpg", "host", stem); // an extension alone is the name
    assert_safe(stem);
}

// Goal: long segments are cut between characters.
TEST(long_stems)
{
    char segment[1000];
    char stem[NAME_BYTES];
    for (size_t first = 0; first < 4; first++) {
        memset(segment, 'a', first);
        segment[first] = '\0';
        while (strlen(segment) < 500)
            strcat(segment, "\xE4\xB8\xAD");
        name_stem(segment, "h", stem);
        assert_safe(stem);
        assert_in_range(strlen(stem), 117, 120);
    }
}

// Goal: random segments and fallbacks always give a safe stem.
TEST(random_stems)
{
    struct chance chance = {41};
    for (int i = 0; i < 5000; i++) {
        char segment[300];
        char stem[NAME_BYTES];
        const size_t size = chance_below(&chance, sizeof segment);
        chance_fill(&chance, segment, size);
        for (size_t at = 0; at < size; at++)
            if (segment[at] == '\0')
                segment[at] = '.';
        segment[size < sizeof segment ? size : sizeof segment - 1] = '\0';
        name_stem(segment, "host", stem);
        assert_safe(stem);
    }
}

static char error[128];

static void check_given(const char *text, const char *expected)
{
    error[0] = '\0';
    char *name = name_from_list(text, strlen(text), error, sizeof error);
    if (expected == NULL) {
        assert_null(name);
        assert_true(error[0] != '\0');
    } else if (name == NULL) {
        fail_msg("\"%s\": %s", text, error);
    } else {
        assert_string_equal(name, expected);
        assert_safe(name);
    }
    free(name);
}

// Goal: names from a list are kept as they are, without a picture's extension, or refused.
TEST(given_names)
{
    char longest[182];
    memset(longest, 'n', 161);
    longest[161] = '\0';
    check_given("cat", "cat");
    check_given("cat.jpeg", "cat");
    check_given("cat.txt", "cat.txt");
    check_given("Katze mit Hut", "Katze mit Hut");
    check_given("\xE7\x8C\xAB", "\xE7\x8C\xAB");
    check_given("$HOME;ls", "$HOME;ls"); // a person chose it
    check_given(longest + 1, longest + 1);
    check_given(longest, NULL);
    check_given("", NULL);
    check_given(".", NULL);
    check_given("..", NULL);
    check_given("../x", NULL);
    check_given(".bashrc", NULL);
    check_given("-o", NULL);
    check_given("a/b", NULL);
    check_given("a\\b", NULL);
    check_given("a\xFF", NULL);
    check_given("a\tb", NULL);
    check_given("a\x1B[0m", NULL);
    check_given("a\xE2\x80\xAE"
                "b",
                NULL);
    assert_null(name_from_list("a\0b", 3, error, sizeof error));
}

// Goal: what Windows takes for a device is no name, in any case and with anything behind a dot.
TEST(devices)
{
    static const char *const bad[] = {"con",       "PRN",       "Aux",         "nul.png",
                                      "NUL.tar.x", "com0",      "COM9",        "lpt1 .x",
                                      "CONIN$",    "conout$.y", "COM\xC2\xB9", "lpt\xC2\xB3.z",
                                      "end.",      "end ",      "x. "};
    static const char *const good[] = {"con1", "com", "com10", "console", "xnul", "nul-1", "lpt.1"};
    const struct name_fields fields = {"pic", "00ff00ff", "host", 7};
    char name[NAME_BYTES];
    for (size_t i = 0; i < COUNT(bad); i++)
        check_given(bad[i], NULL);
    for (size_t i = 0; i < COUNT(good); i++)
        check_given(good[i], good[i]);
    name_expand("COM{index}", &fields, name);
    assert_string_equal(name, "_COM7");
    name_expand("nul.{stem}", &fields, name);
    assert_string_equal(name, "_nul.pic");
    name_expand("{stem}. .", &fields, name);
    assert_string_equal(name, "pic._");
}

// Goal: templates with the known fields are accepted, all others refused with a reason.
TEST(templates)
{
    static const char *const good[] = {"{stem}",
                                       "{index}",
                                       "{hash}",
                                       "{host}-{stem}",
                                       "x{index}y",
                                       "{stem}{stem}",
                                       "{index}-{stem}-{hash}"};
    static const char *const bad[] = {"",        "plain",   "{}",       "{other}",
                                      "{stem",   "{Stem}",  "{stem }",  "a/{stem}",
                                      ".{stem}", "-{stem}", "{{stem}}", "{stem}{"};
    char longest[200] = "{stem}";
    for (size_t i = 0; i < COUNT(good); i++)
        if (!name_template_check(good[i], error, sizeof error))
            fail_msg("%s: %s", good[i], error);
    for (size_t i = 0; i < COUNT(bad); i++) {
        error[0] = '\0';
        if (name_template_check(bad[i], error, sizeof error))
            fail_msg("%s is accepted", bad[i]);
        assert_true(error[0] != '\0');
    }
    memset(longest + 6, 'x', 115);
    assert_false(name_template_check(longest, error, sizeof error));
    assert_true(name_template_has_hash("a-{hash}"));
    assert_false(name_template_has_hash("{stem}hash"));
}

// Goal: fields are put in; whatever they hold, the name is safe.
TEST(expansion)
{
    const struct name_fields fields = {"pic", "00ff00ff", "[::1]", 42};
    char name[NAME_BYTES];
    name_expand("{stem}-{hash}", &fields, name);
    assert_string_equal(name, "pic-00ff00ff");
    name_expand("{index}_{stem}", &fields, name);
    assert_string_equal(name, "42_pic");
    name_expand("{host}{index}", &fields, name);
    assert_string_equal(name, "___1_42");
    name_expand("a b/{index}c", &fields, name);
    assert_string_equal(name, "a_b_42c");
}

// Goal: long fields are cut, never written past the end, and leave a safe name.
TEST(long_expansion)
{
    char stem[121];
    char host[256];
    char name[NAME_BYTES + 8];
    memset(stem, 's', 120);
    stem[120] = '\0';
    memset(host, 'h', 255);
    host[255] = '\0';
    const struct name_fields fields = {stem, "0123456789abcdef", host, UINT64_MAX};
    memset(name, 'Z', sizeof name);
    name_expand("{host}{stem}{hash}{index}{stem}", &fields, name);
    assert_safe(name);
    assert_int_equal(name[NAME_BYTES], 'Z');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),        cmocka_unit_test(long_stems),
        cmocka_unit_test(random_stems), cmocka_unit_test(given_names),
        cmocka_unit_test(devices),      cmocka_unit_test(templates),
        cmocka_unit_test(expansion),    cmocka_unit_test(long_expansion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
