// SPDX-License-Identifier: MIT
#include "run/job_queue.h"

#include "run/job.h"

#include <stddef.h>

void job_queue_append(struct job_queue *queue, struct job *job)
{
    job->next = NULL;
    if (queue->last != NULL)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

void job_queue_prepend(struct job_queue *queue, struct job *job)
{
    job->next = queue->first;
    queue->first = job;
    if (queue->last == NULL)
        queue->last = job;
    queue->count++;
}

struct job *job_queue_take(struct job_queue *queue)
{
    struct job *job = queue->first;
    if (job == NULL)
        return NULL;
    queue->first = job->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->count--;
    job->next = NULL;
    return job;
}
