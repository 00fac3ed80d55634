// SPDX-License-Identifier: MIT
// Packages of samples, with --package tar: what they are called, and how one is made.
//
//     DIR/packages/NAME.tar       members KEY.jpg, KEY.edges.png, KEY.json of every sample
//     DIR/packages/NAME.idx       a line for each member: offset, size and name, with tabs
//     DIR/.spool/NAME/INDEX-KEY   a sample whose package is not made yet: its members as they will
//                                 stand in the package
//
// A sample belongs to the package of its index: NAME is (index - 1) / samples-per-package, in six
// digits, and "-1", "-2" ... behind them when that package has been made by an earlier run. That of
// a shard begins with "shard-00003-", so that all shards' packages can stand in one folder. In a
// package samples stand in the order of their indices. So a package is the same whatever order its
// samples came in, and however often the run was killed.
#ifndef RUN_PACKAGE_H
#define RUN_PACKAGE_H

#include "run/names.h"

#include <stdbool.h>
#include <stdint.h>

#define PACKAGES_FOLDER "packages"
#define SPOOL_FOLDER ".spool"
#define PACKAGE_NAME_BYTES 48

// The package that is next to be made of that number, in a shard or, for 0, a run that is none.
// Returns 0, or -1 with errno. Blocking.
int package_name(int directory, unsigned shard, uint64_t number, char name[PACKAGE_NAME_BYTES]);

// The length of the package's name that the text begins with; 0: there is none.
size_t package_name_length(const char *text);

// True when the package is made. Blocking.
bool package_is_made(int directory, const char *name);

// Where a sample waits, below the output directory. Enough for any NAME and KEY.
#define SPOOL_PATH_BYTES (sizeof SPOOL_FOLDER + PACKAGE_NAME_BYTES + NAME_BYTES + 32)
void package_spool_path(const char *name, uint64_t index, const char *key,
                        char path[SPOOL_PATH_BYTES]);

// Makes a package of what waits for it, under temporary names in the directory `partial`, and
// removes what waited; does nothing when nothing waits. With `sync` all of it is on the disk by
// then. Returns 0, or -1 with errno. Blocking.
int package_make(int directory, int partial, const char *name, bool sync);

// Makes every package for which something waits. As above.
int package_make_all(int directory, int partial, bool sync);

// Removes what killed runs have left waiting although its package is made, and samples for which
// `is_done` is false: their URL will be done again, or fail. Returns 0, or -1 with errno. Blocking.
int package_clean(int directory, bool (*is_done)(void *context, const char *url), void *context);

#endif
