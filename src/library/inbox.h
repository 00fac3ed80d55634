// SPDX-License-Identifier: MIT
// What a run has to tell its user, from the run's thread to the one that calls the callbacks: in
// order, bounded, and with a descriptor that a loop can watch.
#ifndef LIBRARY_INBOX_H
#define LIBRARY_INBOX_H

#include <edgefetch/run.h>

#include <pthread.h>

enum news_kind { NEWS_RESULT, NEWS_MESSAGE, NEWS_END };

// Made with malloc(); its strings are in it.
struct news {
    struct news *next;
    enum news_kind kind;
    enum ef_run_kind severity; // of a message
    union {
        struct ef_run_result result;
        struct ef_run_summary summary;
    };
    char text[]; // of a message and of a summary; of a result all its strings
};

// Invariants: the descriptor is readable while there is news; `results` and `messages` are those
// among it.
struct inbox {
    pthread_mutex_t lock;
    int descriptor; // an eventfd
    struct news *first, *last;
    unsigned results, messages;
    uint64_t untold; // results that there was no memory for
    bool awaited;    // inbox_has_room() has said no
    bool closed;     // nobody takes anything any more
};

// False with errno.
bool inbox_open(struct inbox *inbox);

// Frees it with all that is in it. No other thread may use it.
void inbox_free(struct inbox *inbox);

// Takes over `news`; NULL is a result that there was no memory for. Messages that come when
// LIMIT_UNTOLD_MESSAGES wait are dropped.
void inbox_put(struct inbox *inbox, struct news *news);

// False while LIMIT_UNTOLD_RESULTS wait; then some inbox_take() says when there is room again.
bool inbox_has_room(struct inbox *inbox);

// The oldest, which is then the caller's, or NULL. *has_room is set when the run waits for room and
// has it again.
struct news *inbox_take(struct inbox *inbox, bool *has_room);

// From now on what is put there is dropped.
void inbox_close(struct inbox *inbox);

// News of a kind with room for so much text. NULL when out of memory.
struct news *news_with_room(enum news_kind kind, size_t size);

// News of a kind with this text. NULL when out of memory.
struct news *news_text(enum news_kind kind, const char *text);

#endif
