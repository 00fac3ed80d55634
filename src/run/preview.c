// SPDX-License-Identifier: MIT
#include "run/preview.h"

#include "base/log.h"
#include "run/list.h"
#include "run/manifest.h"
#include "run/meet.h"

#include <uv.h>

struct previewer {
    const struct run_options *options;
    struct ledger ledger;
    void (*tell)(void *context, const struct preview_line *line);
    void *context;
    struct preview_sums *sums;
};

static void tell(const struct previewer *previewer, const struct list_entry *entry,
                 enum preview_what what, const char *name)
{
    const struct preview_line line = {
        .what = what,
        .url = entry->url.shown != NULL ? entry->url.shown : "",
        .index = meet_index(&previewer->ledger, entry),
        .name = name,
        .message = what == PREVIEW_FAIL ? entry->message : "",
    };
    previewer->sums->count[what]++;
    previewer->tell(previewer->context, &line);
}

// False when out of memory.
static bool tell_named(struct previewer *previewer, const struct list_entry *entry,
                       enum preview_what what)
{
    char name[NAME_BYTES];
    if (!meet_name(&previewer->ledger, previewer->options, &entry->url, entry->name,
                   meet_index(&previewer->ledger, entry), name))
        return false;
    tell(previewer, entry, what, name);
    return true;
}

// False when out of memory.
static bool take_entry(struct previewer *previewer, const struct list_entry *entry)
{
    const enum meeting meeting = meet(&previewer->ledger, previewer->options, entry);
    switch (meeting) {
    case MEETING_NEW:
    case MEETING_AGAIN:
        if (entry->status != EF_OK)
            tell(previewer, entry, PREVIEW_FAIL, "");
        else
            return tell_named(previewer, entry,
                              meeting == MEETING_NEW ? PREVIEW_DO : PREVIEW_REFRESH);
        break;
    case MEETING_DONE:
        tell(previewer, entry, PREVIEW_SKIP, "");
        break;
    case MEETING_DUPLICATE:
        previewer->sums->duplicates++;
        break;
    case MEETING_ELSEWHERE:
        previewer->sums->elsewhere++;
        break;
    case MEETING_FULL:
        return false;
    }
    return true;
}

// The loop is turned below, until there is more.
static void on_wake(void *context)
{
    (void)context;
}

static bool read_lists(struct previewer *previewer, uv_loop_t *loop)
{
    const struct run_options *options = previewer->options;
    struct list *list = list_open(loop, options->lists, options->list_count, on_wake, NULL);
    struct list_entry entry;
    enum urls_result result;
    bool good = list != NULL;
    while (good && (result = list_next(list, &entry)) != URLS_END) {
        if (result == URLS_MORE) {
            uv_run(loop, UV_RUN_ONCE);
            continue;
        }
        good = take_entry(previewer, &entry);
        list_entry_free(&entry);
    }
    previewer->sums->list_failed = list != NULL && list_failed(list);
    list_close(list);
    uv_run(loop, UV_RUN_DEFAULT);
    return good;
}

int preview(const struct run_options *options,
            void (*tell_line)(void *context, const struct preview_line *line), void *context,
            struct preview_sums *sums)
{
    struct previewer previewer = {.options = options,
                                  .ledger.forgetful = options->no_dedupe,
                                  .tell = tell_line,
                                  .context = context,
                                  .sums = sums};
    uv_loop_t loop;
    *sums = (struct preview_sums){0};
    if (uv_loop_init(&loop) != 0) {
        log_error("no event loop can be made");
        return -1;
    }
    int status = -1;
    if (options->discard || manifest_peek(options, &previewer.ledger)) {
        status = read_lists(&previewer, &loop) ? 0 : -1;
        if (status != 0)
            log_error("no memory left for the list; stopping");
    }
    uv_loop_close(&loop);
    ledger_free(&previewer.ledger);
    return status;
}
