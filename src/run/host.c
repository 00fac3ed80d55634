// SPDX-License-Identifier: MIT
#include "run/host.h"

#include "base/check.h"
#include "run/address.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// ---- records ----

// FNV-1a. The table is small and its keys come from outside; a bad case only makes a longer chain
// among at most LIMIT_QUEUED_URLS + LIMIT_IDLE_HOSTS hosts.
static size_t bucket_of(const char *origin)
{
    uint32_t hash = 2166136261u;
    for (const char *c = origin; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash % HOST_BUCKETS;
}

static struct host *find(const struct hosts *hosts, const struct job *job)
{
    struct host *host = hosts->buckets[bucket_of(job->url.origin)];
    while (host != NULL && strcmp(host->origin, job->url.origin) != 0)
        host = host->bucket_next;
    return host;
}

static struct host *make(struct hosts *hosts, const struct job *job)
{
    const struct host_rules *rules = &hosts->rules;
    struct host *host = calloc(1, sizeof *host);
    char *origin = strdup(job->url.origin);
    if (host == NULL || origin == NULL) {
        free(host);
        free(origin);
        return NULL;
    }
    const bool local = address_host_is_local(job->url.host);
    host->origin = origin;
    host->most = host->allowed = local ? rules->per_local_host : rules->per_host;
    host->starts.rate = rules->rate;
    host->name = local || address_is_literal(job->url.host) ? NAME_KNOWN : NAME_NEW;
    struct host **bucket = &hosts->buckets[bucket_of(origin)];
    host->bucket_next = *bucket;
    *bucket = host;
    return host;
}

static void drop(struct hosts *hosts, struct host *host)
{
    struct host **link = &hosts->buckets[bucket_of(host->origin)];
    while (*link != host)
        link = &(*link)->bucket_next;
    *link = host->bucket_next;
    free(host->origin);
    free(host);
}

// ---- places ----

static void append(struct host_list *list, struct host *host)
{
    host->next = NULL;
    host->previous = list->last;
    if (list->last != NULL)
        list->last->next = host;
    else
        list->first = host;
    list->last = host;
}

static void take_out(struct host_list *list, struct host *host)
{
    if (host->previous != NULL)
        host->previous->next = host->next;
    else
        list->first = host->next;
    if (host->next != NULL)
        host->next->previous = host->previous;
    else
        list->last = host->previous;
}

static struct host_list *list_of(struct hosts *hosts, enum host_place place)
{
    return place == HOST_READY      ? &hosts->ready
           : place == HOST_LAST     ? &hosts->last
           : place == HOST_IDLE     ? &hosts->idle
           : place == HOST_GIVEN_UP ? &hosts->given_up
                                    : NULL;
}

static void leave_place(struct hosts *hosts, struct host *host)
{
    struct host_list *list = list_of(hosts, host->place);
    if (list != NULL)
        take_out(list, host);
    if (host->place == HOST_ASLEEP)
        due_remove(&hosts->asleep, &host->due);
    if (host->place == HOST_IDLE)
        hosts->idle_count--;
    host->place = HOST_RESTING;
}

static void go_to(struct hosts *hosts, struct host *host, enum host_place place)
{
    leave_place(hosts, host);
    append(list_of(hosts, place), host);
    host->place = place;
}

static int64_t may_start_us(const struct host *host, int64_t now_us)
{
    const int64_t token = bucket_ready_us(&host->starts, now_us);
    return token > host->paused_until_us ? token : host->paused_until_us;
}

static bool has_slot(const struct hosts *hosts, const struct host *host)
{
    if (host->name == NAME_KNOWN)
        return host->held < host->allowed;
    return host->name == NAME_NEW && host->held == 0 && hosts->lookups < hosts->rules.lookups;
}

static bool is_worth_keeping(const struct host *host, int64_t now_us)
{
    return host->given_up || host->unreachable > 0 || host->allowed < host->most ||
           may_start_us(host, now_us) > now_us;
}

static void keep_or_drop(struct hosts *hosts, struct host *host, int64_t now_us)
{
    leave_place(hosts, host);
    if (!is_worth_keeping(host, now_us)) {
        drop(hosts, host);
        return;
    }
    go_to(hosts, host, HOST_IDLE);
    hosts->idle_count++;
    if (hosts->idle_count > LIMIT_IDLE_HOSTS) {
        struct host *longest = hosts->idle.first;
        leave_place(hosts, longest);
        drop(hosts, longest);
    }
}

// For a host with a job and a slot. Its turn in the ring stays.
static void get_ready(struct hosts *hosts, struct host *host)
{
    const enum host_place turn = host->answers || host->held == 0 ? HOST_READY : HOST_LAST;
    if (host->place != turn)
        go_to(hosts, host, turn);
}

// Puts a host where it belongs after something about it has changed; it may be gone then.
static void place(struct hosts *hosts, struct host *host, int64_t now_us)
{
    if (host->queue.first == NULL && host->held == 0) {
        keep_or_drop(hosts, host, now_us);
    } else if (host->queue.first == NULL) {
        leave_place(hosts, host);
    } else if (host->given_up) {
        go_to(hosts, host, HOST_GIVEN_UP);
    } else if (!has_slot(hosts, host)) {
        leave_place(hosts, host);
    } else {
        const int64_t at = may_start_us(host, now_us);
        if (at <= now_us) {
            get_ready(hosts, host);
            return;
        }
        leave_place(hosts, host);
        if (due_add(&hosts->asleep, &host->due, at))
            host->place = HOST_ASLEEP;
        else
            get_ready(hosts, host); // without memory for patience it is asked too early
    }
}

// A lookup has ended, and another host may begin one. Those that wait for it are not in any list:
// few hosts are new at a time, and this is rare.
static void end_lookup(struct hosts *hosts, int64_t now_us)
{
    hosts->lookups--;
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        for (struct host *host = hosts->buckets[i]; host != NULL; host = host->bucket_next)
            if (host->name == NAME_NEW && host->place == HOST_RESTING && host->queue.first != NULL)
                place(hosts, host, now_us);
}

// ---- jobs ----

static struct job *pop(struct hosts *hosts, struct host *host)
{
    struct job *job = job_queue_take(&host->queue);
    hosts->waiting--;
    return job;
}

bool hosts_push(struct hosts *hosts, struct job *job, int64_t now_us)
{
    struct host *host = find(hosts, job);
    if (host == NULL)
        host = make(hosts, job);
    if (host == NULL)
        return false;
    job->host = host;
    job_queue_append(&host->queue, job);
    hosts->waiting++;
    place(hosts, host, now_us);
    return true;
}

static struct host *next_in_turn(const struct hosts *hosts)
{
    return hosts->ready.first != NULL ? hosts->ready.first : hosts->last.first;
}

bool hosts_could_start(const struct hosts *hosts)
{
    return next_in_turn(hosts) != NULL;
}

struct job *hosts_take(struct hosts *hosts, int64_t now_us)
{
    struct host *host = next_in_turn(hosts);
    // Lookups may have run out since it was put here, or somebody else has set the clock.
    while (host != NULL && (!has_slot(hosts, host) || may_start_us(host, now_us) > now_us)) {
        place(hosts, host, now_us);
        host = next_in_turn(hosts);
    }
    if (host == NULL)
        return NULL;
    leave_place(hosts, host);
    struct job *job = pop(hosts, host);
    host->held++;
    bucket_take(&host->starts, now_us);
    if (host->name == NAME_NEW) {
        host->name = NAME_ASKED;
        job->asks_name = true;
        atomic_store(&job->name_answered, false);
        hosts->lookups++;
    }
    place(hosts, host, now_us); // at the end of the ring: the others come first
    return job;
}

void hosts_resolved(struct hosts *hosts, struct job *job, int64_t now_us)
{
    struct host *host = job->host;
    if (host->name != NAME_ASKED)
        return;
    host->name = NAME_KNOWN;
    place(hosts, host, now_us);
    end_lookup(hosts, now_us);
}

static void halve(struct host *host, const struct job *job, int64_t now_us)
{
    // Answers to what was asked before the last halving say nothing of it.
    if (host->halved_us != 0 && job->entered_us[JOB_DOWNLOADING] < host->halved_us)
        return;
    host->allowed = host->allowed > 1 ? host->allowed / 2 : 1;
    host->halved_us = now_us;
    host->good = 0;
}

static void regain(struct host *host)
{
    if (host->allowed == host->most || ++host->good < host->allowed)
        return;
    host->allowed++;
    host->good = 0;
}

static void learn(const struct hosts *hosts, struct host *host, const struct job *job,
                  const struct host_news *news, int64_t now_us)
{
    if (news->kind == HOST_UNKNOWN)
        return;
    host->answers = news->kind == HOST_ANSWERED || news->kind == HOST_SUCCEEDED;
    if (news->kind != HOST_UNREACHABLE) {
        host->unreachable = 0;
    } else if (++host->unreachable >= hosts->rules.failures && hosts->rules.failures > 0) {
        host->given_up = true;
    }
    if (news->kind == HOST_SUCCEEDED)
        regain(host);
    if (news->kind != HOST_BUSY)
        return;
    halve(host, job, now_us);
    if (news->wait_us > 0 && now_us + news->wait_us > host->paused_until_us)
        host->paused_until_us = now_us + news->wait_us;
}

void hosts_done(struct hosts *hosts, struct job *job, const struct host_news *news, int64_t now_us)
{
    struct host *host = job->host;
    const bool asked = host->name == NAME_ASKED;
    job->host = NULL;
    job->asks_name = false;
    host->held--;
    learn(hosts, host, job, news, now_us);
    if (asked) // without its transfer having told that there is an address
        host->name = news->kind == HOST_UNREACHABLE ? NAME_NEW : NAME_KNOWN;
    place(hosts, host, now_us);
    if (asked)
        end_lookup(hosts, now_us);
}

struct job *hosts_take_given_up(struct hosts *hosts)
{
    struct host *host = hosts->given_up.first;
    if (host == NULL)
        return NULL;
    struct job *job = pop(hosts, host);
    job->host = NULL;
    if (host->queue.first == NULL)
        place(hosts, host, 0);
    return job;
}

bool hosts_have_given_up(const struct hosts *hosts, const struct job *job)
{
    const struct host *host = find(hosts, job);
    return host != NULL && host->given_up;
}

// ---- time ----

void hosts_wake(struct hosts *hosts, int64_t now_us)
{
    for (struct due *due; (due = due_first(&hosts->asleep)) != NULL && due->at_us <= now_us;)
        place(hosts, (struct host *)((char *)due - offsetof(struct host, due)), now_us);
}

int64_t hosts_next_us(const struct hosts *hosts)
{
    return due_next_us(&hosts->asleep);
}

// ---- the end ----

static struct host *first_with_jobs(struct host *host)
{
    while (host != NULL && host->queue.first == NULL)
        host = host->bucket_next;
    return host;
}

struct job *hosts_drain(struct hosts *hosts)
{
    struct job *jobs = NULL;
    // From the front again after each: dropping one may drop another.
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        for (struct host *host; (host = first_with_jobs(hosts->buckets[i])) != NULL;) {
            while (host->queue.first != NULL) {
                struct job *job = pop(hosts, host);
                job->host = NULL;
                job->next = jobs;
                jobs = job;
            }
            place(hosts, host, INT64_MAX);
        }
    return jobs;
}

void hosts_free(struct hosts *hosts)
{
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        while (hosts->buckets[i] != NULL) {
            CHECK(hosts->buckets[i]->held == 0 && hosts->buckets[i]->queue.first == NULL);
            drop(hosts, hosts->buckets[i]);
        }
    due_free(&hosts->asleep);
}
