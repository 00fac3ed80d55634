// SPDX-License-Identifier: MIT
// What the files of the pipeline share with each other, and with nobody else.
#ifndef RUN_PIPELINE_PARTS_H
#define RUN_PIPELINE_PARTS_H

#include "run/pipeline.h"

int64_t pipeline_now(const struct pipeline *pipeline);

// Tells whoever wants to know that something has begun or ended.
void pipeline_moved(const struct pipeline *pipeline);

// ---- pipeline_finish.c ----

// A job begins: it is in hand until it is finished.
void pipeline_take_in_hand(struct pipeline *pipeline, struct job *job);

// Counts the job, has it recorded and frees it. It must be in none of the pipeline's places any
// more.
void pipeline_finish(struct pipeline *pipeline, struct job *job);

// The same, as cancelled if it has not failed yet.
void pipeline_cancel(struct pipeline *pipeline, struct job *job);

// ---- pipeline_list.c ----

// Reads ahead of the downloads, so that a host that is busy can be passed over.
void pipeline_read_list(struct pipeline *pipeline);

// Jobs that wait for a download, at a host or for their retry.
uint64_t pipeline_waiting_jobs(const struct pipeline *pipeline);

// ---- pipeline_retries.c ----

// Whether the rate admits a start now.
bool pipeline_has_token(const struct pipeline *pipeline);

// Plans to try a failed job again. False when its failure is final.
bool pipeline_plan_retry(struct pipeline *pipeline, struct job *job, int64_t now_us);

// Takes the job whose retry is due first.
struct job *pipeline_take_retry(struct pipeline *pipeline);

// A host is given up: its jobs need not wait for their retry any longer.
void pipeline_give_up_retries(struct pipeline *pipeline);

// Fails the jobs that wait at hosts that are given up. That makes room for more of the list, which
// is read in the next round.
void pipeline_fail_given_up(struct pipeline *pipeline);

// Retries that are due go back to their hosts; hosts that have slept enough get up.
void pipeline_wake_who_is_due(struct pipeline *pipeline);

// Asks to be woken for what nothing else will wake: retries, hosts that sleep, and the rate.
void pipeline_ask_for_wake(struct pipeline *pipeline);

#endif
