// SPDX-License-Identifier: MIT
#include "library/order.h"

#include "run/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- defaults ----

struct ef_run_options ef_run_default_options(void)
{
    const struct run_options run = run_default_options();
    return (struct ef_run_options){
        .output = run.output,
        .picture = run.picture,
        .max_failures = run.most_failures,
        .limit = run.limit,
        .resolvers = run.resolvers,
        .max_bytes = run.max_bytes,
        .max_memory = run.max_memory,
        .connect_timeout = run.connect_timeout,
        .stall_timeout = run.stall_timeout,
        .timeout = run.timeout,
        .worker_timeout = run.worker_timeout,
        .retries = run.retries,
        .retry_wait = run.retry_wait,
        .max_retry_after = run.max_retry_after,
        .host_failures = run.host_failures,
        .sandbox = EF_RUN_SANDBOX_BEST,
    };
}

// ---- checks ----

static bool refuse(struct ef_run_error *error, const char *name, const char *what)
{
    snprintf(error->text, sizeof error->text, "%s %s", name, what);
    return false;
}

static bool check_ranges(const struct ef_run_options *options, struct ef_run_error *error)
{
    const struct {
        const char *name;
        double value, least, most;
    } ranges[] = {
        {"limit", options->limit, 0, LIMIT_TRANSFERS},
        {"per_host", options->per_host, 0, LIMIT_TRANSFERS},
        {"workers", options->workers, 0, LIMIT_WORKERS},
        {"resolvers", options->resolvers, 1, LIMIT_TRANSFERS},
        {"rate", options->rate, 0, 1e6},
        {"host_rate", options->host_rate, 0, 1e6},
        {"max_bytes", (double)options->max_bytes, 1, 2147483647},
        {"max_memory", (double)options->max_memory, 1, 1e12},
        {"picture.max_pixels", (double)options->picture.max_pixels, 1, 500e6},
        {"connect_timeout", options->connect_timeout, 0.001, 86400},
        {"stall_timeout", options->stall_timeout, 0.001, 86400},
        {"timeout", options->timeout, 0.001, 86400},
        {"worker_timeout", options->worker_timeout, 0.001, 86400},
        {"retries", options->retries, 0, LIMIT_RETRIES},
        {"retry_wait", options->retry_wait, 0, 3600},
        {"max_retry_after", options->max_retry_after, 0, 86400},
        {"host_failures", options->host_failures, 0, 1000000},
        {"header_count", (double)options->header_count, 0, LIMIT_REQUEST_HEADERS},
        {"sandbox", options->sandbox, 0, EF_RUN_SANDBOX_COUNT - 1},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].value >= ranges[i].least && ranges[i].value <= ranges[i].most) // and no NaN
            continue;
        snprintf(error->text, sizeof error->text, "%s is %.10g; %.10g to %.10g is possible",
                 ranges[i].name, ranges[i].value, ranges[i].least, ranges[i].most);
        return false;
    }
    return true;
}

static bool check_headers(const struct ef_run_options *options, struct ef_run_error *error)
{
    for (size_t i = 0; i < options->header_count; i++)
        if (strpbrk(options->headers[i], "\r\n") != NULL ||
            strpbrk(options->headers[i], ":;") == NULL)
            return refuse(error, "headers:", "each must be one line, as in 'Name: value'");
    return true;
}

static bool check(const struct ef_run_options *options, struct ef_run_error *error)
{
    char why[128];
    const char *fault = ef_options_fault(&options->picture);
    if (!check_ranges(options, error) || !check_headers(options, error))
        return false;
    if (fault != NULL)
        return refuse(error, "picture:", fault);
    if (!options->discard && (options->output == NULL || options->output[0] == '\0'))
        return refuse(error, "output", "is no directory; discard does without one");
    if (options->refresh && (options->force || options->discard))
        return refuse(error, "refresh", "does not go with force or discard");
    if (options->name_template != NULL &&
        !name_template_check(options->name_template, why, sizeof why))
        return refuse(error, "name_template:", why);
    return true;
}

// ---- copies ----

static void *own(struct order *order, void *copy)
{
    if (copy == NULL)
        return NULL;
    if (order->copy_count == order->copy_room) {
        const size_t room = 2 * order->copy_room + 16;
        void **copies = realloc(order->copies, room * sizeof *copies);
        if (copies == NULL) {
            free(copy);
            return NULL;
        }
        order->copies = copies;
        order->copy_room = room;
    }
    return order->copies[order->copy_count++] = copy;
}

// NULL stays NULL. False when out of memory.
static bool copy_text(struct order *order, const char *text, const char **copy)
{
    *copy = text == NULL ? NULL : own(order, strdup(text));
    return text == NULL || *copy != NULL;
}

static bool copy_texts(struct order *order, const char *const *texts, size_t count,
                       const char *const **copy)
{
    const char **copies = own(order, calloc(count + 1, sizeof *copies));
    bool ok = copies != NULL;
    for (size_t i = 0; i < count && ok; i++)
        ok = copy_text(order, texts[i], &copies[i]);
    *copy = copies;
    return ok;
}

static bool copy_descriptors(struct order *order, const struct ef_run_options *options)
{
    int *copies = own(order, calloc(options->descriptor_count + 1, sizeof *copies));
    for (size_t i = 0; i < options->descriptor_count && copies != NULL; i++)
        copies[i] = options->descriptors[i];
    order->descriptors = copies;
    order->url_count = options->url_count;
    order->list_count = options->list_count;
    order->descriptor_count = options->descriptor_count;
    return copies != NULL;
}

static bool copy_all(struct order *order, const struct ef_run_options *options)
{
    struct run_options *run = &order->run;
    const char *program;
    bool ok = copy_texts(order, options->urls, options->url_count, &order->urls) &&
              copy_texts(order, options->lists, options->list_count, &order->lists) &&
              copy_descriptors(order, options) &&
              copy_text(order, options->url_column, &run->columns.url) &&
              copy_text(order, options->name_column, &run->columns.name) &&
              copy_text(order, options->output, &run->output) &&
              copy_text(order, options->name_template, &run->name_template) &&
              copy_text(order, options->user_agent, &run->user_agent) &&
              copy_text(order, options->proxy, &run->proxy) &&
              copy_text(order, options->cacert, &run->cacert) &&
              copy_text(order, options->worker_program, &program);
    for (size_t i = 0; i < options->header_count && ok; i++)
        ok = copy_text(order, options->headers[i], &run->headers[i]);
    if (ok)
        order->worker_program = program;
    return ok;
}

static enum sandbox_level level_of(enum ef_run_sandbox sandbox)
{
    static const enum sandbox_level levels[EF_RUN_SANDBOX_COUNT] = {
        [EF_RUN_SANDBOX_BEST] = SANDBOX_BEST,
        [EF_RUN_SANDBOX_OFF] = SANDBOX_OFF,
        [EF_RUN_SANDBOX_LIMITS] = SANDBOX_LIMITS,
        [EF_RUN_SANDBOX_FULL] = SANDBOX_FULL,
    };
    return levels[sandbox];
}

// All that is a plain value.
static struct run_options translate(const struct ef_run_options *options)
{
    struct run_options run = run_default_options();
    if (options->workers > 0)
        run.workers = options->workers;
    run.picture = options->picture;
    run.no_originals = options->no_originals;
    run.force = options->force;
    run.refresh = options->refresh;
    run.discard = options->discard;
    run.fsync = options->fsync;
    run.most_failures = options->max_failures;
    run.limit = options->limit;
    run.per_host = options->per_host;
    run.resolvers = options->resolvers;
    run.rate = options->rate;
    run.host_rate = options->host_rate;
    run.max_bytes = options->max_bytes;
    run.max_memory = options->max_memory;
    run.connect_timeout = options->connect_timeout;
    run.stall_timeout = options->stall_timeout;
    run.timeout = options->timeout;
    run.worker_timeout = options->worker_timeout;
    run.retries = options->retries;
    run.retry_wait = options->retry_wait;
    run.max_retry_after = options->max_retry_after;
    run.host_failures = options->host_failures;
    run.header_count = options->header_count;
    run.insecure = options->insecure;
    run.http1 = options->http1;
    run.allow_private = options->allow_private;
    run.ignore_opt_out = options->ignore_opt_out;
    run.sandbox = level_of(options->sandbox);
    return run;
}

bool order_take(struct order *order, const struct ef_run_options *options,
                struct ef_run_error *error)
{
    *order = (struct order){0};
    if (!check(options, error))
        return false;
    order->run = translate(options);
    order->level = options->verbose ? LOG_VERBOSE : LOG_NORMAL;
    if (copy_all(order, options))
        return true;
    return refuse(error, "no memory", "left to begin");
}

void order_free(struct order *order)
{
    for (size_t i = 0; i < order->copy_count; i++)
        free(order->copies[i]);
    free(order->copies);
    *order = (struct order){0};
}
