// SPDX-License-Identifier: MIT
// Whether an answer is true, as far as main can see without decoding anything. wire.h has told
// already that it is possible.
#ifndef RUN_ANSWER_H
#define RUN_ANSWER_H

#include "run/job.h"

// `job` is the one that the answer's worker had, `elapsed_us` how long it had it. The type is that
// of the job's body; no time is longer than all of it; every output is as long as the answer says,
// begins as its format does, and is sealed by this call, so that it stays so: a worker that maps it
// for writing is not believed. The outputs of a failed job are not looked at.
bool answer_is_true(const struct wire_answer *answer, const struct job *job,
                    const struct ef_options *picture, int64_t elapsed_us);

#endif
