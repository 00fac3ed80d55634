// SPDX-License-Identifier: MIT
// Lists, packed and with columns too: the entries are the same however the bytes come in, and each
// is complete; how much comes of packed bytes that are damaged is the decoder's to say. Of the
// first byte six bits are how many come at a time, and two the format.
#include "fuzz.h"

#include "base/text.h"
#include "run/unpack.h"
#include "run/urls.h"

#include <jansson.h>

#include <string.h>

static void check_entry(const struct list_entry *entry)
{
    json_t *columns = entry->columns != NULL ? json_loads(entry->columns, 0, NULL) : NULL;
    CHECK(entry->columns == NULL || json_is_object(columns));
    json_decref(columns);
    CHECK(entry->url.shown != NULL && utf8_valid(entry->url.shown, strlen(entry->url.shown)));
    CHECK(strnlen(entry->message, sizeof entry->message) < sizeof entry->message);
    if (entry->status == EF_OK) {
        CHECK(entry->url.request != NULL && entry->url.origin != NULL);
        return;
    }
    CHECK(entry->status == EF_BAD_URL || entry->status == EF_BAD_NAME ||
          entry->status == EF_LINE_TOO_LONG || entry->status == EF_BAD_ROW);
    CHECK(entry->message[0] != '\0');
}

// What the entries of a list come to.
struct account {
    uint64_t entries, digest;
    bool damaged; // its bytes, or the text that came of them before
};

static void add(struct account *account, const struct list_entry *entry)
{
    const char *const texts[] = {entry->url.shown, entry->name != NULL ? entry->name : "",
                                 entry->columns != NULL ? entry->columns : "", entry->message};
    account->entries++;
    account->digest = account->digest * 31 + entry->line * 7 + (uint64_t)entry->status;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (const char *c = texts[i]; *c != '\0'; c++)
            account->digest = (account->digest ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
}

static void feed(struct unpack *unpack, struct fuzz_input *input, size_t piece)
{
    size_t room = 0;
    char *const space = unpack_space(unpack, &room);
    CHECK(room > 0);
    if (input->size == 0) {
        unpack_finish(unpack);
        return;
    }
    size_t size = piece < room ? piece : room;
    size = size < input->size ? size : input->size;
    memcpy(space, input->data, size);
    input->data += size;
    input->size -= size;
    unpack_fed(unpack, size);
}

static void more(struct urls *urls, struct unpack *unpack, struct fuzz_input *input, size_t piece)
{
    size_t room = 0, made = 0;
    char *const space = urls_space(urls, &room);
    CHECK(room >= LIMIT_LIST_BLOCK_BYTES);
    if (unpack_is_hungry(unpack))
        feed(unpack, input, piece);
    switch (unpack_next(unpack, space, room, &made)) {
    case UNPACK_MADE:
        CHECK(made > 0 && made <= room);
        urls_fed(urls, made);
        break;
    case UNPACK_MORE:
        CHECK(unpack_is_hungry(unpack));
        break;
    case UNPACK_FAULT:
        CHECK(unpack->fault[0] != '\0');
        urls_finish(urls);
        break;
    case UNPACK_END:
        CHECK(input->size == 0);
        urls_finish(urls);
        break;
    }
}

static struct account read_list(struct fuzz_input input, const struct list_columns *columns,
                                size_t piece)
{
    static struct urls urls; // large
    static struct unpack unpack;
    struct account account = {0};
    urls.columns = columns->format != LIST_TEXT ? columns : NULL;
    for (;;) {
        struct list_entry entry;
        const enum urls_result result = urls_next(&urls, &entry);
        if (result == URLS_END)
            break;
        if (result == URLS_MORE) {
            more(&urls, &unpack, &input, piece);
            continue;
        }
        check_entry(&entry);
        add(&account, &entry);
        list_entry_free(&entry);
    }
    account.damaged = unpack.fault[0] != '\0' || urls.fault[0] != '\0';
    urls_close(&urls);
    unpack_close(&unpack);
    return account;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum list_format formats[] = {LIST_TEXT, LIST_AUTO, LIST_CSV, LIST_JSONL};
    struct fuzz_input input = {data, size};
    const unsigned first = fuzz_byte(&input);
    const size_t piece = 1 + first % 64;
    const struct list_columns columns = {.format = formats[first / 64], .url = "u", .name = "n"};
    const struct account whole = read_list(input, &columns, SIZE_MAX);
    const struct account pieces = read_list(input, &columns, piece);
    CHECK(whole.damaged == pieces.damaged);
    CHECK(whole.damaged || (whole.entries == pieces.entries && whole.digest == pieces.digest));
    return 0;
}
