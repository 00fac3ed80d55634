// SPDX-License-Identifier: MIT
// A series of samples that wait for their package: one file, to which they are appended in the
// order of their indices. Where it is all that waits, it only has to be finished to be the package.
//
//     DIR/.spool/NAME/series-RUN     RUN is that of the run's temporary directory, .partial-RUN
#ifndef RUN_SERIES_H
#define RUN_SERIES_H

#include "run/outputs.h"
#include "run/package.h"

#include <stdbool.h>

#define SERIES_NAME_BYTES 40

// All zero: not begun.
struct series {
    char package[PACKAGE_NAME_BYTES];
    char file[SERIES_NAME_BYTES];
    uint64_t bytes; // of whole samples
};

// Appends the samples of processed jobs, linked by job->next, all of one package, and fills each
// one's original, edges and resized, or fails the job; what has failed leaves nothing in the file.
// With --fsync the samples are on the disk when it returns. Blocking; one call for a series at a
// time. Returns 0, or the errno of a failure that other jobs will meet too: the run must stop.
int series_append(struct series *series, struct outputs *outputs, struct job *jobs);

bool series_is_one(const char *file);

// True when it is not that of the run whose temporary directory is open as `partial`, and its own
// run has not ended, or was killed and nobody has cleared up after it. Blocking.
bool series_may_grow(int directory, int partial, const char *file);

// True when that run lives (outputs_are_of_live_run()): the series is not to be touched. Blocking.
bool series_is_anothers(int directory, int partial, const char *file);

#endif
