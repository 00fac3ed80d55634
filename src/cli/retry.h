// SPDX-License-Identifier: MIT
// `edgefetch retry`: what failed is done again, from the manifest.
#ifndef CLI_RETRY_H
#define CLI_RETRY_H

#include "cli/cli.h"

// Returns the exit code.
int command_retry(struct cli *cli, const struct cli_program *program);

#endif
