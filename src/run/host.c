// SPDX-License-Identifier: MIT
#include "run/host.h"

#include "base/check.h"
#include "run/address.h"

#include <stdlib.h>
#include <string.h>

// FNV-1a. The table is small and its keys come from outside; a bad case only makes a longer chain
// among at most LIMIT_QUEUED_URLS hosts.
static size_t bucket_of(const char *origin)
{
    uint32_t hash = 2166136261u;
    for (const char *c = origin; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash % HOST_BUCKETS;
}

static struct host *find_or_make(struct hosts *hosts, const struct job *job)
{
    struct host **bucket = &hosts->buckets[bucket_of(job->url.origin)];
    for (struct host *host = *bucket; host != NULL; host = host->bucket_next)
        if (strcmp(host->origin, job->url.origin) == 0)
            return host;
    struct host *host = calloc(1, sizeof *host);
    char *origin = strdup(job->url.origin);
    if (host == NULL || origin == NULL) {
        free(host);
        free(origin);
        return NULL;
    }
    host->origin = origin;
    host->transfers.limit =
        address_host_is_local(job->url.host) ? hosts->per_local_host : hosts->per_host;
    host->bucket_next = *bucket;
    *bucket = host;
    return host;
}

static void drop_if_idle(struct hosts *hosts, struct host *host)
{
    if (host->first != NULL || host->transfers.held > 0 || host->ready)
        return;
    struct host **link = &hosts->buckets[bucket_of(host->origin)];
    while (*link != host)
        link = &(*link)->bucket_next;
    *link = host->bucket_next;
    free(host->origin);
    free(host);
}

static void make_ready(struct hosts *hosts, struct host *host)
{
    if (host->ready || host->first == NULL || host->transfers.held == host->transfers.limit)
        return;
    host->ready = true;
    host->ready_next = NULL;
    if (hosts->ready_last != NULL)
        hosts->ready_last->ready_next = host;
    else
        hosts->ready_first = host;
    hosts->ready_last = host;
}

static struct host *next_ready(struct hosts *hosts)
{
    struct host *host = hosts->ready_first;
    if (host == NULL)
        return NULL;
    hosts->ready_first = host->ready_next;
    if (hosts->ready_first == NULL)
        hosts->ready_last = NULL;
    host->ready = false;
    return host;
}

static struct job *pop(struct hosts *hosts, struct host *host)
{
    struct job *job = host->first;
    host->first = job->next;
    if (host->first == NULL)
        host->last = NULL;
    job->next = NULL;
    hosts->waiting--;
    return job;
}

bool hosts_push(struct hosts *hosts, struct job *job)
{
    struct host *host = find_or_make(hosts, job);
    if (host == NULL)
        return false;
    job->host = host;
    job->next = NULL;
    if (host->last != NULL)
        host->last->next = job;
    else
        host->first = job;
    host->last = job;
    hosts->waiting++;
    make_ready(hosts, host);
    return true;
}

struct job *hosts_take(struct hosts *hosts)
{
    struct host *host = next_ready(hosts);
    if (host == NULL)
        return NULL;
    struct job *job = pop(hosts, host);
    CHECK(semaphore_try_acquire(&host->transfers, 1));
    make_ready(hosts, host); // at the end of the ring: the others come first
    return job;
}

void hosts_done(struct hosts *hosts, struct job *job)
{
    struct host *host = job->host;
    job->host = NULL;
    semaphore_release(&host->transfers, 1);
    make_ready(hosts, host);
    drop_if_idle(hosts, host);
}

// Takes all jobs of a host, in front of `jobs`.
static struct job *drain_host(struct hosts *hosts, struct host *host, struct job *jobs)
{
    while (host->first != NULL) {
        struct job *job = pop(hosts, host);
        job->host = NULL;
        job->next = jobs;
        jobs = job;
    }
    host->ready = false;
    drop_if_idle(hosts, host);
    return jobs;
}

struct job *hosts_drain(struct hosts *hosts)
{
    struct job *jobs = NULL;
    struct host *next;
    hosts->ready_first = hosts->ready_last = NULL;
    // Hosts with a full semaphore are not in the ring but may have waiting jobs: look at all.
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        for (struct host *host = hosts->buckets[i]; host != NULL; host = next) {
            next = host->bucket_next;
            jobs = drain_host(hosts, host, jobs);
        }
    return jobs;
}
