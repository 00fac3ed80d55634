// SPDX-License-Identifier: MIT
// The two files of a package, written from the samples that wait for it: see package.h. Of many
// samples each of several threads takes a part: the run has mostly ended by then, and would wait
// for one.
#ifndef RUN_PACKAGE_FILES_H
#define RUN_PACKAGE_FILES_H

#include "run/folder.h"

#include <stdbool.h>

// Writes NAME.tar and NAME.idx in the directory `partial` from the files of those names in `spool`,
// in their order. With `sync` both are on the disk by then. Returns 0, or -1 with errno; then
// neither is there. Blocking.
int package_files_write(int partial, int spool, const char *name, const struct folder *samples,
                        bool sync);

// Removes the samples, as far as that can be done. Blocking.
void package_files_forget(int spool, const struct folder *samples);

#endif
