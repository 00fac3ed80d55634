// SPDX-License-Identifier: MIT
// --dry-run: shows which settings are in force, and what would be done under which names.
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/cli.h"

// The lists are open. Returns the exit code.
int dry_run(const struct cli *cli);

#endif
