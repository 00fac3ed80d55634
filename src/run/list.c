// SPDX-License-Identifier: MIT
#include "run/list.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct list {
    uv_loop_t *loop;
    const struct list_source *sources;
    size_t count, current;
    void (*wake)(void *context);
    void *context;
    // Of the current source.
    struct unpack unpack;
    struct urls urls;

    // A read in progress: through a thread for files, when readable for everything else.
    uv_fs_t file_read;
    uv_poll_t readable;
    uv_buf_t block;
    bool reading_file, polling, poll_open;
    // Compressed bytes are unpacked in a thread, straight to where the parser wants its text.
    uv_work_t work;
    uv_buf_t text;
    size_t made;
    enum unpack_result unpacked;
    bool unpacking;
    int flags; // of a polled source's file, which others may share

    bool stopped_pipes, stopped_all, failed, damaged, closing;
};

struct list *list_open(uv_loop_t *loop, const struct list_source *sources, size_t count,
                       void (*wake)(void *context), void *context)
{
    struct list *list = calloc(1, sizeof *list);
    if (list != NULL) {
        list->loop = loop;
        list->sources = sources;
        list->count = count;
        list->wake = wake;
        list->context = context;
    }
    return list;
}

static void free_if_done(struct list *list)
{
    if (!list->closing || list->reading_file || list->unpacking || list->poll_open)
        return;
    unpack_close(&list->unpack);
    urls_close(&list->urls);
    free(list);
}

static void poll_closed(uv_handle_t *handle)
{
    struct list *list = handle->data;
    list->poll_open = false;
    fcntl(list->sources[list->current].descriptor, F_SETFL, list->flags);
    if (list->closing)
        free_if_done(list);
    else
        list->wake(list->context); // the next source was waiting for the handle
}

static void close_poll(struct list *list)
{
    if (!list->poll_open || uv_is_closing((uv_handle_t *)&list->readable))
        return;
    list->polling = false;
    uv_poll_stop(&list->readable);
    uv_close((uv_handle_t *)&list->readable, poll_closed);
}

// The current source cannot be read on; what was read of it stands.
static void break_off(struct list *list, const char *why)
{
    log_error("%s: %s", list->sources[list->current].label, why);
    list->failed = true;
    urls_finish(&list->urls);
}

// `size` bytes have arrived; 0 is the end, below 0 a libuv error.
static void arrived(struct list *list, ssize_t size)
{
    if (size > 0)
        unpack_fed(&list->unpack, (size_t)size);
    else if (size == 0)
        unpack_finish(&list->unpack);
    else
        break_off(list, uv_strerror((int)size));
}

static void on_file_read(uv_fs_t *request)
{
    struct list *list = request->data;
    const ssize_t size = request->result;
    uv_fs_req_cleanup(request);
    list->reading_file = false;
    if (list->closing) {
        free_if_done(list);
        return;
    }
    arrived(list, size);
    list->wake(list->context);
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
    struct list *list = handle->data;
    (void)status; // the read says it better
    (void)events;
    const ssize_t size =
        read(list->sources[list->current].descriptor, list->block.base, list->block.len);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    uv_poll_stop(handle);
    list->polling = false;
    arrived(list, size < 0 ? -errno : size);
    list->wake(list->context);
}

static void read_file(struct list *list, int descriptor)
{
    list->file_read.data = list;
    const int error =
        uv_fs_read(list->loop, &list->file_read, descriptor, &list->block, 1, -1, on_file_read);
    list->reading_file = error == 0;
    if (error != 0)
        arrived(list, error);
}

static void start_read(struct list *list)
{
    const int descriptor = list->sources[list->current].descriptor;
    size_t space;
    char *base = unpack_space(&list->unpack, &space);
    list->block = uv_buf_init(base, (unsigned)space);
    if (!list->poll_open) {
        // libuv makes what it polls non-blocking; poll_closed() puts that back.
        // Regular files cannot be polled; that is how they are told from pipes and terminals.
        list->readable.data = list;
        list->flags = fcntl(descriptor, F_GETFL);
        if (uv_poll_init(list->loop, &list->readable, descriptor) != 0) {
            read_file(list, descriptor);
            return;
        }
        list->poll_open = true;
    }
    if (list->stopped_pipes) {
        urls_finish(&list->urls);
        return;
    }
    if (uv_poll_start(&list->readable, UV_READABLE, on_readable) == 0) {
        list->polling = true;
        return;
    }
    close_poll(list);
    read_file(list, descriptor);
}

// ---- from bytes to text ----

static void take_text(struct list *list)
{
    switch (list->unpacked) {
    case UNPACK_MADE:
        urls_fed(&list->urls, list->made);
        break;
    case UNPACK_MORE:
        break;
    case UNPACK_END:
        urls_finish(&list->urls);
        break;
    case UNPACK_FAULT:
        list->damaged = true;
        break_off(list, list->unpack.fault);
        break;
    }
}

static void unpack_in_thread(uv_work_t *work)
{
    struct list *list = work->data;
    list->unpacked = unpack_next(&list->unpack, list->text.base, list->text.len, &list->made);
}

static void on_unpacked(uv_work_t *work, int status)
{
    struct list *list = work->data;
    (void)status; // it is never cancelled
    list->unpacking = false;
    if (list->closing) {
        free_if_done(list);
        return;
    }
    take_text(list);
    list->wake(list->context);
}

// Text that is only copied needs no thread.
static void start_unpacking(struct list *list)
{
    size_t space;
    char *base = urls_space(&list->urls, &space);
    list->text = uv_buf_init(base, (unsigned)space);
    list->work.data = list;
    list->unpacking = unpack_is_work(&list->unpack) &&
                      uv_queue_work(list->loop, &list->work, unpack_in_thread, on_unpacked) == 0;
    if (list->unpacking)
        return;
    unpack_in_thread(&list->work);
    take_text(list);
}

static bool is_busy(const struct list *list)
{
    return list->reading_file || list->polling || list->unpacking;
}

static enum urls_result next_of_file(struct list *list, struct list_entry *entry)
{
    list->urls.label = list->sources[list->current].label;
    list->urls.numbered = list->sources[list->current].numbered;
    list->urls.columns =
        list->sources[list->current].has_columns ? &list->sources[list->current].columns : NULL;
    const enum urls_result result = urls_next(&list->urls, entry);
    if (list->urls.fault[0] != '\0') {
        list->damaged = true;
        break_off(list, list->urls.fault);
    }
    if (result == URLS_ENTRY)
        entry->label = list->sources[list->current].label;
    if (result == URLS_MORE && unpack_is_hungry(&list->unpack))
        start_read(list);
    else if (result == URLS_MORE)
        start_unpacking(list);
    return result;
}

enum urls_result list_next(struct list *list, struct list_entry *entry)
{
    while (list->current < list->count && !list->stopped_all) {
        const struct list_source *source = &list->sources[list->current];
        if (is_busy(list))
            return URLS_MORE;
        if (source->path != NULL) {
            list->current++;
            *entry = (struct list_entry){.status = EF_OK};
            if (!url_from_path(source->path, &entry->url)) {
                log_error("no memory left for the list");
                list->failed = true;
                return URLS_END;
            }
            return URLS_ENTRY;
        }
        if (source->url != NULL) {
            list->current++;
            urls_parse_line(source->url, strlen(source->url), entry);
            entry->line = 0;
            return URLS_ENTRY;
        }
        const enum urls_result result = next_of_file(list, entry);
        if (result == URLS_ENTRY)
            return result;
        if (result == URLS_MORE && is_busy(list))
            return result;
        if (result == URLS_MORE) // there is text now, or the list is at its end
            continue;
        if (list->poll_open) {
            close_poll(list);
            urls_finish(&list->urls);
            return URLS_MORE; // the close callback wakes
        }
        list->current++;
        urls_close(&list->urls);
        unpack_close(&list->unpack);
    }
    return URLS_END;
}

void list_stop(struct list *list)
{
    list->stopped_all = true;
    close_poll(list);
}

void list_stop_waiting(struct list *list)
{
    list->stopped_pipes = true;
    if (list->polling)
        urls_finish(&list->urls);
    close_poll(list);
}

bool list_failed(const struct list *list)
{
    return list->failed;
}

bool list_damaged(const struct list *list)
{
    return list->damaged;
}

void list_close(struct list *list)
{
    if (list == NULL)
        return;
    list->closing = true;
    list->stopped_all = true;
    close_poll(list);
    free_if_done(list);
}
