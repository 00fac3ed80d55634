// SPDX-License-Identifier: MIT
// The command line, an argument a line: what is accepted is within the ranges that the run relies
// on and can be sent to a worker, who accepts it, too; what is refused is told in one message that
// a terminal can be shown.
#include "accepted.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 32 };

// The arguments are some of those that were given, in their order.
static void check_arguments(const struct cli *cli, char *const *given, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < cli->argument_count; i++, at++) {
        while (at < count && given[at] != cli->arguments[i])
            at++;
        CHECK(at < count);
    }
}

static void check_accepted(const struct cli *cli, char *const *given, size_t count)
{
    CHECK(fuzz_messages == 0);
    fuzz_check_accepted(cli);
    check_arguments(cli, given, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "edgefetch";
    const struct cli_program program = {.codecs = "", .can_write = ef_can_write};
    struct fuzz_input input = {data, size};
    char *given[MOST_ARGUMENTS], *permuted[MOST_ARGUMENTS + 1] = {name};
    int count = 0;
    struct cli cli;
    for (; count < MOST_ARGUMENTS - 1 && input.size > 0; count++)
        given[count] = permuted[count + 1] = fuzz_line(&input);
    permuted[count + 1] = NULL;
    setenv("EDGEFETCH_NO_CONFIG", "yes", 1); // whoever fuzzes may have files
    fuzz_messages = 0;
    if (cli_read(count + 1, permuted, &program, &cli))
        check_accepted(&cli, given, (size_t)count);
    else
        CHECK(fuzz_messages == 1);
    cli_free(&cli);
    for (int i = 0; i < count; i++)
        free(given[i]);
    return 0;
}
