// SPDX-License-Identifier: MIT
// Packages of samples, with --package tar: what they are called, and how one is made.
//
//     DIR/packages/NAME.tar       members KEY.jpg, KEY.edges.png, KEY.json of every sample
//     DIR/packages/NAME.idx       a line for each member: offset, size and name, with tabs
//     DIR/.spool/NAME/            samples whose package is not made yet: their members as they will
//         series-RUN              stand in it. Those that came in the order of their indices, one
//                                 behind the other (series.h)
//         INDEX-KEY               one that came behind its time
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

// Where a sample waits in a file of its own, below the output directory. Enough for any NAME and
// KEY.
#define SPOOL_PATH_BYTES (sizeof SPOOL_FOLDER + PACKAGE_NAME_BYTES + NAME_BYTES + 32)
void package_spool_path(const char *name, uint64_t index, const char *key,
                        char path[SPOOL_PATH_BYTES]);

// Makes a package of what waits for it, under temporary names in the directory `partial`, and
// removes what waited; does nothing when nothing waits. A package is never replaced (EEXIST). With
// `sync` all of it is on the disk by then. Returns 0, or -1 with errno. Blocking.
int package_make(int directory, int partial, const char *name, bool sync);

// Makes every package for which something waits. As above.
int package_make_all(int directory, int partial, bool sync);

// Calls for every package for which something waits. Returns 0, -1 with errno, or what the call
// returned that was not 0: it is the last one then. Blocking.
int package_for_each(int directory, int (*call)(void *context, const char *name), void *context);

#endif
