// SPDX-License-Identifier: MIT
// Text from outside.
#include "support.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static size_t decode(const char *text, size_t size, uint32_t *code_point)
{
    struct guarded guarded = guarded_make(text, size);
    *code_point = 0xABCDEF;
    const size_t length = utf8_decode((const char *)guarded.bytes, size, code_point);
    guarded_free(&guarded);
    return length;
}

// The plain encoder of RFC 3629, for any value up to 21 bits.
static size_t encode(uint32_t value, size_t length, char *out)
{
    static const uint8_t leads[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (length == 1) {
        out[0] = (char)value;
        return 1;
    }
    for (size_t i = length - 1; i > 0; i--, value >>= 6)
        out[i] = (char)(0x80 | (value & 0x3F));
    out[0] = (char)(leads[length] | value);
    return length;
}

// Goal: every code point there is, and every place where one ends too early.
TEST(every_code_point)
{
    for (uint32_t value = 0; value <= 0x10FFFF; value++) {
        const size_t length = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
        const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        char text[4];
        uint32_t decoded = 0;
        encode(value, length, text);
        if (utf8_decode(text, length, &decoded) != (surrogate ? 0 : length) ||
            (!surrogate && decoded != value))
            fail_msg("U+%04X", value);
        for (size_t cut = 0; cut < length; cut++)
            if (utf8_decode(text, cut, &decoded) != 0)
                fail_msg("U+%04X cut to %zu bytes", value, cut);
    }
}

// Goal: overlong forms, values beyond U+10FFFF, stray and missing continuations, bytes never used.
TEST(malformed)
{
    static const char *const texts[] = {
        "\xC0\x80",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\x80",
        "\xBF",
        "\xC3\x28",
        "\xE2\x28\xA1",
        "\xE2\x82\x28",
        "\xF0\x28\x8C\xBC",
        "\xF0\x90\x28\xBC",
        "\xF0\x90\x8C\x28",
        "\xC3\xC3",
        "\xE2\x82\xC3",
    };
    uint32_t unused;
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (decode(texts[i], strlen(texts[i]), &unused) != 0)
            fail_msg("text %zu", i);
        assert_false(utf8_valid(texts[i], strlen(texts[i])));
    }
}

// Goal: the first and last of every length, and never a byte more than there is.
TEST(boundaries)
{
    static const struct {
        const char *text;
        uint32_t value;
    } cases[] = {
        {"\x7F", 0x7F},
        {"\xC2\x80", 0x80},
        {"\xDF\xBF", 0x7FF},
        {"\xE0\xA0\x80", 0x800},
        {"\xED\x9F\xBF", 0xD7FF},
        {"\xEE\x80\x80", 0xE000},
        {"\xEF\xBF\xBF", 0xFFFF},
        {"\xF0\x90\x80\x80", 0x10000},
        {"\xF4\x8F\xBF\xBF", 0x10FFFF},
    };
    uint32_t value;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t size = strlen(cases[i].text);
        assert_int_equal(decode(cases[i].text, size, &value), size);
        assert_int_equal(value, cases[i].value);
        for (size_t cut = 0; cut < size; cut++)
            assert_int_equal(decode(cases[i].text, cut, &value), 0);
    }
    assert_int_equal(decode("\0x", 2, &value), 1);
    assert_int_equal(value, 0);
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("a\0\xC3\xA9", 4));
}

// Goal: what changes or hides text is unsafe, letters of all scripts and signs are not.
TEST(unsafe_code_points)
{
    static const uint32_t unsafe[] = {
        0x00,   0x07,   0x0A,   0x1B,   0x1F,    0x7F,    0x80,    0x9B,    0x9F,
        0xAD,   0x061C, 0x180E, 0x200B, 0x200D,  0x200E,  0x200F,  0x2028,  0x2029,
        0x202A, 0x202E, 0x2060, 0x2066, 0x2069,  0xE000,  0xF8FF,  0xFDD0,  0xFE0F,
        0xFEFF, 0xFFF9, 0xFFFE, 0xFFFF, 0x1FFFE, 0xE0001, 0xE0020, 0xF0000, 0x10FFFF};
    static const uint32_t safe[] = {0x20,   0x7E,   0xA0,   0xE9,   0x3B1,   0x430,
                                    0x5D0,  0x627,  0x905,  0x3042, 0x4E00,  0xAC00,
                                    0x20AC, 0x2010, 0x2030, 0xFFFD, 0x1F600, 0x2F800};
    for (size_t i = 0; i < COUNT(unsafe); i++)
        if (!text_is_unsafe(unsafe[i]))
            fail_msg("U+%04X is not unsafe", unsafe[i]);
    for (size_t i = 0; i < COUNT(safe); i++)
        if (text_is_unsafe(safe[i]))
            fail_msg("U+%04X is unsafe", safe[i]);
}

// Goal: controls, escape sequences, bidirectional marks and invalid bytes are spelled out.
TEST(printable)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"", ""},
        {"plain ~ text", "plain ~ text"},
        {"a\nb\tc", "a\\u{A}b\\u{9}c"},
        {"\x1B[31mred\x1B[0m", "\\u{1B}[31mred\\u{1B}[0m"},
        {"\x7F", "\\u{7F}"},
        {"\xC2\x9B"
         "31m",
         "\\u{9B}31m"},
        {"\xE2\x80\xAEgpj.exe", "\\u{202E}gpj.exe"},
        {"\xF3\xA0\x80\x81", "\\u{E0001}"},
        {"caf\xC3\xA9 \xE4\xB8\xAD", "caf\xC3\xA9 \xE4\xB8\xAD"},
        {"caf\xE9", "caf\\xE9"},
        {"\xFF\xC3", "\\xFF\\xC3"},
        {"\xC0\xAF", "\\xC0\\xAF"},
        {"\xE2\x82", "\\xE2\\x82"},
    };
    char out[64];
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ptr_equal(text_printable(cases[i].text, out, sizeof out), out);
        assert_string_equal(out, cases[i].shown);
    }
    text_printable_n("a\0b", 3, out, sizeof out);
    assert_string_equal(out, "a\\u{0}b");
}

// What `out` must be of a text: whole if it fits, else a beginning of its pieces and "...".
static void check_cut(const char *text, size_t size, const char *whole, size_t out_size)
{
    struct guarded guarded = guarded_make(NULL, out_size);
    char *out = (char *)guarded.bytes;
    memset(out, 'Z', out_size);
    text_printable_n(text, size, out, out_size);
    const char *end = memchr(out, '\0', out_size);
    assert_non_null(end);
    assert_true(utf8_valid(out, strlen(out)));
    const size_t length = strlen(out);
    if (strlen(whole) < out_size) {
        assert_string_equal(out, whole);
    } else {
        assert_true(length >= 3 && strcmp(out + length - 3, "...") == 0);
        assert_memory_equal(out, whole, length - 3);
        assert_true(length + 11 > out_size); // as much as fits: a piece is at most 10 bytes
    }
    guarded_free(&guarded);
}

// Goal: cut at every size a text stays valid UTF-8, terminated, and ends in "...".
TEST(cut_at_every_size)
{
    static const char *const texts[] = {
        "0123456789012345678901234567890123456789012345",
        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
        "a\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD",
        "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80xy",
        "\x1B\x1B\x1B\x1B\x1B\x1B\x1B\x1B\x1B\x1B\x1B\x1B",
        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        "\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF",
        "x",
        "",
        "1234567",
        "12345678",
    };
    char whole[512];
    for (size_t i = 0; i < COUNT(texts); i++) {
        text_printable(texts[i], whole, sizeof whole);
        for (size_t size = 8; size <= 40; size++)
            check_cut(texts[i], strlen(texts[i]), whole, size);
    }
}

// Goal: the same for random bytes.
TEST(cut_random_bytes)
{
    struct chance chance = {17};
    char whole[1024];
    for (int i = 0; i < 4000; i++) {
        char text[40];
        const size_t size = chance_below(&chance, sizeof text);
        chance_fill(&chance, text, size);
        for (size_t at = 0; at + 3 < size; at += 1 + chance_below(&chance, 8))
            memcpy(text + at, chance_in(&chance, 2) ? "\xC3\xA9" : "ab", 2);
        text_printable_n(text, size, whole, sizeof whole);
        for (const char *c = whole; *c != '\0'; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
        check_cut(text, size, whole, 8 + chance_below(&chance, 100));
    }
}

// Goal: the edit distance of Levenshtein.
TEST(distance)
{
    char longest[65];
    memset(longest, 'x', 64);
    longest[64] = '\0';
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("workers", "workers"), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("abc", ""), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("limit", "limti"), 2);
    assert_int_equal(text_distance("format", "fromat"), 2);
    assert_int_equal(text_distance("flaw", "lawn"), 2);
    assert_true(text_distance(longest, longest) >= 64);
    assert_true(text_distance("", longest) >= 64);
    assert_int_equal(text_distance("", longest + 1), 63);
    assert_int_equal(text_distance(longest + 1, longest + 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point), cmocka_unit_test(malformed),
        cmocka_unit_test(boundaries),       cmocka_unit_test(unsafe_code_points),
        cmocka_unit_test(printable),        cmocka_unit_test(cut_at_every_size),
        cmocka_unit_test(cut_random_bytes), cmocka_unit_test(distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
