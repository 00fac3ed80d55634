// SPDX-License-Identifier: MIT
#include "run/job_queue.h"

#include "run/job.h"

#include <stddef.h>

// Between two neighbours, NULL at the ends.
static void link_between(struct job_queue *queue, struct job *before, struct job *job,
                         struct job *behind)
{
    job->previous = before;
    job->next = behind;
    *(before != NULL ? &before->next : &queue->first) = job;
    *(behind != NULL ? &behind->previous : &queue->last) = job;
    queue->count++;
}

void job_queue_append(struct job_queue *queue, struct job *job)
{
    link_between(queue, queue->last, job, NULL);
}

void job_queue_prepend(struct job_queue *queue, struct job *job)
{
    link_between(queue, NULL, job, queue->first);
}

void job_queue_insert(struct job_queue *queue, struct job *job)
{
    struct job *before = queue->last, *behind = NULL;
    while (before != NULL && before->index > job->index) {
        behind = before;
        before = before->previous;
    }
    link_between(queue, before, job, behind);
}

struct job *job_queue_take(struct job_queue *queue)
{
    struct job *job = queue->first;
    if (job == NULL)
        return NULL;
    queue->first = job->next;
    *(job->next != NULL ? &job->next->previous : &queue->last) = NULL;
    queue->count--;
    job->next = NULL;
    return job;
}
