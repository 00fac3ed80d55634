// SPDX-License-Identifier: MIT
// The outputs of a job as a sample that waits for its package: see package.h.
#ifndef RUN_SAMPLE_H
#define RUN_SAMPLE_H

#include "run/gather.h"
#include "run/outputs.h"
#include "run/package.h"

// Adds the members of a processed job's sample of that package to what is gathered, and fills
// job->original, edges and resized. Where the resized picture is kept it is the sample's picture;
// otherwise, and if originals are kept, the original is. Blocking. This and what follows: 0, or -1
// with errno.
int sample_add(struct outputs *outputs, struct job *job, const char *package,
               struct gather *gather);

// The same into a file of its own, in the spool. With --fsync it is on the disk when it returns.
int sample_write(struct outputs *outputs, struct job *job);

// The package of the sample of that index.
int sample_package(const struct outputs *outputs, uint64_t index, char package[PACKAGE_NAME_BYTES]);

// The folder of a package in the spool, where there is none; with --fsync its name is on the disk.
int sample_make_folder(const struct outputs *outputs, const char *package);

// The names in it are on the disk.
int sample_sync_folder(const struct outputs *outputs, const char *package);

#endif
