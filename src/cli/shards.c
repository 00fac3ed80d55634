// SPDX-License-Identifier: MIT
#include "cli/shards.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_VARIABLE "EDGEFETCH_SHARDS"

// A number of at most nine digits, and what stands behind it.
static bool read_number(const char *text, unsigned *number, const char **rest)
{
    size_t digits = 0;
    *number = 0;
    for (; digits < 10 && text[digits] >= '0' && text[digits] <= '9'; digits++)
        *number = 10 * *number + (unsigned)(text[digits] - '0');
    *rest = text + digits;
    return digits > 0 && digits < 10;
}

static bool is_number(const char *text, unsigned *number)
{
    const char *rest;
    return text != NULL && read_number(text, number, &rest) && *rest == '\0';
}

static bool read_shard(const char *text, struct shard *shard, char *why, size_t size)
{
    const char *rest;
    unsigned number, count;
    snprintf(why, size, "must be K/N, such as 3/100, or auto");
    if (!read_number(text, &number, &rest) || *rest != '/' || !is_number(rest + 1, &count))
        return false;
    if (count == 0 || count > LIMIT_SHARDS) {
        snprintf(why, size, "must have an N from 1 to %u", LIMIT_SHARDS);
        return false;
    }
    snprintf(why, size, "must have a K from 1 to %u: shards count from 1", count);
    if (number == 0 || number > count)
        return false;
    shard->number = number;
    shard->count = count;
    return true;
}

// What a batch engine tells a task, in the environment: its number, from `first` or what the
// variable `least` says in steps of `step`, and how many there are, or NULL where it does not tell.
struct engine {
    const char *name, *number;
    unsigned first;
    const char *least, *step, *count;
};

static const struct engine engines[] = {
    {"Slurm", "SLURM_ARRAY_TASK_ID", 0, "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
     "SLURM_ARRAY_TASK_COUNT"},
    {"Kubernetes", "JOB_COMPLETION_INDEX", 0, NULL, NULL, NULL},
    {"AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", 0, NULL, NULL, "AWS_BATCH_JOB_ARRAY_SIZE"},
    {"GNU parallel", "PARALLEL_SEQ", 1, NULL, NULL, NULL},
};

// A variable that need not be there. False when it is and has no number.
static bool read_variable(const char *name, unsigned *number, char *why, size_t size)
{
    const char *text = name != NULL ? getenv(name) : NULL;
    if (text == NULL || is_number(text, number))
        return true;
    char shown[40];
    snprintf(why, size, "cannot be used: %s is '%s', which is no number", name,
             text_printable(text, shown, sizeof shown));
    return false;
}

static bool ask_engine(const struct engine *engine, struct shard *shard, char *why, size_t size)
{
    unsigned task = 0, first = engine->first, step = 1, count = 0;
    if (!read_variable(engine->number, &task, why, size) ||
        !read_variable(engine->least, &first, why, size) ||
        !read_variable(engine->step, &step, why, size) ||
        !read_variable(engine->count, &count, why, size) ||
        (count == 0 && !read_variable(COUNT_VARIABLE, &count, why, size)))
        return false;
    if (count == 0 || count > LIMIT_SHARDS) {
        snprintf(why, size,
                 "cannot be used: %s tells the number of the task, not of how many it is one; "
                 "set " COUNT_VARIABLE " to that, from 1 to %u",
                 engine->name, LIMIT_SHARDS);
        return false;
    }
    const bool even = step > 0 && task >= first && (task - first) % step == 0;
    if (!even || (task - first) / step >= count) {
        snprintf(why, size,
                 "cannot be used: task %u of %s is none of %u from %u in steps of %u; set "
                 "EDGEFETCH_SHARD to K/N",
                 task, engine->name, count, first, step);
        return false;
    }
    shard->number = (task - first) / step + 1;
    shard->count = count;
    return true;
}

static bool ask_environment(struct shard *shard, char *why, size_t size)
{
    const char *given = getenv("EDGEFETCH_SHARD");
    char reason[128];
    if (given != NULL) {
        if (read_shard(given, shard, reason, sizeof reason))
            return true;
        snprintf(why, size, "cannot be used: EDGEFETCH_SHARD %s", reason);
        return false;
    }
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        if (getenv(engines[i].number) != NULL)
            return ask_engine(&engines[i], shard, why, size);
    snprintf(why, size,
             "needs a task of a Slurm array, a Kubernetes Indexed Job, an AWS Batch array or GNU "
             "parallel, or EDGEFETCH_SHARD=K/N");
    return false;
}

bool parse_shard(void *target, const char *value, char *why, size_t size)
{
    return strcmp(value, "auto") == 0 ? ask_environment(target, why, size)
                                      : read_shard(value, target, why, size);
}

const char *shard_by_word(size_t index)
{
    return index == 0 ? "url" : index == 1 ? "host" : NULL;
}

bool parse_shard_by(void *target, const char *value, char *why, size_t size)
{
    size_t index;
    const bool known = words_read_one(shard_by_word, value, &index, why, size);
    *(bool *)target = known && index == 1;
    return known;
}

bool shard_directory(struct run_options *options, char **directory)
{
    char name[SHARD_NAME_BYTES];
    *directory = NULL;
    if (options->shard.count == 0)
        return true;
    shard_name(&options->shard, name);
    if (asprintf(directory, "%s/%s", options->output, name) < 0) {
        *directory = NULL;
        log_error("no memory left to begin");
        return false;
    }
    options->output = *directory;
    return true;
}
