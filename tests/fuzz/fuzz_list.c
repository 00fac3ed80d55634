// SPDX-License-Identifier: MIT
// Lists: the entries are the same however the bytes come in, and each is complete. The first byte
// is how many come at a time.
#include "fuzz.h"

#include "base/text.h"
#include "run/urls.h"

#include <string.h>

static void check_entry(const struct list_entry *entry)
{
    CHECK(entry->url.shown != NULL && utf8_valid(entry->url.shown, strlen(entry->url.shown)));
    CHECK(strnlen(entry->message, sizeof entry->message) < sizeof entry->message);
    if (entry->status == EF_OK) {
        CHECK(entry->url.request != NULL && entry->url.origin != NULL);
        return;
    }
    CHECK(entry->status == EF_BAD_URL || entry->status == EF_BAD_NAME ||
          entry->status == EF_LINE_TOO_LONG);
    CHECK(entry->message[0] != '\0');
}

// What the entries of a list come to.
struct account {
    uint64_t entries, digest;
};

static void add(struct account *account, const struct list_entry *entry)
{
    const char *const texts[] = {entry->url.shown, entry->name != NULL ? entry->name : "",
                                 entry->message};
    account->entries++;
    account->digest = account->digest * 31 + entry->line * 7 + (uint64_t)entry->status;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (const char *c = texts[i]; *c != '\0'; c++)
            account->digest = (account->digest ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
}

static void feed(struct urls *urls, struct fuzz_input *input, size_t piece)
{
    size_t room = 0;
    char *const space = urls_space(urls, &room);
    CHECK(room >= LIMIT_LIST_BLOCK_BYTES);
    if (input->size == 0) {
        urls_finish(urls);
        return;
    }
    size_t size = piece < room ? piece : room;
    size = size < input->size ? size : input->size;
    memcpy(space, input->data, size);
    input->data += size;
    input->size -= size;
    urls_fed(urls, size);
}

// The parser is large, so it is kept, and only its state is cleared.
static void clear(struct urls *urls)
{
    urls->start = urls->end = 0;
    urls->line = 0;
    urls->begun = urls->finished = urls->skipping = false;
}

static struct account read_list(struct fuzz_input input, size_t piece)
{
    static struct urls urls;
    struct account account = {0};
    clear(&urls);
    for (;;) {
        struct list_entry entry;
        const enum urls_result result = urls_next(&urls, &entry);
        if (result == URLS_END)
            return account;
        if (result == URLS_MORE) {
            feed(&urls, &input, piece);
            continue;
        }
        check_entry(&entry);
        add(&account, &entry);
        list_entry_free(&entry);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const size_t piece = 1 + fuzz_byte(&input);
    const struct account whole = read_list(input, SIZE_MAX);
    const struct account pieces = read_list(input, piece);
    CHECK(whole.entries == pieces.entries && whole.digest == pieces.digest);
    return 0;
}
