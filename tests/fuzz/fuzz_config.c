// SPDX-License-Identifier: MIT
// A configuration file: what is accepted is within the ranges that the run relies on; what is
// refused is told in one message that a terminal can be shown; and one that may come from strangers
// does not change what it must not. The first byte chooses the command and whether it is trusted.
#include "accepted.h"

#include "cli/tables.h"

#include <stdlib.h>
#include <string.h>

enum { TRUSTED = 128 };

static void check_harmless(const struct cli *cli)
{
    const struct run_options *run = &cli->run;
    CHECK(!run->allow_private && !run->insecure && !run->ignore_opt_out);
    CHECK(run->proxy == NULL && run->cacert == NULL && run->connect_to == NULL);
    CHECK(run->sandbox == SANDBOX_BEST);
    CHECK(cli->stats == NULL && cli->report == NULL && cli->trace == NULL);
    CHECK(cli->bench.json == NULL && cli->bench.csv == NULL);
    CHECK(run->output[0] != '/' && strstr(run->output, "..") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "edgefetch", serve[] = "serve", folder[] = ".", skip[] = "--no-config";
    char *arguments[] = {name, serve, skip, folder, NULL};
    const struct cli_program program = {.codecs = "", .can_write = ef_can_write};
    struct fuzz_input input = {data, size};
    const unsigned choice = fuzz_byte(&input);
    const bool trusted = (choice & TRUSTED) != 0;
    const unsigned command = (unsigned)cli_commands[choice % cli_command_count].command;
    struct cli cli;
    CHECK(cli_read(4, arguments, &program, &cli)); // for the defaults
    const struct option_set set = {.rows = cli_options,
                                   .count = cli_option_count,
                                   .command = command,
                                   .target = &cli,
                                   .command_name = cli_command_name};
    char *text = fuzz_alloc(input.size + 1);
    memcpy(text, input.data, input.size);
    fuzz_messages = 0;
    if (config_read_text(&set, text, input.size, "edgefetch.conf", trusted)) {
        CHECK(fuzz_messages == 0);
        fuzz_check_ranges(&cli);
    } else {
        CHECK(fuzz_messages == 1);
    }
    if (!trusted)
        check_harmless(&cli);
    free(text);
    cli_free(&cli);
    return 0;
}
