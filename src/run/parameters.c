// SPDX-License-Identifier: MIT
#include "run/parameters.h"

#include <stdio.h>

static const char *const keys[] = {"detector",   "threshold", "norm",   "low",     "high",
                                   "l2gradient", "blur",      "format", "quality", "resize",
                                   "fit",        "codec",     "orient"};

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static void set_gradient(json_t *object, const struct ef_options *options)
{
    if (options->threshold >= 0)
        set(object, "threshold", json_integer(options->threshold));
    set(object, "norm", json_string(options->l2 ? "l2" : "l1"));
}

static void set_canny(json_t *object, const struct ef_options *options)
{
    set(object, "low", json_integer(options->low));
    set(object, "high", json_integer(options->high));
    set(object, "l2gradient", json_boolean(options->l2gradient));
}

static void set_detector(json_t *object, const struct ef_options *options,
                         enum ef_detector detector)
{
    const int neighbor_default = 30;
    if (detector == EF_DETECTOR_NEIGHBOR) {
        const bool given = options->threshold >= 0;
        set(object, "threshold", json_integer(given ? options->threshold : neighbor_default));
        return;
    }
    if (detector == EF_DETECTOR_CANNY)
        set_canny(object, options);
    else
        set_gradient(object, options);
    if (options->blur > 0)
        set(object, "blur", json_real(options->blur));
}

// What every output of the picture depends on.
static void set_picture(json_t *object, const struct ef_options *options, enum ef_format format)
{
    static const char *const fits[EF_FIT_COUNT] = {"contain", "cover", "stretch"};
    set(object, "format", json_string(ef_format_name(format)));
    if (format == EF_FORMAT_JPG)
        set(object, "quality", json_integer(options->quality));
    if (options->resize_width > 0) {
        char size[32];
        snprintf(size, sizeof size, "%ux%u", (unsigned)options->resize_width,
                 (unsigned)options->resize_height);
        set(object, "resize", json_string(size));
        set(object, "fit", json_string(fits[options->fit]));
    }
    if (options->stb_only)
        set(object, "codec", json_string("stb"));
    if (options->no_orient)
        set(object, "orient", json_false());
}

json_t *parameters_of_resized(const struct ef_options *options)
{
    json_t *object = json_object();
    set_picture(object, options, options->resized_format);
    return object;
}

json_t *parameters_of(const struct ef_options *options, enum ef_detector detector)
{
    json_t *object = json_pack("{s:s}", "detector", ef_detector_name(detector));
    if (object == NULL)
        return NULL;
    set_detector(object, options, detector);
    set_picture(object, options, options->format);
    return object;
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
