// SPDX-License-Identifier: MIT
// What the parts of edgefetch say to each other about pictures: kinds, detectors, formats.
//
// Every enum here crosses the boundary between the trusted process and its workers; a value that
// comes from a worker must be checked against its *_COUNT before it is used.
#ifndef EDGEFETCH_TYPES_H
#define EDGEFETCH_TYPES_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a picture's bytes are, told from the bytes themselves.
enum ef_type {
    EF_TYPE_UNKNOWN,
    EF_TYPE_JPEG,
    EF_TYPE_PNG,
    EF_TYPE_GIF,
    EF_TYPE_BMP,
    EF_TYPE_PNM, // binary PGM (P5) or PPM (P6)
    EF_TYPE_WEBP,
    EF_TYPE_AVIF,
    EF_TYPE_COUNT
};

enum ef_detector {
    EF_DETECTOR_NEIGHBOR, // difference to the right and lower neighbour, DESIGN section 7
    EF_DETECTOR_SOBEL,    // gradients of the gray picture
    EF_DETECTOR_SCHARR,
    EF_DETECTOR_PREWITT,
    EF_DETECTOR_ROBERTS,
    EF_DETECTOR_LAPLACIAN,
    EF_DETECTOR_CANNY, // thin lines, as OpenCV's Canny draws them
    EF_DETECTOR_COUNT
};

// Files that may be made of one picture: a map for each detector, and the resized picture.
#define EF_OUTPUT_MAX (EF_DETECTOR_COUNT + 1)

// What an edge map is written as.
enum ef_format {
    EF_FORMAT_PNG,
    EF_FORMAT_JPG,
    EF_FORMAT_BMP,
    EF_FORMAT_TGA,
    EF_FORMAT_WEBP,
    EF_FORMAT_COUNT
};

// How a picture is brought to a size of another shape.
enum ef_fit {
    EF_FIT_CONTAIN, // as large as fits within it
    EF_FIT_COVER,   // as small as covers it, the rest cut off
    EF_FIT_STRETCH, // exactly, whatever becomes of the shape
    EF_FIT_COUNT
};

// Names, for the command line, the manifest and file extensions. All strings are static. Values
// outside the enum give "unknown".
const char *ef_type_name(enum ef_type type);      // "jpeg"; also the manifest's "type"
const char *ef_type_extension(enum ef_type type); // "jpg": without the dot
const char *ef_detector_name(enum ef_detector detector);
const char *ef_format_name(enum ef_format format); // also the extension

// The reverse, exact and case-sensitive. False when there is no such name.
bool ef_detector_from_name(const char *name, enum ef_detector *detector);
bool ef_format_from_name(const char *name, enum ef_format *format);

#ifdef __cplusplus
}
#endif

#endif
