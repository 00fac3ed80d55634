// SPDX-License-Identifier: MIT
// Lines on their way to a file or a pipe: gathered, and written by one write at a time in libuv's
// threads, so that neither a slow disk nor a slow reader blocks the loop.
#ifndef RUN_LINES_H
#define RUN_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct lines;

struct lines_callbacks {
    void (*caught_up)(void *context); // after lines_are_behind() was true
    void (*failed)(void *context,
                   int error); // a libuv error; called once, everything later is dropped
};

// `descriptor` stays the caller's. NULL when out of memory.
struct lines *lines_open(uv_loop_t *loop, int descriptor, const struct lines_callbacks *callbacks,
                         void *context);

// From now on what is written is on the disk, too, before more is. What waits meanwhile goes
// together, so a slow disk gets few and large writes.
void lines_sync(struct lines *lines);

// From now on lines wait for company, LIMIT_GATHERED_BYTES of it or WAIT_GATHERED_MS: a write costs
// more than many lines, and nobody waits for these.
void lines_gather(struct lines *lines);

// Writes a line, with its newline, after all earlier ones. It is copied.
void lines_append(struct lines *lines, const char *line);

// From now on `written` is called whenever a write has ended; with lines_sync(), on the disk.
void lines_tell(struct lines *lines, void (*written)(void *context));

// Bytes that were appended, and those of them that are written.
uint64_t lines_appended(const struct lines *lines);
uint64_t lines_written(const struct lines *lines);

// True while so much waits that nothing new should be begun.
bool lines_are_behind(struct lines *lines);

// Frees everything once what is pending has been written and the loop has turned. Does nothing for
// NULL.
void lines_close(struct lines *lines);

#endif
