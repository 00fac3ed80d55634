// SPDX-License-Identifier: MIT
// Decoders as a table: one row a library and type, the fastest first. Every decoder gets data whose
// container has been checked (known type, whole, within the pixel limit) and still trusts nothing
// in it.
#ifndef IMAGE_DECODER_H
#define IMAGE_DECODER_H

#include "image/rows.h"

struct decoder {
    const char *library; // "libjpeg-turbo", "stb_image": for --version and --codec
    enum ef_type type;
    // Opens a picture. `pixels` is an or of enum pixels. `data` stays the caller's and must outlive
    // the source. Fails as ef_decode() does.
    enum ef_status (*open)(const uint8_t *data, size_t size, unsigned pixels,
                           struct source **source, struct ef_detail *detail);
    // For a library that is loaded on demand, by the first open() at the latest; NULL otherwise.
    bool (*load)(void);
    bool (*is_loaded)(void);
};

// The decoders of this build, in order of preference, ended by a row without a library.
extern const struct decoder decoders[];

// The first decoder for a type; with `stb_only`, stb_image's. NULL when there is none.
const struct decoder *decoder_for(enum ef_type type, bool stb_only);

// Whether it is stb_image's.
bool decoder_is_stb(const struct decoder *decoder);

#endif
