// SPDX-License-Identifier: MIT
// Jobs and URLs as the tests of run/ need them, without a list or a network.
#ifndef UNIT_JOBS_H
#define UNIT_JOBS_H

#include "run/job.h"

// A URL whose parts are given, not parsed: http://HOST/SEGMENT.
struct url url_made(const char *host, const char *segment);

// A queued job for it, with an index.
struct job *job_made(const char *host, const char *segment, uint64_t index);

// Gives a job the body that `text` is, sealed.
void job_give_body(struct job *job, const void *bytes, size_t size);

#endif
