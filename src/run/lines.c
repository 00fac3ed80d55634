// SPDX-License-Identifier: MIT
#include "run/lines.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct text {
    char *bytes;
    size_t used, capacity;
};

struct lines {
    uv_loop_t *loop;
    int descriptor;
    struct lines_callbacks callbacks;
    void *context;
    struct text pending, writing; // lines that wait, lines in the write that is under way
    size_t written;               // of `writing`
    uint64_t appended, taken;     // bytes in all, and those that the descriptor has taken
    uint64_t settled;             // of these, those that are on the disk where they have to be
    void (*tell)(void *context);  // whenever `settled` has grown, or NULL
    uv_fs_t write;
    uv_timer_t again; // after a write to a full pipe that somebody has made non-blocking
    bool active, behind, failed, closing;
    bool sync;   // every write
    bool gather; // `again` runs as long as lines wait for company
};

enum { AGAIN_MS = 10 };

static void start_write(struct lines *lines);
static void write_or_wait(struct lines *lines);
static void on_again(uv_timer_t *timer);

struct lines *lines_open(uv_loop_t *loop, int descriptor, const struct lines_callbacks *callbacks,
                         void *context)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL)
        return NULL;
    *lines = (struct lines){
        .loop = loop, .descriptor = descriptor, .callbacks = *callbacks, .context = context};
    uv_timer_init(loop, &lines->again);
    lines->again.data = lines;
    return lines;
}

static void on_closed(uv_handle_t *handle)
{
    struct lines *lines = handle->data;
    free(lines->pending.bytes);
    free(lines->writing.bytes);
    free(lines);
}

static void close_if_done(struct lines *lines)
{
    if (lines->closing && !lines->active)
        uv_close((uv_handle_t *)&lines->again, on_closed);
}

static void fail(struct lines *lines, int error)
{
    if (lines->failed)
        return;
    lines->failed = true;
    lines->pending.used = 0;
    lines->callbacks.failed(lines->context, error);
}

// A write is over, and on the disk where it has to be.
static void go_on(struct lines *lines)
{
    lines->active = false;
    if (!lines->sync || lines->written == lines->writing.used)
        lines->settled = lines->taken;
    write_or_wait(lines);
    if (lines->tell != NULL && !lines->failed)
        lines->tell(lines->context);
    if (lines->behind && !lines_are_behind(lines))
        lines->callbacks.caught_up(lines->context);
    close_if_done(lines);
}

static void on_synced(uv_fs_t *request)
{
    struct lines *lines = request->data;
    const ssize_t error = request->result;
    uv_fs_req_cleanup(request);
    if (error < 0)
        fail(lines, (int)error);
    go_on(lines);
}

static bool start_sync(struct lines *lines)
{
    const int error = uv_fs_fsync(lines->loop, &lines->write, lines->descriptor, on_synced);
    if (error != 0)
        fail(lines, error);
    return error == 0;
}

static void on_written(uv_fs_t *request)
{
    struct lines *lines = request->data;
    const ssize_t size = request->result;
    uv_fs_req_cleanup(request);
    if (size == UV_EAGAIN) {
        uv_timer_start(&lines->again, on_again, AGAIN_MS, 0);
        return;
    }
    if (size < 0) {
        fail(lines, (int)size);
    } else {
        lines->written += (size_t)size;
        lines->taken += (uint64_t)size;
    }
    const bool whole = lines->written == lines->writing.used;
    if (!lines->sync || size < 0 || !whole || !start_sync(lines))
        go_on(lines);
}

static void on_again(uv_timer_t *timer)
{
    struct lines *lines = timer->data;
    lines->active = false;
    start_write(lines);
    close_if_done(lines);
}

// Lines that are to wait for company do, unless a write is to be gone on with.
static void write_or_wait(struct lines *lines)
{
    const bool waits = lines->gather && !lines->closing && lines->written == lines->writing.used &&
                       lines->pending.used < LIMIT_GATHERED_BYTES;
    if (!waits)
        start_write(lines);
    else if (lines->pending.used > 0 && !lines->active &&
             !uv_is_active((uv_handle_t *)&lines->again))
        uv_timer_start(&lines->again, on_again, WAIT_GATHERED_MS, 0);
}

static void start_write(struct lines *lines)
{
    if (lines->active || lines->failed)
        return;
    uv_timer_stop(&lines->again);
    if (lines->written == lines->writing.used) {
        const struct text swapped = lines->writing;
        lines->writing = lines->pending;
        lines->pending = swapped;
        lines->pending.used = 0;
        lines->written = 0;
    }
    if (lines->writing.used == 0)
        return;
    const uv_buf_t rest = uv_buf_init(lines->writing.bytes + lines->written,
                                      (unsigned)(lines->writing.used - lines->written));
    lines->write.data = lines;
    const int error =
        uv_fs_write(lines->loop, &lines->write, lines->descriptor, &rest, 1, -1, on_written);
    lines->active = error == 0;
    if (error != 0)
        fail(lines, error);
}

void lines_sync(struct lines *lines)
{
    lines->sync = true;
}

void lines_gather(struct lines *lines)
{
    lines->gather = true;
}

void lines_append(struct lines *lines, const char *line)
{
    const size_t length = strlen(line);
    struct text *pending = &lines->pending;
    if (lines->failed)
        return;
    if (pending->used + length > pending->capacity) {
        const size_t capacity = 2 * (pending->used + length);
        char *larger = realloc(pending->bytes, capacity);
        if (larger == NULL) {
            fail(lines, UV_ENOMEM);
            return;
        }
        pending->bytes = larger;
        pending->capacity = capacity;
    }
    memcpy(pending->bytes + pending->used, line, length);
    pending->used += length;
    lines->appended += length;
    write_or_wait(lines);
}

void lines_tell(struct lines *lines, void (*written)(void *context))
{
    lines->tell = written;
}

uint64_t lines_appended(const struct lines *lines)
{
    return lines->appended;
}

uint64_t lines_written(const struct lines *lines)
{
    return lines->settled;
}

bool lines_are_behind(struct lines *lines)
{
    lines->behind = lines->pending.used > LIMIT_PENDING_BYTES;
    return lines->behind;
}

void lines_close(struct lines *lines)
{
    if (lines == NULL)
        return;
    lines->closing = true;
    start_write(lines);
    close_if_done(lines);
}
