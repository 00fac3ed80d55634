// SPDX-License-Identifier: MIT
#include <edgefetch/types.h>

#include <stddef.h>
#include <string.h>

static const char *const type_names[EF_TYPE_COUNT] = {"unknown", "jpeg", "png",  "gif",
                                                      "bmp",     "pnm",  "webp", "avif"};
static const char *const type_extensions[EF_TYPE_COUNT] = {"bin", "jpg", "png",  "gif",
                                                           "bmp", "pnm", "webp", "avif"};
static const char *const detector_names[EF_DETECTOR_COUNT] = {
    "neighbor", "sobel", "scharr", "prewitt", "roberts", "laplacian", "canny"};
static const char *const format_names[EF_FORMAT_COUNT] = {"png", "jpg", "bmp", "tga", "webp"};

static const char *name_of(const char *const *names, unsigned count, unsigned value)
{
    return value < count ? names[value] : "unknown";
}

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *ef_type_name(enum ef_type type)
{
    return name_of(type_names, EF_TYPE_COUNT, (unsigned)type);
}

const char *ef_type_extension(enum ef_type type)
{
    return name_of(type_extensions, EF_TYPE_COUNT, (unsigned)type);
}

const char *ef_detector_name(enum ef_detector detector)
{
    return name_of(detector_names, EF_DETECTOR_COUNT, (unsigned)detector);
}

const char *ef_format_name(enum ef_format format)
{
    return name_of(format_names, EF_FORMAT_COUNT, (unsigned)format);
}

bool ef_detector_from_name(const char *name, enum ef_detector *detector)
{
    const int found = find(detector_names, EF_DETECTOR_COUNT, name);
    if (found >= 0)
        *detector = (enum ef_detector)found;
    return found >= 0;
}

bool ef_format_from_name(const char *name, enum ef_format *format)
{
    const int found = find(format_names, EF_FORMAT_COUNT, name);
    if (found >= 0)
        *format = (enum ef_format)found;
    return found >= 0;
}
