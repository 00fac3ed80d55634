// SPDX-License-Identifier: MIT
#include "run/turns.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS = 8,            // buckets for each power of two
    BUCKETS = 40 * STEPS, // up to 2^40 microseconds
};

struct turns {
    uv_loop_t *loop;
    uv_prepare_t prepare; // just before the loop waits: a turn ends
    int64_t slow_us;      // 0: none is slow
    turns_ended *ended;   // or NULL
    void *context;
    int64_t began_us;   // when the turn did
    uint64_t idle_ns;   // what the loop had waited in all by then
    unsigned depth;     // of callbacks that are being measured
    int64_t entered_us; // the outermost one
    const char *callback;
    char url[LIMIT_SHOWN_URL_BYTES]; // "": none
    int64_t longest_callback_us;     // of this turn
    const char *longest_name;
    char longest_callback[LIMIT_MESSAGE_BYTES];
    uint64_t count, buckets[BUCKETS];
    int64_t longest_us;
};

// ---- a histogram whose buckets are an eighth of a power of two wide ----

static unsigned bucket_of(int64_t us)
{
    const uint64_t value = us > 0 ? (uint64_t)us : 0;
    if (value < STEPS)
        return (unsigned)value;
    const unsigned power = 63 - (unsigned)__builtin_clzll(value);
    const unsigned step = (unsigned)(value >> (power - 3)) - STEPS;
    const unsigned bucket = (power - 2) * STEPS + step;
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

// The least value above all of a bucket.
static int64_t end_of(unsigned bucket)
{
    if (bucket < STEPS)
        return bucket + 1;
    const unsigned power = bucket / STEPS + 2;
    return (int64_t)(STEPS + bucket % STEPS + 1) << (power - 3);
}

static int64_t percentile_99(const struct turns *turns)
{
    const uint64_t wanted = turns->count - turns->count / 100;
    uint64_t seen = 0;
    unsigned bucket = 0;
    for (; bucket < BUCKETS; bucket++) {
        seen += turns->buckets[bucket];
        if (seen >= wanted)
            break;
    }
    const int64_t end = end_of(bucket < BUCKETS ? bucket : BUCKETS - 1);
    return end < turns->longest_us ? end : turns->longest_us;
}

// ---- turns ----

static void note(struct turns *turns, int64_t us)
{
    turns->count++;
    turns->buckets[bucket_of(us)]++;
    if (us > turns->longest_us)
        turns->longest_us = us;
    if (turns->slow_us > 0 && us > turns->slow_us)
        log_warning("a turn of the loop took %.1f ms: %s", (double)us / 1000,
                    turns->longest_callback[0] != '\0' ? turns->longest_callback
                                                       : "in no callback that is measured");
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct turns *turns = prepare->data;
    const int64_t now = clock_us();
    const uint64_t idle = uv_metrics_idle_time(turns->loop);
    const int64_t waited = (int64_t)((idle - turns->idle_ns) / 1000);
    const int64_t us = now - turns->began_us - waited;
    note(turns, us);
    if (turns->ended != NULL)
        turns->ended(turns->context, now, us > 0 ? us : 0, turns->longest_name);
    turns->began_us = now;
    turns->idle_ns = idle;
    turns->longest_callback_us = 0;
    turns->longest_callback[0] = '\0';
    turns->longest_name = NULL;
}

struct turns *turns_open(uv_loop_t *loop, int64_t slow_us, turns_ended *ended, void *context)
{
    struct turns *turns = calloc(1, sizeof *turns);
    if (turns == NULL || uv_loop_configure(loop, UV_METRICS_IDLE_TIME) != 0) {
        free(turns);
        return NULL;
    }
    turns->loop = loop;
    turns->slow_us = slow_us;
    turns->ended = ended;
    turns->context = context;
    turns->began_us = clock_us();
    turns->idle_ns = uv_metrics_idle_time(loop);
    uv_prepare_init(loop, &turns->prepare);
    turns->prepare.data = turns;
    uv_prepare_start(&turns->prepare, on_prepare);
    uv_unref((uv_handle_t *)&turns->prepare); // it keeps no loop alive
    return turns;
}

void turns_enter(struct turns *turns, const char *callback, const char *url)
{
    if (turns == NULL || turns->depth++ > 0)
        return;
    turns->entered_us = clock_us();
    turns->callback = callback;
    snprintf(turns->url, sizeof turns->url, "%s", url != NULL ? url : "");
}

void turns_leave(struct turns *turns)
{
    if (turns == NULL || --turns->depth > 0)
        return;
    const int64_t us = clock_us() - turns->entered_us;
    if (us <= turns->longest_callback_us)
        return;
    turns->longest_callback_us = us;
    turns->longest_name = turns->callback;
    if (turns->slow_us == 0 || us < turns->slow_us / 2) // it will not be asked for
        return;
    snprintf(turns->longest_callback, sizeof turns->longest_callback, "%.1f ms in %s%s%s",
             (double)us / 1000, turns->callback, turns->url[0] != '\0' ? " of " : "", turns->url);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void turns_close(struct turns *turns)
{
    if (turns == NULL)
        return;
    if (turns->count > 0 && turns->slow_us > 0)
        log_info("%llu turns of the loop: the longest took %.1f ms, 99 of 100 less than %.1f ms",
                 (unsigned long long)turns->count, (double)turns->longest_us / 1000,
                 (double)percentile_99(turns) / 1000);
    uv_close((uv_handle_t *)&turns->prepare, on_closed);
}
