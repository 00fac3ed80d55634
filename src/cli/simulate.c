// SPDX-License-Identifier: MIT
#include "cli/simulate.h"

#include "base/log.h"
#include "cli/samples.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IMAGES_MOST = 100000, SIDE_MOST = 16384, SECONDS_MOST = 600 };

// ---- the specification ----

// A number with one of two units behind it, or none.
static bool parse_number(const char *text, const char *unit, const char *thousandth, double most,
                         double *value)
{
    char *rest;
    *value = strtod(text, &rest);
    if (strcmp(rest, thousandth) == 0 && thousandth[0] != '\0')
        *value /= 1000;
    else if (strcmp(rest, unit) != 0 && *rest != '\0')
        return false;
    return text[0] >= '0' && text[0] <= '9' && *value >= 0 && *value <= most;
}

static bool parse_rate(const char *text, uint64_t *rate)
{
    char *rest;
    const double value = strtod(text, &rest);
    const double factor = *rest == 'K' ? 1024.0 : *rest == 'M' ? 1024.0 * 1024.0 : 1;
    if (text[0] < '0' || text[0] > '9' || value > 1e12 || rest[factor > 1 ? 1 : 0] != '\0')
        return false;
    *rate = (uint64_t)(value * factor);
    return true;
}

static bool parse_images(const char *text, unsigned *images)
{
    double value;
    if (!parse_number(text, "", "", IMAGES_MOST, &value) || value < 1)
        return false;
    *images = (unsigned)value;
    return true;
}

static bool parse_size(const char *text, struct simulation *simulation)
{
    char behind;
    unsigned width, height;
    if (sscanf(text, "%5ux%5u%c", &width, &height, &behind) != 2 || width < 1 || height < 1 ||
        width > SIDE_MOST || height > SIDE_MOST)
        return false;
    simulation->width = width;
    simulation->height = height;
    return true;
}

static bool parse_field(const char *key, const char *value, struct simulation *simulation)
{
    double percent;
    if (strcmp(key, "images") == 0)
        return parse_images(value, &simulation->images);
    if (strcmp(key, "size") == 0)
        return parse_size(value, simulation);
    if (strcmp(key, "latency") == 0)
        return parse_number(value, "s", "ms", SECONDS_MOST, &simulation->latency_s);
    if (strcmp(key, "jitter") == 0)
        return parse_number(value, "s", "ms", SECONDS_MOST, &simulation->jitter_s);
    if (strcmp(key, "rate") == 0)
        return parse_rate(value, &simulation->rate);
    if (strcmp(key, "fail") != 0 || !parse_number(value, "%", "", 100, &percent))
        return false;
    simulation->fail = percent / 100;
    return true;
}

bool simulation_parse(const char *text, struct simulation *simulation, char *why, size_t size)
{
    char *copy = strdup(text), *rest = NULL;
    bool good = copy != NULL && text[0] != '\0';
    snprintf(why, size,
             "must be as in images=12,size=1920x1080,latency=1s,rate=0,jitter=0,fail=0%%");
    for (char *field = good ? strtok_r(copy, ",", &rest) : NULL; field != NULL && good;
         field = strtok_r(NULL, ",", &rest)) {
        char *value = strchr(field, '=');
        if (value != NULL)
            *value++ = '\0';
        good = value != NULL && parse_field(field, value, simulation);
    }
    free(copy);
    return good;
}

// ---- the pictures ----

// Samples have one size; for any other they go through this program itself.
static int resize_samples(struct cli cli, const struct cli_program *program, char *samples,
                          const char *output)
{
    const pid_t child = fork();
    int status = -1;
    if (child == 0) {
        cli.command = COMMAND_EDGES;
        cli.arguments = &samples;
        cli.argument_count = 1;
        cli.run.output = output;
        cli.run.name_template = "{stem}";
        cli.run.picture = ef_default_options();
        cli.run.picture.resize_width = cli.bench.simulation.width;
        cli.run.picture.resize_height = cli.bench.simulation.height;
        cli.run.picture.fit = EF_FIT_COVER;
        cli.run.picture.save_resized = true;
        cli.run.picture.resized_format = EF_FORMAT_JPG;
        cli.quiet = true;
        exit(cli_execute(&cli, program));
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static int copy_file(const char *from, const char *to)
{
    struct stat status;
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ssize_t sent = in >= 0 && out >= 0 && fstat(in, &status) == 0 ? 1 : -1;
    for (off_t done = 0; sent > 0 && done < status.st_size;)
        sent = sendfile(out, in, &done, (size_t)(status.st_size - done));
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return sent > 0 ? 0 : -1;
}

// The i-th picture: a copy of a sample, or another name of one that has been copied.
static int add_picture(const struct samples *base, unsigned i, const char *folder, FILE *list)
{
    const char *name = base->sources[i % base->count].url;
    char *from = NULL, *to = NULL;
    int failed = -1;
    if (i < base->count
            ? asprintf(&from, "%s/%s", base->directory, name) < 0
            : asprintf(&from, "%s/%05u-%s", folder, i % (unsigned)base->count, name) < 0)
        from = NULL;
    if (asprintf(&to, "%s/%05u-%s", folder, i, name) < 0)
        to = NULL;
    if (from != NULL && to != NULL)
        failed = i < base->count ? copy_file(from, to) : link(from, to);
    fprintf(list, "http://edgefetch.localhost/%05u-%s\n", i, name);
    free(from);
    free(to);
    return failed;
}

static int make_pictures(const struct samples *base, unsigned count, const char *folder,
                         const char *list_path)
{
    FILE *list = fopen(list_path, "w");
    int failed = list == NULL || mkdir(folder, 0777) != 0 ? -1 : 0;
    for (unsigned i = 0; i < count && failed == 0; i++)
        failed = add_picture(base, i, folder, list);
    if (list != NULL && fclose(list) != 0)
        failed = -1;
    if (failed != 0)
        log_error("the bench's pictures cannot be made in %s:", folder);
    return failed;
}

// The samples in the size that is wanted, in a folder below `scratch` if it is not their own.
static int find_base(const struct cli *cli, const struct cli_program *program, const char *scratch,
                     struct samples *base)
{
    enum { SAMPLE_WIDTH = 1920, SAMPLE_HEIGHT = 1080 };
    const struct simulation *simulation = &cli->bench.simulation;
    char *output = NULL, *resized = NULL;
    int failed = samples_find(base, cli->samples, "");
    if (failed != 0 || (simulation->width == SAMPLE_WIDTH && simulation->height == SAMPLE_HEIGHT))
        return failed;
    failed = asprintf(&output, "%s/base", scratch) < 0 ||
             asprintf(&resized, "%s/base/resized", scratch) < 0 ||
             resize_samples(*cli, program, base->directory, output) != 0;
    samples_free(base);
    failed = failed || samples_find(base, resized, "") != 0 ? -1 : 0;
    free(output);
    free(resized);
    return failed;
}

// ---- the origin ----

static int serve(const struct simulation *simulation, const char *folder,
                 struct simulated *simulated)
{
    simulated->origin = origin_start(&(struct origin_options){
        .directory = folder,
        .latency_s = simulation->latency_s,
        .jitter_s = simulation->jitter_s,
        .rate_bytes_per_s = simulation->rate,
        .fail = simulation->fail,
    });
    if (simulated->origin == NULL)
        return -1;
    snprintf(simulated->connect_to, sizeof simulated->connect_to, "::127.0.0.1:%u",
             (unsigned)origin_port(simulated->origin));
    return 0;
}

int simulate_start(const struct cli *cli, const struct cli_program *program, const char *scratch,
                   struct simulated *simulated)
{
    struct samples base;
    char *folder = NULL;
    *simulated = (struct simulated){0};
    if (find_base(cli, program, scratch, &base) != 0)
        return -1;
    int failed =
        asprintf(&folder, "%s/www", scratch) < 0 ||
                asprintf(&simulated->list, "%s/list", scratch) < 0 ||
                make_pictures(&base, cli->bench.simulation.images, folder, simulated->list) != 0 ||
                serve(&cli->bench.simulation, folder, simulated) != 0
            ? -1
            : 0;
    samples_free(&base);
    free(folder);
    if (failed != 0)
        simulate_stop(simulated);
    return failed;
}

void simulate_stop(struct simulated *simulated)
{
    origin_stop(simulated->origin, NULL);
    free(simulated->list);
    *simulated = (struct simulated){0};
}
