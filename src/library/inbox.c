// SPDX-License-Identifier: MIT
#include "library/inbox.h"

#include "base/limits.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool inbox_open(struct inbox *inbox)
{
    *inbox = (struct inbox){.descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (inbox->descriptor < 0)
        return false;
    pthread_mutex_init(&inbox->lock, NULL);
    return true;
}

static void free_all(struct inbox *inbox)
{
    for (struct news *news = inbox->first; news != NULL;) {
        struct news *next = news->next;
        free(news);
        news = next;
    }
    inbox->first = inbox->last = NULL;
}

void inbox_free(struct inbox *inbox)
{
    free_all(inbox);
    pthread_mutex_destroy(&inbox->lock);
    close(inbox->descriptor);
}

// With the lock. There is news where there was none.
static void make_readable(const struct inbox *inbox)
{
    const uint64_t one = 1;
    if (write(inbox->descriptor, &one, sizeof one) < 0) {
        // It is readable already.
    }
}

// With the lock. There is none any more.
static void make_silent(const struct inbox *inbox)
{
    uint64_t since;
    if (read(inbox->descriptor, &since, sizeof since) < 0) {
        // It is silent already.
    }
}

static bool is_welcome(const struct inbox *inbox, const struct news *news)
{
    return !inbox->closed &&
           (news->kind != NEWS_MESSAGE || inbox->messages < LIMIT_UNTOLD_MESSAGES);
}

static void append(struct inbox *inbox, struct news *news)
{
    news->next = NULL;
    if (inbox->first == NULL)
        inbox->first = news;
    else
        inbox->last->next = news;
    inbox->last = news;
    inbox->results += news->kind == NEWS_RESULT;
    inbox->messages += news->kind == NEWS_MESSAGE;
    if (inbox->first == news)
        make_readable(inbox);
}

void inbox_put(struct inbox *inbox, struct news *news)
{
    pthread_mutex_lock(&inbox->lock);
    if (news == NULL)
        inbox->untold++;
    else if (is_welcome(inbox, news))
        append(inbox, news);
    else
        free(news);
    pthread_mutex_unlock(&inbox->lock);
}

bool inbox_has_room(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    const bool has_room = inbox->closed || inbox->results < LIMIT_UNTOLD_RESULTS;
    inbox->awaited = !has_room;
    pthread_mutex_unlock(&inbox->lock);
    return has_room;
}

struct news *inbox_take(struct inbox *inbox, bool *has_room)
{
    pthread_mutex_lock(&inbox->lock);
    struct news *news = inbox->first;
    if (news != NULL) {
        inbox->first = news->next;
        inbox->results -= news->kind == NEWS_RESULT;
        inbox->messages -= news->kind == NEWS_MESSAGE;
    }
    if (inbox->first == NULL)
        make_silent(inbox);
    *has_room = inbox->awaited && inbox->results <= LIMIT_UNTOLD_RESULTS / 2;
    if (*has_room)
        inbox->awaited = false;
    pthread_mutex_unlock(&inbox->lock);
    return news;
}

void inbox_close(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->closed = true;
    free_all(inbox);
    pthread_mutex_unlock(&inbox->lock);
}

struct news *news_with_room(enum news_kind kind, size_t size)
{
    struct news *news = calloc(1, sizeof *news + size);
    if (news != NULL)
        news->kind = kind;
    return news;
}

struct news *news_text(enum news_kind kind, const char *text)
{
    const size_t size = strlen(text) + 1;
    struct news *news = news_with_room(kind, size);
    if (news != NULL)
        memcpy(news->text, text, size);
    return news;
}
