// SPDX-License-Identifier: MIT
// Jobs that wait in order, linked both ways by job->next and job->previous: each is in one queue at
// a time. All zero is an empty queue.
#ifndef RUN_JOB_QUEUE_H
#define RUN_JOB_QUEUE_H

#include <stdint.h>

struct job;

struct job_queue {
    struct job *first, *last;
    uint64_t count;
};

void job_queue_append(struct job_queue *queue, struct job *job);
void job_queue_prepend(struct job_queue *queue, struct job *job);

// Behind the last one whose index is smaller. It is looked for from the end, near which it mostly
// is.
void job_queue_insert(struct job_queue *queue, struct job *job);

// The first one, which leaves the queue; NULL when that is empty.
struct job *job_queue_take(struct job_queue *queue);

#endif
