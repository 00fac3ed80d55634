// SPDX-License-Identifier: MIT
// edgefetch's picture half as a library: the bytes of a picture in, the bytes of its edge maps out.
// Memory to memory, no I/O but the caller's write function, no global state, usable from any
// thread.
//
//     struct ef_options options = ef_default_options();
//     struct ef_output output = {my_write, my_context};
//     struct ef_result result;
//     enum ef_status status = ef_process(data, size, &options, &output, &result);
#ifndef EDGEFETCH_EDGES_H
#define EDGEFETCH_EDGES_H

#include <edgefetch/status.h>
#include <edgefetch/types.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What is made of a picture. Start from ef_default_options().
struct ef_options {
    // One output each, in this order; none twice, and at least one unless save_resized is set.
    enum ef_detector detectors[EF_DETECTOR_COUNT];
    unsigned detector_count; // 1 (neighbor)

    // neighbor: 0 to 765, an edge is a mean difference above it; -1 means 30. Gradients (sobel to
    // laplacian): 0 to 255, an edge is a magnitude above it, which makes the map two-valued; -1
    // (the default): the map is the magnitude.
    int threshold;
    int low, high;   // canny: 0 to 65535 (100, 200)
    bool l2;         // gradients: the Euclidean magnitude instead of |gx| + |gy| (false)
    bool l2gradient; // canny: the same (false)
    double blur; // sigma of a Gaussian before all but neighbor, in pixels, 0.1 to 20; 0: none (0)

    enum ef_format format; // of the maps (EF_FORMAT_PNG)
    int quality;           // jpg: 1 to 100 (90)
    int compression;       // png: 0 (none) to 9 (smallest) (1)

    uint32_t resize_width, resize_height; // before everything else, 1 to 65535; 0: as it is (0)
    enum ef_fit fit;                      // (EF_FIT_CONTAIN)
    // The resized picture itself, in colour, as one more output after the maps, so that both have
    // the same size. For resized pictures only (false).
    bool save_resized;
    enum ef_format resized_format; // what it is written as (EF_FORMAT_PNG)

    bool stb_only;  // decode with stb_image, whatever else is built in (false)
    bool no_orient; // leave the picture as it is stored (false)
    uint64_t
        max_pixels; // width x height, checked from the header, before any decoding (100 million)
};

struct ef_options ef_default_options(void);

// Which of the options is out of its range, as a sentence fragment for people; NULL: none is. The
// string is static. Whether a format can be written is asked of ef_can_write().
const char *ef_options_fault(const struct ef_options *options);

// How many files are made of a picture.
static inline unsigned ef_output_count(const struct ef_options *options)
{
    return options->detector_count + (options->save_resized ? 1 : 0);
}

// Takes `size` bytes of output. Returns 0, or -1 to stop.
typedef int ef_write(void *context, const void *data, size_t size);

struct ef_output {
    ef_write *write;
    void *context; // its first argument
};

// A sentence fragment about a failure, for people: what exactly was wrong, with figures. Empty when
// the status says it all. Printable ASCII; never contains bytes of the picture.
#define EF_DETAIL_BYTES 160
struct ef_detail {
    char text[EF_DETAIL_BYTES];
};

struct ef_result {
    enum ef_type type;      // EF_TYPE_UNKNOWN when it is no picture that this build reads
    uint32_t width, height; // of the maps, in pixels
    // For each detector: the sum of the map's values; by 255 x width x height it is the map's
    // density.
    uint64_t edge_sum[EF_DETECTOR_COUNT];
    uint32_t decode_us, detect_us, encode_us; // microseconds
    struct ef_detail detail;
};

// Decodes a picture (first frame of an animation; palette and gray expanded, 16-bit samples cut to
// 8, alpha composed over white, upright as its Exif orientation says), finds its edges and writes
// one map for each detector, to outputs[0] and so on, and the resized picture, if that is wanted,
// to the one after them: ef_output_count() outputs. Works row by row, so that memory follows the
// width of the picture where its format can be decoded so.
//
// Returns EF_OK, or what is wrong with the picture (EF_NOT_AN_IMAGE to EF_OUTPUT_TOO_LARGE of
// status.h), EF_OUTPUT_FAILED when a write function returned -1, or EF_INTERNAL when the options
// are out of their ranges (ef_options_fault()). `result` is filled as far as it went; what was
// written to the outputs before a failure is of no use.
enum ef_status ef_process(const uint8_t *data, size_t size, const struct ef_options *options,
                          const struct ef_output *outputs, struct ef_result *result);

// Tells what a picture is from its first bytes; EF_TYPE_UNKNOWN when it is none that is known.
enum ef_type ef_probe(const uint8_t *data, size_t size);

// Some decoders' libraries are loaded by the first picture that needs them. A program that will be
// unable to load anything by then (in a sandbox) loads them before. True when pictures of the type
// can be read; false when the library cannot be loaded or this build reads no such pictures.
bool ef_load(enum ef_type type);

// Whether ef_process() has nothing left to load for a picture of this type.
bool ef_is_loaded(enum ef_type type);

// Whether this build writes a format; any value is allowed.
bool ef_can_write(enum ef_format format);

// The codecs in this build, for --version: a few lines. Returns `out`, always terminated.
char *ef_codecs(char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
