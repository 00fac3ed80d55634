// SPDX-License-Identifier: MIT
// The status block's lines at every size of terminal.
#include "support.h"

#include "base/text.h"
#include "cli/block.h"
#include "cli/columns.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, HANDS = 256 };

static struct block block;
static struct progress_slot slots[SLOTS];
static struct progress_worker hands[HANDS];

// Names as strangers choose them: plain, wide, joined, of pictures; what a terminal might obey.
static const char *const names[] = {"bridge.jpg",
                                    "\u732B\u306E\u5199\u771F\u3067\u3059.jpg",
                                    "e\u0301te\u0301 au bord.png",
                                    "\U0001F600\U0001F1E9\U0001F1EA\U0001F468\u200D\U0001F469.gif",
                                    "\x1b[31m\x9b\r\n\x08.png",
                                    "\u202Egnp.exe\u2066",
                                    "\xff\xfe",
                                    "",
                                    "a name that is a good deal longer than any cell of any "
                                    "terminal has room for, and then some, "
                                    "and then more still, so that it has to be cut wherever it "
                                    "stands.jpeg"};

static struct progress fill(struct chance *chance, uint64_t limit, unsigned workers)
{
    struct progress progress = {.total = chance_below(chance, 1000),
                                .total_known = chance_in(chance, 2),
                                .stopping = chance_in(chance, 4),
                                .local = chance_in(chance, 8),
                                .left_s = (double)chance_below(chance, 1000) - 100,
                                .pictures_per_s = (double)chance_below(chance, 10000) / 10,
                                .bytes_per_s = (double)chance_below(chance, 1u << 30),
                                .held = chance_below(chance, 1u << 29),
                                .most_held = 1u << 29,
                                .limit = limit,
                                .workers = workers,
                                .slots = slots,
                                .hands = hands};
    progress.done = progress.total > 0 ? chance_below(chance, progress.total + 1) : 0;
    progress.failed = chance_below(chance, progress.done + 1);
    progress.ok = progress.done - progress.failed;
    for (uint64_t i = 0; i < limit; i++) {
        slots[i] =
            (struct progress_slot){.doing = (enum slot_doing)chance_below(chance, SLOT_DOING_COUNT),
                                   .name = names[chance_below(chance, COUNT(names))],
                                   .attempt = 1 + (unsigned)chance_below(chance, 3),
                                   .bytes = chance_below(chance, 1u << 24),
                                   .expected = chance_in(chance, 2) ? 1u << 24 : 0};
        progress.downloads += slots[i].doing != SLOT_FREE;
    }
    for (unsigned i = 0; i < workers; i++) {
        const bool busy = chance_in(chance, 2);
        hands[i] = (struct progress_worker){busy ? names[chance_below(chance, COUNT(names))] : NULL,
                                            (unsigned)chance_below(chance, 100)};
        progress.busy += busy;
    }
    return progress;
}

// The text of a line without its colours, whose only escapes they are.
static void without_colours(const char *line, size_t size, char *out)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (line[i] != '\033') {
            out[used++] = line[i];
            continue;
        }
        assert_int_equal(line[i + 1], '[');
        for (i += 2; line[i] != 'm'; i++)
            assert_true(line[i] >= '0' && line[i] <= '9');
    }
    out[used] = '\0';
}

static bool is_safe(const char *text)
{
    const size_t size = strlen(text);
    uint32_t code_point = 0;
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_decode(text + i, size - i, &code_point);
        if (length == 0 || text_is_unsafe(code_point))
            return false;
    }
    return true;
}

static void check_lines(const struct block_style *style)
{
    static char text[BLOCK_BYTES];
    const char *line = block.text, *end = block.text + block.used;
    unsigned lines = 0;
    for (; line < end; lines++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        assert_non_null(newline);
        without_colours(line, (size_t)(newline - line), text);
        assert_true(is_safe(text));
        assert_true(columns_of_text(text) < style->columns);
        for (const char *c = text; *c != '\0' && !style->unicode; c++)
            assert_true((unsigned char)*c < 0x80);
        assert_true(style->colour || strlen(text) == (size_t)(newline - line));
        line = newline + 1;
    }
    assert_int_equal(lines, block.lines);
    assert_true(lines < style->rows || lines == 0);
    assert_true(lines <= LIMIT_STATUS_LINES);
}

// Goal: at every size, whatever is shown, no line reaches the last column, there are fewer lines
// than the terminal has, and nothing but colours is anything a terminal could obey.
TEST(every_size)
{
    static const unsigned limits[] = {1, 2, 4, 7, 16, 64, 300, SLOTS};
    struct chance chance = {1};
    for (unsigned columns = 1; columns <= 300; columns++)
        for (unsigned round = 0; round < 8; round++) {
            const struct block_style style = {.columns = columns,
                                              .rows = 1 + (unsigned)chance_below(&chance, 60),
                                              .colour = chance_in(&chance, 2),
                                              .unicode = chance_in(&chance, 2)};
            const struct progress progress =
                fill(&chance, limits[round], (unsigned)chance_below(&chance, HANDS + 1));
            block_lay_out(&progress, &style, &block);
            check_lines(&style);
        }
}

static bool shows(const char *text)
{
    return memmem(block.text, block.used, text, strlen(text)) != NULL;
}

static struct progress plain_run(void)
{
    slots[0] = (struct progress_slot){SLOT_BODY, "bridge.jpg", 1, 412 * 1024, 1048576};
    slots[1] = (struct progress_slot){SLOT_WAITING, "\u732B.jpg", 2, 0, 0};
    slots[2] = (struct progress_slot){SLOT_LOOKUP, "city.jpg", 1, 0, 0};
    slots[3] = (struct progress_slot){.doing = SLOT_FREE};
    hands[0] = (struct progress_worker){"boat.jpg", 2};
    hands[1] = (struct progress_worker){NULL, 0};
    return (struct progress){.total = 40,
                             .total_known = true,
                             .done = 12,
                             .ok = 9,
                             .failed = 2,
                             .skipped = 1,
                             .pictures_per_s = 3.9,
                             .bytes_per_s = 2200000,
                             .left_s = 7.2,
                             .downloads = 3,
                             .limit = 4,
                             .busy = 1,
                             .workers = 2,
                             .held = 3565158,
                             .most_held = 536870912,
                             .slots = slots,
                             .hands = hands};
}

// Goal: on the usual terminal everything is there, in full.
TEST(the_usual_size)
{
    const struct block_style style = {.columns = 80, .rows = 24, .unicode = true};
    const struct progress progress = plain_run();
    block_lay_out(&progress, &style, &block);
    block.text[block.used] = '\0';
    assert_string_equal(
        block.text,
        "\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u258A\u2591\u2591\u2591\u2591\u2591\u2591\u2591"
        "\u2591\u2591\u2591\u2591\u2591\u2591\u2591\u2591\u2591\u2591\u2591   30 %  12 of 40  9 ok "
        " "
        "2 failed  1 skipped\n"
        "3.9 pictures/s  0:08 left  2.1 MiB/s  3.4 MiB of 512 MiB held\n"
        "download 1  bridge.jpg                                            412 KiB  40 %\n"
        "download 2  \u732B.jpg                                           attempt 2, waiting\n"
        "download 3  city.jpg                                                name lookup\n"
        "download 4  -\n"
        "worker 1    boat.jpg                                                        2 s\n"
        "worker 2    -\n");
}

// Goal: on a small one nothing of importance is missing: counts, failures, what each slot does.
TEST(a_small_size)
{
    const struct block_style style = {.columns = 20, .rows = 5};
    const struct progress progress = plain_run();
    block_lay_out(&progress, &style, &block);
    block.text[block.used] = '\0';
    assert_string_equal(block.text, "12/40 2 failed 9 ok\n3.9/s 0:08 left\nd 3/4 bwn.\nw 1/2 #.\n");
}

// Goal: while the list is read on, neither a share nor a bar pretends to know its end, and the time
// left is marked as the least that it can be.
TEST(an_unknown_total)
{
    const struct block_style style = {.columns = 80, .rows = 24, .unicode = true};
    struct progress progress = plain_run();
    progress.total_known = false;
    block_lay_out(&progress, &style, &block);
    assert_true(shows("12 of 40+") && shows("at least 0:08 left"));
    assert_false(shows("30 %") || shows("\u2588") || shows("\u2591"));
}

// Goal: a bar is full only when everything is done, and 100 % is not told before.
TEST(nearly_done)
{
    const struct block_style style = {.columns = 80, .rows = 24};
    struct progress progress = plain_run();
    progress.total = 1000;
    progress.done = 999;
    block_lay_out(&progress, &style, &block);
    assert_true(shows("99 %") && shows("#-]"));
    progress.done = 1000;
    block_lay_out(&progress, &style, &block);
    assert_true(shows("100 %") && shows("##]"));
}

// Goal: without workers (--stage download) no row pretends that there were some.
TEST(no_workers)
{
    struct progress progress = plain_run();
    progress.workers = 0;
    for (unsigned rows = 2; rows < 30; rows++) {
        const struct block_style style = {.columns = 80, .rows = rows};
        block_lay_out(&progress, &style, &block);
        assert_false(shows("worker"));
    }
}

// Goal: hundreds of downloads are counted by what they do.
TEST(many_downloads)
{
    const struct block_style style = {.columns = 80, .rows = 24};
    struct progress progress = plain_run();
    progress.limit = 500;
    memset(slots + 4, 0, 496 * sizeof *slots);
    block_lay_out(&progress, &style, &block);
    assert_true(shows("downloads 3 of 500  1 in name lookup, 1 waiting, 1 with a body\n"));
    assert_true(shows("worker 1    boat.jpg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size),    cmocka_unit_test(the_usual_size),
        cmocka_unit_test(a_small_size),  cmocka_unit_test(an_unknown_total),
        cmocka_unit_test(nearly_done),   cmocka_unit_test(no_workers),
        cmocka_unit_test(many_downloads)};
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
