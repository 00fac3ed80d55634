// SPDX-License-Identifier: MIT
// The options of a picture: their defaults and their ranges. Both sides know them.
#include <edgefetch/edges.h>

struct ef_options ef_default_options(void)
{
    return (struct ef_options){
        .detectors = {EF_DETECTOR_NEIGHBOR},
        .detector_count = 1,
        .threshold = -1,
        .low = 100,
        .high = 200,
        .format = EF_FORMAT_PNG,
        .quality = 90,
        .compression = 1,
        .fit = EF_FIT_CONTAIN,
        .resized_format = EF_FORMAT_PNG,
        .max_pixels = 100000000,
    };
}

static bool is_within(int value, int least, int most)
{
    return value >= least && value <= most;
}

static const char *fault_of_detector(const struct ef_options *options, unsigned i)
{
    const enum ef_detector detector = options->detectors[i];
    if ((unsigned)detector >= EF_DETECTOR_COUNT)
        return "there is no such detector";
    for (unsigned before = 0; before < i; before++)
        if (options->detectors[before] == detector)
            return "the same detector is there twice";
    if (detector == EF_DETECTOR_CANNY)
        return is_within(options->low, 0, 65535) && is_within(options->high, 0, 65535)
                   ? NULL
                   : "low and high must be from 0 to 65535";
    return detector == EF_DETECTOR_NEIGHBOR || options->threshold <= 255
               ? NULL
               : "the threshold of gradients must be from 0 to 255, or -1";
}

static const char *fault_of_detectors(const struct ef_options *options)
{
    const unsigned fewest = options->save_resized ? 0 : 1;
    if (options->detector_count < fewest || options->detector_count > EF_DETECTOR_COUNT)
        return "the number of detectors must be from 1 to EF_DETECTOR_COUNT";
    if (!is_within(options->threshold, -1, 765))
        return "the threshold must be from 0 to 765, or -1";
    const char *fault = NULL;
    for (unsigned i = 0; i < options->detector_count && fault == NULL; i++)
        fault = fault_of_detector(options, i);
    return fault;
}

static const char *fault_of_size(const struct ef_options *options)
{
    if ((unsigned)options->fit >= EF_FIT_COUNT)
        return "there is no such way to fit";
    if (options->resize_width == 0 && options->resize_height == 0)
        return options->save_resized ? "save_resized needs a size" : NULL;
    return is_within((int)options->resize_width, 1, 65535) &&
                   is_within((int)options->resize_height, 1, 65535)
               ? NULL
               : "width and height to resize to must be from 1 to 65535";
}

const char *ef_options_fault(const struct ef_options *options)
{
    const char *fault = fault_of_detectors(options);
    if (fault == NULL)
        fault = fault_of_size(options);
    if (fault != NULL)
        return fault;
    if (!is_within(options->quality, 1, 100))
        return "the quality must be from 1 to 100";
    if (!is_within(options->compression, 0, 9))
        return "the compression must be from 0 to 9";
    return options->blur == 0 || (options->blur >= 0.1 && options->blur <= 20) // and no NaN
               ? NULL
               : "the blur must be 0, or from 0.1 to 20 pixels";
}
