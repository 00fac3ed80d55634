// SPDX-License-Identifier: MIT
// The command line, an argument a line: what is accepted is within the ranges that the run relies
// on and can be sent to a worker, who accepts it, too; what is refused is told in one message that
// a terminal can be shown.
#include "accepted.h"
#include "shown.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 32, MESSAGE_BYTES = 4096 };

static unsigned messages;

// Linked in the place of log_error().
void __wrap_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void __wrap_log_error(const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && length < MESSAGE_BYTES);
    fuzz_check_shown(text);
    messages++;
}

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
    CHECK(messages == 0);
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
    messages = 0;
    if (cli_read(count + 1, permuted, &program, &cli))
        check_accepted(&cli, given, (size_t)count);
    else
        CHECK(messages == 1);
    cli_free(&cli);
    for (int i = 0; i < count; i++)
        free(given[i]);
    return 0;
}
