// SPDX-License-Identifier: MIT
// How many transfers, bodies and outputs the process's descriptors are enough for.
#ifndef RUN_DESCRIPTORS_H
#define RUN_DESCRIPTORS_H

#include "run/pipeline.h"

// Raises the soft limit on open files to the hard one. Before anything is opened: lists are many.
void descriptors_raise(void);

// Divides what is left of the limit. options->limit is lowered, with a warning, when there are too
// few descriptors for it. False after a message when there are too few for any run.
bool descriptors_plan(const struct run_options *options, struct pipeline_limits *plan);

#endif
