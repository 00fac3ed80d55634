// SPDX-License-Identifier: MIT
// The origin of a build without libmicrohttpd: it says so.
#include "origin/origin.h"

#include <stddef.h>

#include "base/log.h"

const char *origin_library(void)
{
    return "";
}

static void explain(void)
{
    log_error("this build has no server for demo, serve and bench: it was made without "
              "libmicrohttpd; install that and build again, or give a list of URLs");
}

int origin_serve(const struct origin_options *options, FILE *announce)
{
    (void)options;
    (void)announce;
    explain();
    return -1;
}

struct origin *origin_start(const struct origin_options *options)
{
    (void)options;
    explain();
    return NULL;
}

// Nobody has an origin to call these with.
uint16_t origin_port(const struct origin *origin)
{
    (void)origin;
    return 0;
}

int origin_stop(struct origin *origin, struct origin_report *report)
{
    (void)origin;
    if (report != NULL)
        *report = (struct origin_report){0};
    return 0;
}
