// SPDX-License-Identifier: MIT
// The lists of a run, read one after another as a stream, without ever blocking the loop: files
// through libuv's threads, pipes and terminals when they have something. What is compressed
// (unpack.h) is unpacked in those threads, too.
#ifndef RUN_LIST_H
#define RUN_LIST_H

#include "run/options.h"
#include "run/unpack.h"
#include "run/urls.h"

#include <uv.h>

struct list;

// The sources' descriptors stay the caller's. `wake` is called when list_next() may have more after
// URLS_MORE. NULL when out of memory.
struct list *list_open(uv_loop_t *loop, const struct list_source *sources, size_t count,
                       void (*wake)(void *context), void *context);

// The next entry of the lists. URLS_MORE starts a read.
enum urls_result list_next(struct list *list, struct list_entry *entry);

// From now on list_next() says URLS_END.
void list_stop(struct list *list);

// The same for pipes and terminals alone, which may never end; files are read to their end.
void list_stop_waiting(struct list *list);

// True when a list could not be read to its end.
bool list_failed(const struct list *list);

// True when that is so because of what is in it, and not of how it was read.
bool list_damaged(const struct list *list);

// Stops and frees once the loop has turned.
void list_close(struct list *list);

// Why an open file cannot be a list, by what it is and by its first bytes; NULL when it can. The
// string is static. Blocking.
const char *list_fault(int file);

// Looks at a file's first row, for which columns it has, and leaves it where it is. False when a
// run could not read it, with the reason in `why`. Blocking.
bool list_check(const struct list_source *source, char *why, size_t size);

#endif
