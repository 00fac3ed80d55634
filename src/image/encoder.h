// SPDX-License-Identifier: MIT
// Encoders as a table: one row an output format.
#ifndef IMAGE_ENCODER_H
#define IMAGE_ENCODER_H

#include "image/rows.h"

struct encode_settings {
    uint32_t width, height;
    unsigned channels; // 1: gray; 3: RGB triples
    bool two_valued;   // gray, and only 0 and 255 will come
    int quality;       // jpg: 1 to 100
    int compression;   // png: 0 (none) to 9 (smallest)
    ef_write *write;
    void *context; // of write
};

struct encoder {
    enum ef_format format;
    const char *library;
    uint32_t largest_side; // pixels
    // Opens a sink that writes a file of `settings` (copied). EF_OK or EF_OUT_OF_MEMORY.
    enum ef_status (*open)(const struct encode_settings *settings, struct sink **sink);
};

// The encoders of this build, ended by a row without a library.
extern const struct encoder encoders[];

const struct encoder *encoder_for(enum ef_format format);

#endif
