// SPDX-License-Identifier: MIT
// `edgefetch merge DIR...`: one manifest, summary and report of many directories.
#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include "cli/cli.h"

int command_merge(struct cli *cli, const struct cli_program *program);

#endif
