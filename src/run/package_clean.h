// SPDX-License-Identifier: MIT
// What killed runs have left waiting for packages: see package.h.
#ifndef RUN_PACKAGE_CLEAN_H
#define RUN_PACKAGE_CLEAN_H

#include <stdbool.h>

// Removes what waits although its package is made, what is not whole, and samples for which
// `is_done` is false: their URL will be done again, or fail. What belongs to another run that lives
// stays. `partial` is the directory for temporary files. Returns 0, or -1 with errno. Blocking.
int package_clean(int directory, int partial, bool (*is_done)(void *context, const char *url),
                  void *context);

#endif
