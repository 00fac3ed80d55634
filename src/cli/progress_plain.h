// SPDX-License-Identifier: MIT
// A line of text about how far a run is: for logs, simple terminals and screen readers.
#ifndef CLI_PROGRESS_PLAIN_H
#define CLI_PROGRESS_PLAIN_H

#include "cli/progress.h"

void progress_plain(const struct progress *progress);

#endif
