// SPDX-License-Identifier: MIT
// The list parser: what is an entry, and that it does not matter how the bytes arrive.
#include "support.h"

#include "run/urls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct urls parser; // too large for the stack

// All entries of a list as text, one a line: number, status, what is shown, name.
struct transcript {
    char *text;
    size_t size;
    FILE *stream;
};

static void note(struct transcript *transcript, struct list_entry *entry)
{
    fprintf(transcript->stream, "%llu %s %s", (unsigned long long)entry->line,
            ef_status_name(entry->status), entry->url.shown);
    if (entry->name != NULL)
        fprintf(transcript->stream, " [%s]", entry->name);
    fputc('\n', transcript->stream);
    assert_true(entry->status != EF_OK || entry->url.request != NULL);
    assert_int_equal(entry->status == EF_OK, entry->message[0] == '\0');
    list_entry_free(entry);
}

// Feeds `text` in pieces of at most `piece` bytes. The caller frees the transcript.
static char *read_list(const char *text, size_t size, size_t piece)
{
    struct transcript transcript = {0};
    struct list_entry entry;
    enum urls_result result;
    memset(&parser, 0, sizeof parser);
    transcript.stream = open_memstream(&transcript.text, &transcript.size);
    while ((result = urls_next(&parser, &entry)) != URLS_END) {
        if (result == URLS_ENTRY) {
            note(&transcript, &entry);
            continue;
        }
        size_t room;
        char *space = urls_space(&parser, &room);
        assert_true(room >= LIMIT_LIST_BLOCK_BYTES);
        const size_t part = size < piece ? size : piece;
        memcpy(space, text, part < room ? part : room);
        urls_fed(&parser, part < room ? part : room);
        text += part < room ? part : room;
        size -= part < room ? part : room;
        if (size == 0)
            urls_finish(&parser);
    }
    fclose(transcript.stream);
    return transcript.text;
}

static void check_list(const char *text, const char *expected)
{
    for (size_t piece = 1; piece <= 64; piece++) {
        char *transcript = read_list(text, strlen(text), piece);
        if (strcmp(transcript, expected) != 0)
            fail_msg("in pieces of %zu bytes:\n%s\nexpected:\n%s", piece, transcript, expected);
        free(transcript);
    }
}

// Goal: blank lines and comments are skipped, lines are counted, the last one needs no end.
TEST(plain_list)
{
    check_list("http://h/1\n\n# http://h/no\n   \n\thttp://h/2  \n#\nhttp://h/3",
               "1 ok http://h/1\n5 ok http://h/2\n7 ok http://h/3\n");
    check_list("", "");
    check_list("\n\n\n", "");
    check_list("# only a comment", "");
    check_list("http://h/1\n", "1 ok http://h/1\n");
}

// Goal: CR LF ends, also before the end of the file.
TEST(carriage_returns)
{
    check_list("http://h/1\r\n\r\nhttp://h/2\r\n#x\r\nhttp://h/3\r", "1 ok http://h/1\n3 ok "
                                                                     "http://h/2\n5 ok "
                                                                     "http://h/3\n");
}

// Goal: a byte-order mark is ignored at the start and nowhere else.
TEST(byte_order_mark)
{
    check_list("\xEF\xBB\xBFhttp://h/1\nhttp://h/2\n", "1 ok http://h/1\n2 ok http://h/2\n");
    check_list("\xEF\xBB\xBF# comment\nhttp://h/2\n", "2 ok http://h/2\n");
    check_list("\xEF\xBB\xBF", "");
    check_list("\xEF\xBB\xBF\xEF\xBB\xBFhttp://h/1\n", "1 bad_url \\u{FEFF}http://h/1\n");
    check_list("http://h/1\n\xEF\xBB\xBFhttp://h/2\n", "1 ok http://h/1\n2 bad_url "
                                                       "\\u{FEFF}http://h/2\n");
}

// Goal: a tab separates a name; a name that cannot be used costs its line alone.
TEST(names)
{
    check_list("http://h/1\tone.png\nhttp://h/2\t \nhttp://h/3\t../x\nhttp://h/4 \t  four  \n",
               "1 ok http://h/1 [one]\n2 ok http://h/2\n3 bad_name http://h/3\n"
               "4 ok http://h/4 [four]\n");
    check_list("http://h/1\ta\tb\nhttp://h/2\tx y\n", "1 bad_name http://h/1\n"
                                                      "2 ok http://h/2 [x y]\n");
}

// Goal: lines that are no URL are entries with their status.
TEST(bad_lines)
{
    check_list("ftp://h/1\nhttp://h/2\nnonsense\nhttp://h/a b\n", "1 bad_url ftp://h/1\n2 ok "
                                                                  "http://h/2\n3 bad_url nonsense\n"
                                                                  "4 bad_url http://h/a b\n");
}

// A list of one good line, one of `length` bytes, and one more good line.
static char *list_with_line(size_t length, size_t *size)
{
    static const char head[] = "http://h/1\n";
    static const char tail[] = "\nhttp://h/3\n";
    char *text = malloc(sizeof head + sizeof tail + length);
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    memset(text + sizeof head - 1, 'x', length);
    memcpy(text + sizeof head - 1 + length, tail, sizeof tail);
    *size = sizeof head + sizeof tail - 2 + length;
    return text;
}

// Goal: a line beyond the limit is one entry however long it is, and the next line is a line again.
TEST(long_lines)
{
    static const size_t lengths[] = {LIMIT_LINE_BYTES - 1, LIMIT_LINE_BYTES, LIMIT_LINE_BYTES + 1,
                                     2 * LIMIT_LINE_BYTES, 5 * LIMIT_LINE_BYTES + 3};
    static const size_t pieces[] = {1000, LIMIT_LIST_BLOCK_BYTES - 1, LIMIT_LIST_BLOCK_BYTES,
                                    10 * LIMIT_LIST_BLOCK_BYTES};
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (size_t j = 0; j < COUNT(pieces); j++) {
            size_t size;
            char *text = list_with_line(lengths[i], &size);
            char *transcript = read_list(text, size, pieces[j]);
            const char *second = strchr(transcript, '\n') + 1;
            const char *expected =
                lengths[i] > LIMIT_LINE_BYTES ? "2 line_too_long (line 2 of" : "2 bad_url xxx";
            assert_memory_equal(transcript, "1 ok http://h/1\n", 16);
            if (strncmp(second, expected, strlen(expected)) != 0)
                fail_msg("%zu bytes in pieces of %zu: %.40s", lengths[i], pieces[j], second);
            assert_string_equal(strchr(second, '\n') + 1, "3 ok http://h/3\n");
            free(transcript);
            free(text);
        }
}

// Goal: a long line at the end of a list, with and without an end of its own.
TEST(long_last_line)
{
    for (int ended = 0; ended < 2; ended++) {
        const size_t size = 3 * LIMIT_LINE_BYTES;
        char *text = malloc(size);
        assert_non_null(text);
        memset(text, 'y', size);
        if (ended)
            text[size - 1] = '\n';
        char *transcript = read_list(text, size, LIMIT_LIST_BLOCK_BYTES);
        assert_memory_equal(transcript, "1 line_too_long ", 16);
        assert_ptr_equal(strchr(transcript, '\n') + 1, transcript + strlen(transcript));
        free(transcript);
        free(text);
    }
}

// Goal: what is shown of a long line has no credentials in it.
TEST(long_line_with_credentials)
{
    const size_t size = 2 * LIMIT_LINE_BYTES;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'y', size);
    memcpy(text, "http://user:s3cr3t@h/", 21);
    char *transcript = read_list(text, size, 1000);
    assert_null(strstr(transcript, "s3cr3t"));
    free(transcript);
    free(text);
}

// Goal: so when the credentials' '@' comes late, or not within what is in memory.
TEST(long_line_with_late_at)
{
    const size_t size = 4 * LIMIT_LINE_BYTES;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'y', size);
    memcpy(text, "http://user:s3cr3t", 18);
    memcpy(text + size - 20, "@h.example/", 11);
    char *transcript = read_list(text, size, 1000);
    assert_null(strstr(transcript, "s3cr3t"));
    free(transcript);
    free(text);
}

// Goal: a binary file is a list of bad lines: nothing of it reaches the terminal, nothing crashes.
TEST(binary)
{
    enum { SIZE = 30000 };
    struct chance chance = {23};
    char *text = malloc(SIZE);
    assert_non_null(text);
    chance_fill(&chance, text, SIZE);
    char *whole = read_list(text, SIZE, SIZE);
    for (const char *c = whole; *c != '\0'; c++)
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
    for (size_t piece = 1; piece <= 64; piece += 21) {
        char *transcript = read_list(text, SIZE, piece);
        assert_string_equal(transcript, whole);
        free(transcript);
    }
    free(whole);
    free(text);
}

// Goal: an argument is parsed as a line is, without being skipped as a comment.
TEST(arguments)
{
    struct list_entry entry;
    urls_parse_line("  http://h/1  ", 14, &entry);
    assert_int_equal(entry.status, EF_OK);
    assert_string_equal(entry.url.shown, "http://h/1");
    assert_null(entry.label);
    list_entry_free(&entry);
    urls_parse_line("#x", 2, &entry);
    assert_int_equal(entry.status, EF_BAD_URL);
    list_entry_free(&entry);
    urls_parse_line("", 0, &entry);
    assert_int_equal(entry.status, EF_BAD_URL);
    list_entry_free(&entry);
    list_entry_free(&entry); // of one that is freed: does nothing
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_list),
        cmocka_unit_test(carriage_returns),
        cmocka_unit_test(byte_order_mark),
        cmocka_unit_test(names),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(long_last_line),
        cmocka_unit_test(long_line_with_credentials),
        cmocka_unit_test(long_line_with_late_at),
        cmocka_unit_test(binary),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
