// SPDX-License-Identifier: MIT
// The outputs of a job as one file that waits for its package: see package.h.
#ifndef RUN_SAMPLE_H
#define RUN_SAMPLE_H

#include "run/outputs.h"

// Writes a processed job's sample and fills job->original, edges and resized. Where the resized
// picture is kept it is the sample's picture; otherwise, and if originals are kept, the original
// is. Blocking. Returns 0, or -1 with errno.
int sample_write(struct outputs *outputs, struct job *job);

#endif
