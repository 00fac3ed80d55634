// SPDX-License-Identifier: MIT
// Downloads and workers, each with what it does, or, where there is no room, with a character.
#include "cli/block_parts.h"

#include "cli/amounts.h"

#include <stdio.h>
#include <string.h>

#define ULL(value) ((unsigned long long)(value))

enum {
    CELL_WIDE = 50,   // columns; from there on with the word in full
    CELL_MOST = 82,   // columns; a wider one would be hard to follow
    CELL_BRIEF = 24,  // columns behind the label; fewer: only what matters most
    LABEL_SHORT = 4,  // columns of "d12 "
    LABEL_FULL = 12,  // columns of "download 12 "
    PIECE_BYTES = 64, // of an amount with its word
};

// `right` is at the cell's end, with a gap before it; the name has what is left in between.
static void lay_out_cell(struct pen *pen, unsigned end, const char *name, const char *right)
{
    const unsigned used = (unsigned)strlen(right);
    const unsigned room = end > pen->column ? end - pen->column : 0;
    if (name == NULL) {
        pen_coloured(pen, PEN_DIM, "-");
    } else if (room > used + 1) {
        pen_foreign(pen, name, room - used - 1);
        pen_to(pen, end - used);
        pen_text(pen, right);
    } else {
        pen_foreign(pen, name, room);
    }
}

// "412 KiB  37 %", or the one of them that matters more.
static void describe_body(const struct progress_slot *slot, bool briefly, char out[PIECE_BYTES])
{
    char bytes[AMOUNT_BYTES];
    const bool known = slot->expected > 0 && slot->bytes <= slot->expected;
    const unsigned share =
        known ? (unsigned)(100 * (double)slot->bytes / (double)slot->expected) : 0;
    amount_of_bytes((double)slot->bytes, bytes);
    if (known && briefly)
        snprintf(out, PIECE_BYTES, "%u %%", share);
    else if (known)
        snprintf(out, PIECE_BYTES, "%s %3u %%", bytes, share);
    else
        snprintf(out, PIECE_BYTES, "%s", bytes);
}

static void lay_out_slot(struct pen *pen, unsigned end, const struct progress *progress, size_t i)
{
    const struct progress_slot *slot = &progress->slots[i];
    const bool briefly = end - pen->column < CELL_BRIEF;
    char what[PIECE_BYTES] = "", right[2 * PIECE_BYTES];
    if (slot->doing == SLOT_BODY)
        describe_body(slot, briefly, what);
    else if (slot->doing != SLOT_FREE)
        snprintf(what, sizeof what, "%s", slot->doing == SLOT_LOOKUP ? "name lookup" : "waiting");
    if (slot->attempt > 1 && !briefly)
        snprintf(right, sizeof right, "attempt %u, %s", slot->attempt, what);
    else
        snprintf(right, sizeof right, "%s", what);
    lay_out_cell(pen, end, slot->doing == SLOT_FREE ? NULL : slot->name, right);
}

static void lay_out_hand(struct pen *pen, unsigned end, const struct progress *progress, size_t i)
{
    const struct progress_worker *hand = &progress->hands[i];
    char right[PIECE_BYTES] = "";
    if (hand->seconds > 0)
        snprintf(right, sizeof right, "%u s", hand->seconds);
    lay_out_cell(pen, end, hand->name, right);
}

struct rows {
    const char *word, *letter;
    size_t count;
    void (*cell)(struct pen *pen, unsigned end, const struct progress *progress, size_t i);
};

static void lay_out_rows(struct pen *pen, const struct progress *progress, const struct rows *rows,
                         unsigned per_line)
{
    const unsigned share = (pen_width(pen->style) + BLOCK_GAP) / per_line;
    const unsigned pitch = share < CELL_MOST ? share : CELL_MOST;
    for (size_t i = 0; i < rows->count; i++) {
        const unsigned begin = (unsigned)(i % per_line) * pitch;
        char label[PIECE_BYTES];
        if (pitch - BLOCK_GAP >= CELL_WIDE)
            snprintf(label, sizeof label, "%s %zu ", rows->word, i + 1);
        else
            snprintf(label, sizeof label, "%s%zu ", rows->letter, i + 1);
        pen_to(pen, begin);
        pen_coloured(pen, PEN_DIM, label);
        pen_to(pen, begin + (pitch - BLOCK_GAP >= CELL_WIDE ? LABEL_FULL : LABEL_SHORT));
        rows->cell(pen, begin + pitch - BLOCK_GAP, progress, i);
        if (i + 1 == rows->count || (i + 1) % per_line == 0)
            pen_end_line(pen);
    }
}

// ---- in one line ----

// A character for each, all or none.
static void lay_out_letters(struct pen *pen, const char *letters, size_t count)
{
    if (count > pen_left(pen))
        return;
    for (size_t i = 0; i < count; i++)
        pen_text(pen, (const char[]){letters[i], '\0'});
}

static void lay_out_brief_label(struct pen *pen, const char *word, uint64_t now, uint64_t most)
{
    if (block_is_narrow(pen->style))
        pen_printf(pen, "%.1s %llu/%llu ", word, ULL(now), ULL(most));
    else
        pen_printf(pen, "%-9s %llu of %llu  ", word, ULL(now), ULL(most));
}

static void lay_out_counts(struct pen *pen, const unsigned counts[SLOT_DOING_COUNT])
{
    static const char *const words[SLOT_DOING_COUNT] = {
        [SLOT_LOOKUP] = "in name lookup", [SLOT_WAITING] = "waiting", [SLOT_BODY] = "with a body"};
    const char *separator = "";
    for (int doing = SLOT_LOOKUP; doing < SLOT_DOING_COUNT; doing++) {
        if (counts[doing] == 0)
            continue;
        pen_printf(pen, "%s%u %s", separator, counts[doing], words[doing]);
        separator = ", ";
    }
}

void block_slots_briefly(struct pen *pen, const struct progress *progress)
{
    static const char letter[SLOT_DOING_COUNT] = {
        [SLOT_FREE] = '.', [SLOT_LOOKUP] = 'n', [SLOT_WAITING] = 'w', [SLOT_BODY] = 'b'};
    unsigned counts[SLOT_DOING_COUNT] = {0};
    char letters[LIMIT_TRANSFERS];
    for (size_t i = 0; i < progress->limit && i < LIMIT_TRANSFERS; i++) {
        const enum slot_doing doing = progress->slots[i].doing;
        counts[doing]++;
        letters[i] = letter[doing];
    }
    lay_out_brief_label(pen, progress->local ? "reading" : "downloads", progress->downloads,
                        progress->limit);
    if (progress->limit <= pen_left(pen))
        lay_out_letters(pen, letters, progress->limit);
    else
        lay_out_counts(pen, counts);
    pen_end_line(pen);
}

void block_hands_briefly(struct pen *pen, const struct progress *progress)
{
    char letters[LIMIT_WORKERS];
    for (size_t i = 0; i < progress->workers && i < LIMIT_WORKERS; i++)
        letters[i] = progress->hands[i].name != NULL ? '#' : '.';
    lay_out_brief_label(pen, "workers", progress->busy, progress->workers);
    lay_out_letters(pen, letters, progress->workers);
    pen_end_line(pen);
}

// ---- in full ----

void block_slots(struct pen *pen, const struct progress *progress, unsigned per_line)
{
    const struct rows rows = {progress->local ? "read" : "download", progress->local ? "r" : "d",
                              progress->limit, lay_out_slot};
    lay_out_rows(pen, progress, &rows, per_line);
}

void block_hands(struct pen *pen, const struct progress *progress, unsigned per_line)
{
    const struct rows rows = {"worker", "w", progress->workers, lay_out_hand};
    lay_out_rows(pen, progress, &rows, per_line);
}
