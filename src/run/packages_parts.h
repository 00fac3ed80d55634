// SPDX-License-Identifier: MIT
// What the files of the packages share with each other, and with nobody else.
#ifndef RUN_PACKAGES_PARTS_H
#define RUN_PACKAGES_PARTS_H

#include "run/packages.h"
#include "run/sequence.h"
#include "run/series.h"

// The URLs of one package, and then the package to be made.
struct range {
    struct range *next;
    struct packages *packages;
    uint64_t number, finished;
    uint64_t mark;
    bool cancelled; // one of them: another run will do it
    bool all;       // it stands for everything that waits

    struct sequence sequence;
    struct series series;
    uv_work_t append;
    struct job *writing; // samples that a thread appends, linked by job->next, or NULL
    int append_error;    // an errno, or 0
};

struct packages {
    struct packages_means means;
    struct range *open;                     // not finished
    struct range *queue_first, *queue_last; // finished, to be made
    uv_work_t make;
    struct range *making; // NULL: the thread is idle
    int make_error;       // an errno, or 0
    bool by_range;        // indices are those of the list, each once
    bool stopped, ending, ended;

    uv_timer_t timer; // runs while samples are held
    uint64_t held;    // that wait for others
    uint64_t held_bytes, writing_bytes;
};

// ---- packages.c ----

// The link to the range of that index, which is made where there is none. NULL when out of memory.
struct range **packages_link_to(struct packages *packages, uint64_t index);

// ---- packages_order.c ----

// Has a thread append the samples that nothing is missing before.
void packages_advance(struct range *range);

// What is missing before the first samples that are held is not waited for any longer.
void packages_hurry(struct packages *packages);

#endif
