// SPDX-License-Identifier: MIT
// The tables of options and commands, for those who tell of them: help, completions, man pages.
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include "cli/cli.h"
#include "cli/option.h"

extern const struct option cli_options[]; // of a struct cli
extern const size_t cli_option_count;

struct command_row {
    const char *name;
    enum command command;
    const char *arguments; // what it works on, as usage lines have it
    const char *summary;
};

extern const struct command_row cli_commands[];
extern const size_t cli_command_count;

// The name of the first of some commands.
const char *cli_command_name(unsigned commands);

#endif
