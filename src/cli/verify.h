// SPDX-License-Identifier: MIT
// `edgefetch verify`: whether every file is as the manifest says, and what can be done about it.
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "cli/cli.h"

// Returns the exit code.
int command_verify(struct cli *cli, const struct cli_program *program);

#endif
