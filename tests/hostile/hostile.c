// SPDX-License-Identifier: MIT
// The hostile decoder, linked in the place of ef_process() (ld --wrap). A picture that begins with
// the magic text makes its worker try the act that is named behind it, with an argument:
//
//     edgefetch-hostile: ACT ARGUMENT
//
// The worker's exit status then says what came of it, unless it was killed: the errno that it was
// denied with, or one of these. Every other picture is decoded.
#include "acts.h"

#include "proc/sandbox.h"
#include "worker.h"

#include <edgefetch/edges.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NOT_DENIED = 200, EXIT_NO_SUCH_ACT = 201 };

static const char magic[] = "edgefetch-hostile: ";

enum ef_status __real_ef_process(const uint8_t *data, size_t size, const struct ef_options *options,
                                 const struct ef_output *outputs, struct ef_result *result);
enum ef_status __wrap_ef_process(const uint8_t *data, size_t size, const struct ef_options *options,
                                 const struct ef_output *outputs, struct ef_result *result);
int __real_worker_main(int socket, unsigned wish, const void *context);
int __wrap_worker_main(int socket, unsigned wish, const void *context);

static _Noreturn void act(const char *name, const char *argument)
{
    const struct act *chosen = act_named(name);
    if (chosen == NULL)
        _exit(EXIT_NO_SUCH_ACT);
    errno = 0;
    _exit(chosen->try(argument) == -1 && errno > 0 ? errno : EXIT_NOT_DENIED);
}

static void falsify(const char *what, struct ef_result *result)
{
    if (strcmp(what, "type") == 0)
        result->type = EF_TYPE_WEBP;
    else if (strcmp(what, "width") == 0)
        result->width = UINT32_MAX;
    else if (strcmp(what, "sum") == 0)
        result->edge_sum[0] = UINT64_MAX;
    else if (strcmp(what, "time") == 0)
        result->decode_us = UINT32_MAX;
    else if (strcmp(what, "detail") == 0)
        strcpy(result->detail.text, "\x1b[2J");
}

// Does what ef_process() does, and says something else.
static enum ef_status lie(const char *what, const uint8_t *data, size_t size,
                          const struct ef_options *options, const struct ef_output *outputs,
                          struct ef_result *result)
{
    if (strcmp(what, "output") == 0 && outputs[0].write(outputs[0].context, "<html>", 6) != 0)
        return EF_OUTPUT_FAILED;
    const enum ef_status status = __real_ef_process(data, size, options, outputs, result);
    falsify(what, result);
    return strcmp(what, "status") == 0 ? EF_CANCELLED : status;
}

enum ef_status __wrap_ef_process(const uint8_t *data, size_t size, const struct ef_options *options,
                                 const struct ef_output *outputs, struct ef_result *result)
{
    char order[320] = "", name[32] = "", argument[256] = "";
    const uint8_t *found = memmem(data, size, magic, sizeof magic - 1);
    if (found == NULL)
        return __real_ef_process(data, size, options, outputs, result);
    const uint8_t *text = found + sizeof magic - 1;
    const size_t length = size - (size_t)(text - data);
    memcpy(order, text, length < sizeof order ? length : sizeof order - 1);
    sscanf(order, "%31s %255s", name, argument);
    if (strcmp(name, "lie") == 0)
        return lie(argument, data, size, options, outputs, result);
    act(name, argument);
}

static void change(uint64_t *value, const char *variable)
{
    const char *text = getenv(variable);
    if (text != NULL)
        *value = strtoull(text, NULL, 10);
}

// Tests look at one wall without the others, and at a worker's CPU time without using it up.
int __wrap_worker_main(int socket, unsigned wish, const void *context)
{
    static struct sandbox sandbox;
    sandbox = *(const struct sandbox *)context;
    uint64_t walls = sandbox.walls;
    change(&walls, "EDGEFETCH_WALLS");
    change(&sandbox.cpu_seconds, "EDGEFETCH_CPU_SECONDS");
    change(&sandbox.job_seconds, "EDGEFETCH_JOB_SECONDS");
    sandbox.walls = (unsigned)walls;
    act_parent = getppid();
    return __real_worker_main(socket, wish, &sandbox);
}
