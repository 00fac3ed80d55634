// SPDX-License-Identifier: MIT
// Opening a picture: everything that is checked before a decoder sees a byte, the choice of the
// decoder, and turning upright.
#ifndef IMAGE_OPEN_H
#define IMAGE_OPEN_H

#include "image/rows.h"

#include <stddef.h>

struct open_settings {
    unsigned pixels;     // an or of enum pixels: what will be read, at least one
    uint64_t max_pixels; // width x height, checked from the header
    bool stb_only;       // stb_image, whatever else is built in
    bool no_orient;      // leave the picture as it is stored
};

// Opens the picture (the first frame of an animation) in `size` bytes of `data`, which stay the
// caller's and must outlive the source. *type is what the bytes are, known as soon as they have
// been looked at, or EF_TYPE_UNKNOWN when this build reads no such thing.
//
// EF_OK, or in the order in which it is checked:
//     EF_NOT_AN_IMAGE, EF_IMAGE_UNSUPPORTED   by the first bytes
//     EF_IMAGE_TOO_LARGE                      more than max_pixels
//     EF_IMAGE_UNSUPPORTED                    a variety that is read nowhere here
//     EF_IMAGE_TRUNCATED, EF_IMAGE_CORRUPT    by the structure of the container
//     EF_IMAGE_TOO_LARGE, EF_IMAGE_CORRUPT, EF_OUT_OF_MEMORY
//                                             by what decoding it would cost (limits.h)
//     EF_OUT_OF_MEMORY and any of the above   from the decoder
// Damage further inside is reported by the source's `read`. `detail` says more and may be NULL; it
// is empty when there is nothing more to say. *source is NULL unless EF_OK.
enum ef_status picture_open(const uint8_t *data, size_t size, const struct open_settings *settings,
                            struct source **source, enum ef_type *type, struct ef_detail *detail);

#endif
