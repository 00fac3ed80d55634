// SPDX-License-Identifier: MIT
// The two files of a package, made of what waits for it: see package.h.
#ifndef RUN_PACKAGE_FILES_H
#define RUN_PACKAGE_FILES_H

#include "run/waiting.h"

#include <stdbool.h>

// Writes NAME.tar and NAME.idx in the directory `partial` from the samples that wait in `spool`. Of
// many samples each of several threads takes a part: the run has mostly ended by then, and would
// wait for one. With `sync` both are on the disk by then. Returns 0, or -1 with errno; then neither
// is there. Blocking.
int package_files_write(int partial, int spool, const char *name, const struct waiting *waiting,
                        bool sync);

// Of a series that is all that waits: writes NAME.idx there, and the end of the archive behind the
// last sample of the series, which is NAME.tar then. As above, but that it can be called again.
int package_files_finish(int partial, int spool, const char *name, const struct waiting *waiting,
                         bool sync);

#endif
