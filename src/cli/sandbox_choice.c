// SPDX-License-Identifier: MIT
#include "cli/sandbox_choice.h"

#include "base/log.h"
#include "base/sanitized.h"

static const char *who_lacks(unsigned missing)
{
    return (missing & ~sandbox_built()) == 0 ? "this system" : "this build";
}

// A build with a sanitizer is for developers, who know.
static void tell_missing(unsigned missing, unsigned walls)
{
    char lacks[SANDBOX_NAMES_BYTES], has[SANDBOX_NAMES_BYTES];
    sandbox_names(missing, lacks);
    sandbox_names(walls, has);
    if (SANITIZED)
        log_verbose("sandbox: %s; a build with a sanitizer cannot have %s", has, lacks);
    else
        log_warning("the sandbox of the worker processes is without %s, which %s lacks; in force: "
                    "%s",
                    lacks, who_lacks(missing), has);
}

bool sandbox_choose(const struct run_options *run, struct sandbox *sandbox)
{
    char names[SANDBOX_NAMES_BYTES];
    *sandbox = (struct sandbox){.max_pixels = run->picture.max_pixels,
                                .job_seconds = run_job_seconds(run),
                                .cpu_seconds = LIMIT_WORKER_CPU_S};
    if (run->part == PART_DOWNLOAD) // nothing is decoded
        return true;
    const unsigned missing = sandbox_prepare(sandbox, run->sandbox);
    if (missing != 0 && run->sandbox == SANDBOX_FULL) {
        log_error("--sandbox full cannot be had: %s lacks %s; without the option a run takes what "
                  "there is",
                  who_lacks(missing), sandbox_names(missing, names));
        return false;
    }
    if (missing != 0)
        tell_missing(missing, sandbox->walls);
    else
        log_verbose("sandbox: %s", sandbox_names(sandbox->walls, names));
    return true;
}
