// SPDX-License-Identifier: MIT
// edgefetch's picture half as a library: decode, detect, encode. Memory to memory, no I/O but the
// caller's write function, no global state, usable from any thread.
#ifndef EDGEFETCH_EDGES_H
#define EDGEFETCH_EDGES_H

#include <edgefetch/status.h>
#include <edgefetch/types.h>

#include <stddef.h>
#include <stdint.h>

// A picture in memory: `height` rows of `width` pixels of `channels` bytes, top row first, no
// padding between rows. channels is 3 for a decoded picture (R, G, B) and 1 for an edge map (0 is
// no edge, 255 is the strongest).
struct ef_image {
    uint32_t width, height; // pixels, both at least 1
    uint32_t channels;
    uint8_t *pixels; // owned by the image; release with ef_image_free
};

// Frees the pixels and zeroes the image. Does nothing for an image that is all zero.
void ef_image_free(struct ef_image *image);

// What a decode may cost.
struct ef_decode_limits {
    uint64_t max_pixels; // width x height; checked from the header, before any decoding
};

// A sentence fragment about a failure, for people: what exactly was wrong, with figures. Empty when
// the status says it all. Never contains bytes of the picture.
#define EF_DETAIL_BYTES 160
struct ef_detail {
    char text[EF_DETAIL_BYTES];
};

// Tells what a picture is from its first bytes; EF_TYPE_UNKNOWN when it is none that this build
// reads.
enum ef_type ef_probe(const uint8_t *data, size_t size);

// Decodes a picture to 8-bit RGB: first frame of an animation, palette and gray expanded, 16-bit
// samples cut to 8, alpha composed over white, upright as its Exif orientation says.
//
// On EF_OK `image` holds the picture and belongs to the caller, and *type says what it was. On
// anything else `image` is all zero and `detail` says why: EF_NOT_AN_IMAGE, EF_IMAGE_UNSUPPORTED,
// EF_IMAGE_TOO_LARGE, EF_IMAGE_TRUNCATED, EF_IMAGE_CORRUPT or EF_OUT_OF_MEMORY. *type is set in
// every case.
enum ef_status ef_decode(const uint8_t *data, size_t size, const struct ef_decode_limits *limits,
                         struct ef_image *image, enum ef_type *type, struct ef_detail *detail);

struct ef_detect_options {
    enum ef_detector detector;
    unsigned threshold; // neighbor: 0 to 765, an edge is a mean difference above it
};

// Finds the edges of an RGB picture. On EF_OK `edges` is a one-channel image of the same size,
// owned by the caller; otherwise (EF_OUT_OF_MEMORY) it is all zero.
enum ef_status ef_detect(const struct ef_image *image, const struct ef_detect_options *options,
                         struct ef_image *edges);

// The sum of an edge map's values; divided by 255 x width x height it is the map's density.
uint64_t ef_edge_sum(const struct ef_image *edges);

// Takes `size` bytes of output. Returns 0, or -1 to stop the encoder.
typedef int ef_write(void *context, const void *data, size_t size);

// Encodes a one-channel map. JPEG quality is 90. Returns EF_OK, EF_OUT_OF_MEMORY,
// EF_OUTPUT_TOO_LARGE when the format cannot hold a picture of this size, or EF_OUTPUT_FAILED when
// `write` refused.
enum ef_status ef_encode(const struct ef_image *map, enum ef_format format, ef_write *write,
                         void *context, struct ef_detail *detail);

// The codecs in this build, for --version: one line, static.
const char *ef_codecs(void);

#endif
