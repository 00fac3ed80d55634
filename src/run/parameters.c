// SPDX-License-Identifier: MIT
#include "run/parameters.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const keys[] = {"detector",   "threshold", "norm",   "low",     "high",
                                   "l2gradient", "blur",      "format", "quality", "resize",
                                   "fit",        "codec",     "orient"};

static void write_gradient(struct json_line *line, const struct ef_options *options)
{
    if (options->threshold >= 0)
        json_line_integer(line, "threshold", options->threshold);
    json_line_string(line, "norm", options->l2 ? "l2" : "l1");
}

static void write_canny(struct json_line *line, const struct ef_options *options)
{
    json_line_integer(line, "low", options->low);
    json_line_integer(line, "high", options->high);
    json_line_boolean(line, "l2gradient", options->l2gradient);
}

static void write_detector(struct json_line *line, const struct ef_options *options,
                           enum ef_detector detector)
{
    const int neighbor_default = 30;
    if (detector == EF_DETECTOR_NEIGHBOR) {
        const bool given = options->threshold >= 0;
        json_line_integer(line, "threshold", given ? options->threshold : neighbor_default);
        return;
    }
    if (detector == EF_DETECTOR_CANNY)
        write_canny(line, options);
    else
        write_gradient(line, options);
    if (options->blur > 0)
        json_line_real(line, "blur", options->blur);
}

// What every output of the picture depends on.
static void write_picture(struct json_line *line, const struct ef_options *options,
                          enum ef_format format)
{
    static const char *const fits[EF_FIT_COUNT] = {"contain", "cover", "stretch"};
    json_line_string(line, "format", ef_format_name(format));
    if (format == EF_FORMAT_JPG)
        json_line_integer(line, "quality", options->quality);
    if (options->resize_width > 0) {
        char size[32];
        snprintf(size, sizeof size, "%ux%u", (unsigned)options->resize_width,
                 (unsigned)options->resize_height);
        json_line_string(line, "resize", size);
        json_line_string(line, "fit", fits[options->fit]);
    }
    if (options->stb_only)
        json_line_string(line, "codec", "stb");
    if (options->no_orient)
        json_line_boolean(line, "orient", false);
}

void parameters_write(struct json_line *line, const struct ef_options *options,
                      enum ef_detector detector)
{
    json_line_string(line, "detector", ef_detector_name(detector));
    write_detector(line, options, detector);
    write_picture(line, options, options->format);
}

void parameters_write_resized(struct json_line *line, const struct ef_options *options)
{
    write_picture(line, options, options->resized_format);
}

// Read from what is written, so that the two are compared as a reader has them.
static json_t *read_back(struct json_line *line)
{
    json_line_object_end(line);
    char *text = json_line_finish(line);
    json_t *object = text != NULL ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return object;
}

json_t *parameters_of(const struct ef_options *options, enum ef_detector detector)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    parameters_write(&line, options, detector);
    return read_back(&line);
}

json_t *parameters_of_resized(const struct ef_options *options)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    parameters_write_resized(&line, options);
    return read_back(&line);
}

bool parameters_equal(const json_t *parameters, const json_t *entry)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *a = json_object_get(parameters, keys[i]);
        const json_t *b = json_object_get(entry, keys[i]);
        if (a != b && (a == NULL || b == NULL || !json_equal(a, b)))
            return false;
    }
    return true;
}
