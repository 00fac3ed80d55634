// SPDX-License-Identifier: MIT
#include "run/fetch.h"

#include "base/check.h"
#include "base/clock.h"
#include "run/curl_uv.h"

#include <stddef.h>
#include <stdlib.h>

struct slot {
    struct transfer transfer;
    uv_timer_t timer; // for the transfer's next deadline
    struct fetch *fetch;
    struct slot *next_free;
    bool in_flight;
    bool unwatched; // the socket: the transfer is broken off in the next turn of the loop
};

struct fetch {
    uv_loop_t *loop;
    const struct transfer_settings *settings;
    struct curl_uv *curl_uv;
    void (*fetched)(void *context, struct job *job);
    void *context;
    struct slot *slots, *free_slots;
    size_t slot_count, made; // slots[0..made) have an easy handle and a timer
    size_t timers_open;
    bool closing;
};

static void on_done(void *context, CURL *easy, CURLcode result);
static void on_unwatched(void *context, CURL *easy);
static void on_deadline(uv_timer_t *timer);

struct fetch *fetch_open(uv_loop_t *loop, const struct transfer_settings *settings, size_t slots,
                         void (*fetched)(void *context, struct job *job), void *context)
{
    static const struct curl_uv_callbacks callbacks = {on_done, on_unwatched};
    struct fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL)
        return NULL;
    *fetch = (struct fetch){.loop = loop,
                            .settings = settings,
                            .fetched = fetched,
                            .context = context,
                            .slots = calloc(slots, sizeof *fetch->slots),
                            .slot_count = slots};
    if (fetch->slots != NULL)
        fetch->curl_uv = curl_uv_open(loop, (long)slots, &callbacks, fetch);
    if (fetch->curl_uv == NULL) {
        free(fetch->slots);
        free(fetch);
        return NULL;
    }
    return fetch;
}

static struct slot *take_slot(struct fetch *fetch)
{
    struct slot *slot = fetch->free_slots;
    if (slot != NULL) {
        fetch->free_slots = slot->next_free;
        return slot;
    }
    CHECK(fetch->made < fetch->slot_count);
    slot = &fetch->slots[fetch->made];
    if (!transfer_init(&slot->transfer, fetch->settings))
        return NULL;
    fetch->made++;
    slot->fetch = fetch;
    uv_timer_init(fetch->loop, &slot->timer);
    slot->timer.data = slot;
    fetch->timers_open++;
    return slot;
}

static void give_back(struct slot *slot)
{
    uv_timer_stop(&slot->timer);
    slot->in_flight = false;
    slot->next_free = slot->fetch->free_slots;
    slot->fetch->free_slots = slot;
}

// The transfer is over and off the multi handle.
static void end(struct slot *slot, CURLcode code)
{
    struct fetch *fetch = slot->fetch;
    struct job *job = slot->transfer.job;
    transfer_end(&slot->transfer, code);
    give_back(slot);
    fetch->fetched(fetch->context, job);
}

static void on_done(void *context, CURL *easy, CURLcode result)
{
    struct transfer *transfer = NULL;
    (void)context;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    end((struct slot *)transfer, result); // the transfer is the slot's first member
}

static void break_off(struct slot *slot, enum ef_status status)
{
    curl_uv_remove(slot->fetch->curl_uv, slot->transfer.easy);
    slot->transfer.verdict = status;
    end(slot, CURLE_ABORTED_BY_CALLBACK);
}

static void on_unwatched(void *context, CURL *easy)
{
    struct transfer *transfer = NULL; // the slot's first member
    (void)context;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    struct slot *slot = (struct slot *)transfer;
    if (slot == NULL || !slot->in_flight) // a handle of libcurl's own
        return;
    slot->unwatched = true;
    uv_timer_start(&slot->timer, on_deadline, 0, 0);
}

// The timer is set once and looks again when it fires: data that arrive only move the deadline.
static void watch_deadline(struct slot *slot)
{
    const int64_t wait = transfer_deadline(&slot->transfer) - clock_us();
    uv_timer_start(&slot->timer, on_deadline, wait > 0 ? (uint64_t)wait / 1000 + 1 : 1, 0);
}

static void on_deadline(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    if (slot->unwatched) {
        job_fail(slot->transfer.job, EF_INTERNAL, "the socket cannot be watched");
        break_off(slot, EF_INTERNAL);
        return;
    }
    const enum ef_status expired = transfer_expired(&slot->transfer, clock_us());
    if (expired != EF_OK)
        break_off(slot, expired);
    else
        watch_deadline(slot);
}

enum ef_status fetch_start(struct fetch *fetch, struct job *job)
{
    struct slot *slot = take_slot(fetch);
    if (slot == NULL)
        return EF_INTERNAL;
    enum ef_status status = transfer_begin(&slot->transfer, job);
    if (status == EF_OK && curl_uv_add(fetch->curl_uv, slot->transfer.easy) != CURLM_OK)
        status = EF_INTERNAL;
    if (status != EF_OK) {
        slot->transfer.job = NULL;
        give_back(slot);
        return status;
    }
    slot->in_flight = true;
    slot->unwatched = false;
    uv_update_time(fetch->loop);
    watch_deadline(slot);
    return EF_OK;
}

static struct job *job_of(struct budget_share *share)
{
    return (struct job *)((char *)share - offsetof(struct job, body.share));
}

void fetch_resume(struct fetch *fetch)
{
    struct budget *budget = fetch->settings->budget;
    struct budget_share *younger;
    for (struct budget_share *share = budget->oldest; share != NULL && budget->waiting > 0;
         share = younger) {
        younger = share->younger;
        if (!share->waiting)
            continue;
        // The oldest is let go on in any case: the budget has room for it as soon as others have
        // left.
        if (share != budget->oldest && !budget_may_grow(budget, share, CURL_MAX_WRITE_SIZE))
            return;
        struct slot *slot = (struct slot *)job_of(share)->transfer;
        if (!transfer_resume(&slot->transfer)) {
            break_off(slot, slot->transfer.verdict != EF_OK ? slot->transfer.verdict : EF_INTERNAL);
            return; // whoever was told of it has resumed the others
        }
    }
}

void fetch_abort(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->made; i++)
        if (fetch->slots[i].in_flight)
            break_off(&fetch->slots[i], EF_CANCELLED);
}

static void free_if_done(struct fetch *fetch)
{
    if (!fetch->closing || fetch->timers_open > 0)
        return;
    for (size_t i = 0; i < fetch->made; i++)
        transfer_free(&fetch->slots[i].transfer);
    free(fetch->slots);
    free(fetch);
}

static void timer_closed(uv_handle_t *handle)
{
    struct slot *slot = handle->data;
    struct fetch *fetch = slot->fetch;
    fetch->timers_open--;
    free_if_done(fetch);
}

void fetch_close(struct fetch *fetch)
{
    if (fetch == NULL)
        return;
    curl_uv_close(fetch->curl_uv);
    fetch->closing = true;
    for (size_t i = 0; i < fetch->made; i++)
        uv_close((uv_handle_t *)&fetch->slots[i].timer, timer_closed);
    free_if_done(fetch);
}
