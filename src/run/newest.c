// SPDX-License-Identifier: MIT
#include "run/newest.h"

#include "base/limits.h"
#include "base/log.h"
#include "run/digest.h"
#include "run/manifest.h"
#include "run/manifest_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 64, LENGTH_BITS = 20, OK = 1, WANTED = 2, FLAGS = 3 };

_Static_assert(LIMIT_MANIFEST_LINE_BYTES <= 1 << LENGTH_BITS, "a line's length has its place");

void newest_free(struct newest *newest)
{
    free(newest->lines.slots);
    free(newest->before.slots);
    *newest = (struct newest){0};
}

// ---- the table ----

static uint64_t key_of(const char *url)
{
    const uint64_t key = digest_key(url) & ~(uint64_t)FLAGS;
    return key != 0 ? key : FLAGS + 1; // 0 is a free slot
}

static uint64_t pack(struct line_place place)
{
    return place.offset << LENGTH_BITS | (place.bytes - 1);
}

static struct line_place unpack(uint64_t place)
{
    return (struct line_place){place >> LENGTH_BITS,
                               (uint32_t)(place & ((1 << LENGTH_BITS) - 1)) + 1};
}

// The slot that has the key, or the free one where it belongs.
static struct newest_slot *slot_of(const struct newest_table *table, uint64_t key)
{
    size_t at = (size_t)(((key >> 32) * (uint64_t)table->capacity) >> 32);
    while (table->slots[at].url != 0 && ((table->slots[at].url ^ key) & ~(uint64_t)FLAGS) != 0)
        at = at + 1 == table->capacity ? 0 : at + 1;
    return &table->slots[at];
}

static bool grow(struct newest_table *table)
{
    struct newest_table larger = {.capacity = table->capacity < SMALLEST ? SMALLEST
                                                                         : table->capacity / 2 * 3,
                                  .used = table->used};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL || larger.capacity > UINT32_MAX) {
        free(larger.slots);
        return false;
    }
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].url != 0)
            *slot_of(&larger, table->slots[i].url) = table->slots[i];
    free(table->slots);
    *table = larger;
    return true;
}

// The URL's slot, which may be a free one; NULL when out of memory.
static struct newest_slot *room_for(struct newest_table *table, uint64_t key)
{
    if ((table->used + 1) * 100 > table->capacity * 85 && !grow(table))
        return NULL;
    return slot_of(table, key);
}

static void put(struct newest_table *table, struct newest_slot *slot, struct newest_slot value)
{
    table->used += slot->url == 0;
    *slot = value;
}

// ---- lines ----

bool newest_note(struct newest *newest, const char *url, enum newest_kind kind, bool wanted,
                 struct line_place place)
{
    const uint64_t key = key_of(url);
    const uint64_t flags = (kind == NEWEST_OK ? OK : 0u) | (wanted ? WANTED : 0u);
    struct newest_slot *slot = room_for(&newest->lines, key);
    if (slot == NULL)
        return false;
    const bool was_ok = (slot->url & OK) != 0;
    if (was_ok && kind == NEWEST_CANCELLED)
        return true;
    if (was_ok && kind == NEWEST_FAILED) {
        struct newest_slot *before = room_for(&newest->before, key);
        if (before == NULL)
            return false;
        put(&newest->before, before, (struct newest_slot){key, slot->place});
    }
    put(&newest->lines, slot, (struct newest_slot){key | flags, pack(place)});
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct newest_slot *one = a, *other = b;
    return (one->place > other->place) - (one->place < other->place);
}

size_t newest_choose(struct newest *newest)
{
    struct newest_table *table = &newest->lines;
    size_t kept = 0;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].url & WANTED)
            table->slots[kept++] = table->slots[i];
    if (kept > 0)
        qsort(table->slots, kept, sizeof *table->slots, by_place);
    table->used = kept;
    return kept;
}

struct line_place newest_place(const struct newest *newest, size_t i)
{
    return unpack(newest->lines.slots[i].place);
}

static bool find(const struct newest_table *table, const char *url, struct line_place *place)
{
    if (table->used == 0)
        return false;
    const struct newest_slot *slot = slot_of(table, key_of(url));
    *place = unpack(slot->place);
    return slot->url != 0;
}

bool newest_find(const struct newest *newest, const char *url, struct line_place *place)
{
    return find(&newest->lines, url, place);
}

bool newest_before(const struct newest *newest, const char *url, struct line_place *place)
{
    return find(&newest->before, url, place);
}

// ---- a whole manifest ----

// In front of a message: whose manifest it is about.
static const char *whose(const struct newest *newest, char text[LIMIT_PATH_BYTES])
{
    snprintf(text, LIMIT_PATH_BYTES, "%s%s", newest->label != NULL ? newest->label : "",
             newest->label != NULL ? "/" : "");
    return text;
}

struct reader {
    struct newest *newest;
    bool (*look)(void *context, const json_t *line, bool *wanted);
    void *context;
    uint64_t foreign; // lines that are not ours
};

static enum newest_kind kind_of(const json_t *line)
{
    const char *status = manifest_text(line, "status");
    return strcmp(status, "ok") == 0          ? NEWEST_OK
           : strcmp(status, "cancelled") == 0 ? NEWEST_CANCELLED
                                              : NEWEST_FAILED;
}

static bool take_ours(struct reader *reader, const json_t *line, struct line_place place)
{
    bool wanted = false;
    if (reader->look(reader->context, line, &wanted) &&
        newest_note(reader->newest, manifest_text(line, "url"), kind_of(line), wanted, place))
        return true;
    log_error("no memory left to read %s", MANIFEST_NAME);
    return false;
}

static bool take_line(void *context, const char *text, size_t length, uint64_t at)
{
    struct reader *reader = context;
    json_t *line = json_loadb(text, length, 0, NULL);
    bool is_header = false;
    bool ok = at > 0 || manifest_schema_is_known(line, &is_header);
    if (ok && !is_header && manifest_text(line, "url")[0] == '\0')
        reader->foreign++;
    else if (ok && !is_header)
        ok = take_ours(reader, line, (struct line_place){at, (uint32_t)length});
    json_decref(line);
    return ok;
}

bool newest_read(struct newest *newest, int manifest,
                 bool (*look)(void *context, const json_t *line, bool *wanted), void *context)
{
    struct reader reader = {newest, look, context, 0};
    struct manifest_lines lines = {
        .context = &reader, .take = take_line, .interrupt = interrupt_of_process()};
    if (!manifest_lines_read(manifest, &lines))
        return false;
    char before[LIMIT_PATH_BYTES];
    if (lines.torn)
        log_warning("%s%s: the last line is not whole; passed over", whose(newest, before),
                    MANIFEST_NAME);
    const uint64_t foreign = reader.foreign + lines.unusable;
    if (foreign > 0)
        log_warning("%s%s: %llu lines are not edgefetch's; passed over", whose(newest, before),
                    MANIFEST_NAME, (unsigned long long)foreign);
    return true;
}
