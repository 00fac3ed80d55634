// SPDX-License-Identifier: MIT
// The trusted side: options, then the command. Forking comes before everything that starts a
// thread; see cli/commands.c.
#include "base/secrets.h"
#include "cli/cli.h"
#include "worker.h"

#include <edgefetch/edges.h>

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

// A program started without its standard streams must not get a list or a socket in their place.
static void hold_standard_streams(void)
{
    int descriptor;
    do {
        descriptor = open("/dev/null", O_RDWR);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0)
        close(descriptor);
}

int main(int argc, char **argv)
{
    char codecs[512];
    const struct cli_program program = {.worker = worker_main,
                                        .codecs = ef_codecs(codecs, sizeof codecs),
                                        .can_write = ef_can_write};
    struct cli cli;
    secrets_are_in(argv);
    hold_standard_streams();
    setlocale(LC_CTYPE, "C.UTF-8"); // so that non-ASCII host names work in every locale
    const int code =
        cli_read(argc, argv, &program, &cli) ? cli_execute(&cli, &program) : EXIT_USAGE;
    cli_free(&cli);
    return code;
}
